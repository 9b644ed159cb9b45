"""Reads the plan out of a template whose intrinsics are resolved."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from local.cron import seconds_until_next
from local.errors import TemplateError
from local.plan import Cors, Function, Plan, Route, Schedule, Source

_FUNCTION_ARN = re.compile(r"arn:aws:lambda:[^/]*?:function:[^/:]+")
_METHODS = {"get", "put", "post", "delete", "options", "head", "patch"}
_ANY_METHOD = "x-amazon-apigateway-any-method"


def plan(resources: Mapping[str, Any], queue_urls: Mapping[str, str]) -> Plan:
    """Reads the plan out of resolved `resources`; `queue_urls` maps the queues' ARNs.

    Raises TemplateError where something points at a function or queue that isn't there.
    """
    functions = dict(_functions(resources))
    by_arn = {function.arn: function.id for function in functions.values()}
    return Plan(
        functions=functions,
        routes=tuple(_routes(resources, by_arn)),
        cors=_cors(resources),
        sources=tuple(_sources(resources, functions, queue_urls)),
        schedules=tuple(_schedules(resources, by_arn)),
        environment=_environment(resources),
    )


def _of_type(resources: Mapping[str, Any], kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for logical_id, resource in resources.items():
        if resource["Type"] == kind:
            yield logical_id, resource.get("Properties") or {}


def _functions(resources: Mapping[str, Any]) -> Iterator[tuple[str, Function]]:
    for logical_id, properties in _of_type(resources, "AWS::Lambda::Function"):
        if "." not in str(properties.get("Handler")):
            raise TemplateError(f"{logical_id} has no Handler of the form module.function")
        yield (
            logical_id,
            Function(
                id=logical_id,
                handler=properties["Handler"],
                arn=resources[logical_id]["Arn"],
                name=resources[logical_id]["Name"],
                timeout=int(properties.get("Timeout", 3)),
                memory=int(properties.get("MemorySize", 128)),
            ),
        )


def _environment(resources: Mapping[str, Any]) -> dict[str, str]:
    """The variables of all functions in one: here they share their processes."""
    variables: dict[str, str] = {}
    for logical_id, properties in _of_type(resources, "AWS::Lambda::Function"):
        own = (properties.get("Environment") or {}).get("Variables") or {}
        for name, value in own.items():
            if variables.setdefault(name, str(value)) != str(value):
                raise TemplateError(f"{logical_id} gives {name} another value than other functions")
    return variables


def _routes(resources: Mapping[str, Any], by_arn: Mapping[str, str]) -> Iterator[Route]:
    for path, method, operation in _operations(resources):
        if method in _METHODS or method == _ANY_METHOD:
            integration = operation.get("x-amazon-apigateway-integration") or {}
            function = _function_in(integration.get("uri"), by_arn, path)
            name = "ANY" if method == _ANY_METHOD else method.upper()
            yield Route(method=name, path=path, function=function)


def _operations(resources: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and definition of all that the APIs' OpenAPI documents hold."""
    for _, properties in _of_type(resources, "AWS::ApiGatewayV2::Api"):
        paths = (properties.get("Body") or {}).get("paths") or {}
        for path, methods in paths.items():
            for method, operation in methods.items():
                yield path, method, operation


def _function_in(text: object, by_arn: Mapping[str, str], what: str) -> str:
    found = _FUNCTION_ARN.search(str(text))
    if not found or found.group() not in by_arn:
        raise TemplateError(f"{what} leads to no function of the template")
    return by_arn[found.group()]


def _cors(resources: Mapping[str, Any]) -> Cors:
    for _, properties in _of_type(resources, "AWS::ApiGatewayV2::Api"):
        body = properties.get("Body") or {}
        given = body.get("x-amazon-apigateway-cors") or properties.get("CorsConfiguration") or {}
        # SAM spells the names of OpenAPI extensions with a small letter, the resource doesn't.
        rules = {name[0].lower() + name[1:]: value for name, value in given.items()}
        return Cors(
            origins=_words(rules.get("allowOrigins")),
            methods=_words(rules.get("allowMethods")),
            headers=_words(rules.get("allowHeaders")),
            exposed=_words(rules.get("exposeHeaders")),
            max_age=None if rules.get("maxAge") is None else int(rules["maxAge"]),
            credentials=str(rules.get("allowCredentials", False)).lower() == "true",
        )
    return Cors()


def _words(value: Any) -> tuple[str, ...]:
    """A list that may have come as text: the translator resolves list parameters that way."""
    items = value.split(",") if isinstance(value, str) else value or ()
    return tuple(str(item).strip() for item in items)


def _sources(
    resources: Mapping[str, Any], functions: Mapping[str, Function], queue_urls: Mapping[str, str]
) -> Iterator[Source]:
    by_name = {function.name: function.id for function in functions.values()}
    for logical_id, properties in _of_type(resources, "AWS::Lambda::EventSourceMapping"):
        arn = str(properties.get("EventSourceArn"))
        if arn not in queue_urls:
            raise TemplateError(f"{logical_id}: {arn} is no queue of the template")
        yield Source(
            function=by_name[properties["FunctionName"]],
            queue_arn=arn,
            queue_url=queue_urls[arn],
            batch_size=int(properties.get("BatchSize", 10)),
            window=float(properties.get("MaximumBatchingWindowInSeconds", 0)),
            partial="ReportBatchItemFailures" in (properties.get("FunctionResponseTypes") or ()),
            concurrency=(properties.get("ScalingConfig") or {}).get("MaximumConcurrency"),
        )


def _schedules(resources: Mapping[str, Any], by_arn: Mapping[str, str]) -> Iterator[Schedule]:
    kinds = {"AWS::Events::Rule": "aws.events", "AWS::Scheduler::Schedule": "aws.scheduler"}
    for kind, source in kinds.items():
        for logical_id, properties in _of_type(resources, kind):
            expression = properties.get("ScheduleExpression")
            if not expression or properties.get("State") == "DISABLED":
                continue
            # A schedule that can't be read is the template's fault, so it is told at the start.
            seconds_until_next(expression, dt.datetime.now(dt.UTC))
            targets = properties.get("Targets") or [properties.get("Target") or {}]
            for target in targets:
                yield Schedule(
                    name=logical_id,
                    function=_function_in(target.get("Arn"), by_arn, logical_id),
                    expression=expression,
                    source=source,
                    input=target.get("Input"),
                )

"""The way through the CDN: what the two templates promise each other."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from fragua import origin
from local.document import read
from tests.support.paths import ROOT

Resources = dict[str, dict[str, Any]]
OF_ITS_OWN = {"Fn::If": ["HasEdge", {"Ref": "OriginPolicy"}, {"Ref": "AWS::NoValue"}]}
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"


@pytest.fixture(scope="module")
def edge() -> dict[str, Any]:
    """The template of the CDN."""
    template: dict[str, Any] = yaml_parse((ROOT / "infrastructure/edge.yaml").read_text())
    return template


@pytest.fixture(scope="module")
def distribution(edge: dict[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = edge["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    return config


@pytest.fixture(scope="module")
def rules(edge: dict[str, Any]) -> dict[str, Any]:
    """The firewall's rules by their names."""
    listed = edge["Resources"]["Firewall"]["Properties"]["Rules"]
    assert sorted(rule["Priority"] for rule in listed) == list(range(len(listed)))
    return {rule["Name"]: rule for rule in listed}


def test_nothing_of_the_edge_is_there_unless_the_api_has_a_name(
    resources: Resources, written: dict[str, Any]
) -> None:
    conditional = {name for name, r in resources.items() if r.get("Condition") == "HasEdge"}
    assert conditional == {"ApiDomain", "ApiMapping", "OriginSecret", "OriginPolicy"}
    body = resources["Api"]["Properties"]["Body"]
    ((endpoint,),) = [server.values() for server in body["servers"]]
    assert endpoint == {"disableExecuteApiEndpoint": {"Fn::If": ["HasEdge", True, False]}}
    secret = written["Globals"]["Function"]["Environment"]["Variables"]["ORIGIN_SECRET"]
    assert secret == {"Fn::If": ["HasEdge", {"Ref": "OriginSecret"}, ""]}


def test_every_function_with_a_route_may_read_what_proves_the_cdn() -> None:
    for name, resource in read(ROOT / "template.yaml")["Resources"].items():
        function = resource["Properties"]
        if "Http" in function.get("Events", {}):
            for_all = {"Ref": "AuthenticatePolicy"} in function["Policies"]
            # A function has one of the two.
            assert for_all is not (OF_ITS_OWN in function["Policies"]), name


def test_without_an_edge_no_policy_speaks_of_its_secret(resources: Resources) -> None:
    document = resources["AuthenticatePolicy"]["Properties"]["PolicyDocument"]
    ((condition, yes, no),) = [
        statement["Resource"]["Fn::If"]
        for statement in document["Statement"]
        if statement["Action"] == "secretsmanager:GetSecretValue"
    ]
    assert condition == "HasEdge"
    assert yes == [no, {"Ref": "OriginSecret"}]
    elsewhere = [
        name
        for name, resource in resources.items()
        if "OriginSecret" in json.dumps(resource.get("Properties", {}).get("PolicyDocument"))
    ]
    assert elsewhere == ["AuthenticatePolicy", "OriginPolicy"]


def test_the_secret_is_also_in_us_east_1_where_the_edge_reads_it(resources: Resources) -> None:
    replicas = resources["OriginSecret"]["Properties"]["ReplicaRegions"]
    nothing = {"Ref": "AWS::NoValue"}
    assert replicas == {"Fn::If": ["IsInUsEast1", nothing, [{"Region": "us-east-1"}]]}


def test_the_cdn_proves_itself_and_names_the_viewer_by_the_headers_that_the_door_reads(
    edge: dict[str, Any], distribution: dict[str, Any]
) -> None:
    (api,) = distribution["Origins"]
    (proof,) = api["OriginCustomHeaders"]
    assert proof["HeaderName"] == origin.PROOF
    # By its version, or an update of the stack would keep the value that it has.
    assert "${OriginSecretVersion}" in proof["HeaderValue"]["Fn::Sub"]
    policy = edge["Resources"]["ToTheApi"]["Properties"]["OriginRequestPolicyConfig"]
    headers = policy["HeadersConfig"]
    assert [header.lower() for header in headers["Headers"]] == [origin.VIEWER]
    assert headers["HeaderBehavior"] == "allViewerAndWhitelistCloudFront"


def test_nothing_is_kept_but_the_description_of_the_api(distribution: dict[str, Any]) -> None:
    assert distribution["DefaultCacheBehavior"]["CachePolicyId"] == CACHING_DISABLED
    kept = {behaviour["PathPattern"] for behaviour in distribution["CacheBehaviors"]}
    assert kept == {"/docs", "/v1/openapi.json"}
    errors = {e["ErrorCode"]: e["ErrorCachingMinTTL"] for e in distribution["CustomErrorResponses"]}
    assert errors.keys() >= {400, 403, 404, 405, 500, 502, 503, 504}
    assert set(errors.values()) == {0}


def test_the_cdn_takes_every_method_of_the_api_by_tls_alone(
    written: dict[str, Any], distribution: dict[str, Any]
) -> None:
    default = distribution["DefaultCacheBehavior"]
    cors = written["Resources"]["Api"]["Properties"]["CorsConfiguration"]
    assert set(default["AllowedMethods"]) == set(cors["AllowMethods"])
    behaviours = [default, *distribution["CacheBehaviors"]]
    assert {behaviour["ViewerProtocolPolicy"] for behaviour in behaviours} == {"https-only"}
    assert distribution["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"


@pytest.mark.parametrize(
    ("path", "is_of_bytes"),
    [
        ("/v1/uploads/019aa3c0-0000-7000-8000-000000000001/fragments/1", True),
        ("/v1/tus", True),
        ("/v1/tus/019aa3c0-0000-7000-8000-000000000001", True),
        ("/v1/uploads/019aa3c0-0000-7000-8000-000000000001/fragments", False),
        ("/v1/uploads", False),
        ("/v1/tuscany", False),
        ("/v1/auth/login", False),
    ],
)
def test_no_rule_looks_for_attacks_in_the_bytes_of_files(
    edge: dict[str, Any], rules: dict[str, Any], path: str, is_of_bytes: bool
) -> None:
    patterns = edge["Resources"]["PathsOfBytes"]["Properties"]["RegularExpressionList"]
    assert any(re.search(pattern, path) for pattern in patterns) is is_of_bytes
    for name in ("common", "known-bad-inputs"):
        group = rules[name]["Statement"]["ManagedRuleGroupStatement"]
        left_out = group["ScopeDownStatement"]["NotStatement"]["Statement"]
        named = left_out["RegexPatternSetReferenceStatement"]["Arn"]
        assert named == {"Fn::GetAtt": ["PathsOfBytes", "Arn"]}


def test_the_size_of_a_body_is_the_functions_to_judge(rules: dict[str, Any]) -> None:
    overrides = rules["common"]["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
    counted = {each["Name"] for each in overrides if each["ActionToUse"] == {"Count": {}}}
    assert "SizeRestrictions_BODY" in counted


def test_an_address_that_asks_too_often_hears_when_to_come_again(rules: dict[str, Any]) -> None:
    rated = {n: r for n, r in rules.items() if "RateBasedStatement" in r["Statement"]}
    assert set(rated) == {"auth-requests-per-address", "requests-per-address"}
    for rule in rated.values():
        response = rule["Action"]["Block"]["CustomResponse"]
        assert response["ResponseCode"] == 429
        window = str(rule["Statement"]["RateBasedStatement"]["EvaluationWindowSec"])
        assert response["ResponseHeaders"] == [{"Name": "retry-after", "Value": window}]
    scope = rated["auth-requests-per-address"]["Statement"]["RateBasedStatement"]
    pattern = scope["ScopeDownStatement"]["RegexMatchStatement"]["RegexString"]
    for path in ("login", "register", "refresh", "password"):
        assert re.search(pattern, f"/v1/auth/{path}")


def test_the_runbook_names_what_the_templates_have(
    edge: dict[str, Any], written: dict[str, Any]
) -> None:
    page = (ROOT / "docs/runbook/origin-secret.md").read_text()
    outputs = set(re.findall(r"\(output (\w+)\)", page))
    assert outputs == {"OriginSecretArn", "OriginDomainName"} <= written["Outputs"].keys()
    given = set(re.findall(r"--parameter-overrides (\w+)=", page))
    assert given == {"OriginSecretVersion"} <= edge["Parameters"].keys()
    assert outputs <= edge["Parameters"].keys()

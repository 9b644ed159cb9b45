"""What the template promises: nothing lost, nothing open, nobody allowed more than they need."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fragua.settings import Settings
from tests.support.functions import in_the_database, of_callers_in_the_database
from tests.unit.conftest import ENVIRONMENT

Resources = dict[str, dict[str, Any]]
# AWS has no resources for these: a function's network interfaces are made by Lambda.
WITHOUT_RESOURCES = {
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
}
# What a laptop or a test sets besides, and what Lambda sets by itself.
DATABASE_URLS = {"DATABASE_URL", "DATABASE_WRITER_URL", "DATABASE_READER_URL"}
NOT_IN_GLOBALS = DATABASE_URLS | {"FRAGUA_TIME_SCALE", "AWS_REGION"}


def of_type(resources: Resources, kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"]
        for name, resource in resources.items()
        if resource["Type"] == kind
    }


def statements(resources: Resources) -> Iterator[dict[str, Any]]:
    """Yield every statement that gives a role something, whatever the conditions are."""
    policies = [*of_type(resources, "AWS::IAM::ManagedPolicy").values()]
    for role in of_type(resources, "AWS::IAM::Role").values():
        policies += role.get("Policies", [])
    for policy in policies:
        for statement in policy["PolicyDocument"]["Statement"]:
            yield from statement["Fn::If"][1:] if "Fn::If" in statement else [statement]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_there_is_room_below_500_resources(resources: Resources) -> None:
    assert 50 < len(resources) < 350


def test_a_queue_hides_a_message_six_times_as_long_as_its_worker_may_take(
    resources: Resources,
) -> None:
    sources = of_type(resources, "AWS::Lambda::EventSourceMapping").values()
    assert sources
    for source in sources:
        queue = resources[source["EventSourceArn"]["Fn::GetAtt"][0]]["Properties"]
        worker = resources[source["FunctionName"]["Ref"]]["Properties"]
        assert queue["VisibilityTimeout"] >= 6 * worker["Timeout"]
        assert queue["VisibilityTimeout"] <= 12 * 3600
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert source["ScalingConfig"]["MaximumConcurrency"] >= 2


def test_a_queue_has_dead_letters_or_holds_them(resources: Resources) -> None:
    queues = of_type(resources, "AWS::SQS::Queue")
    redriven = {name: q["RedrivePolicy"] for name, q in queues.items() if "RedrivePolicy" in q}
    dead = {policy["deadLetterTargetArn"]["Fn::GetAtt"][0] for policy in redriven.values()}
    assert set(queues) == set(redriven) | dead
    assert {policy["maxReceiveCount"] for policy in redriven.values()} == {5}
    assert all(q["SqsManagedSseEnabled"] for q in queues.values())
    # Dead letters are kept as long as SQS can.
    assert {queues[name]["MessageRetentionPeriod"] for name in dead} == {14 * 24 * 3600}


def test_tables_can_be_restored_and_are_encrypted_and_outlive_the_stack(
    resources: Resources,
) -> None:
    tables = of_type(resources, "AWS::DynamoDB::Table")
    # Fragments end with their uploads: nobody needs them back.
    fragments = tables.pop("FragmentsTable")
    assert fragments["SSESpecification"] == {"SSEEnabled": True}
    assert len(tables) == 5
    for name, table in tables.items():
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["SSESpecification"] == {"SSEEnabled": True}
        # But for those that a deployment which failed has just made.
        assert resources[name]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert resources[name]["UpdateReplacePolicy"] == "Retain"


def test_a_table_of_things_that_end_forgets_them(resources: Resources) -> None:
    tables = of_type(resources, "AWS::DynamoDB::Table")
    forgets = {name: t.get("TimeToLiveSpecification") for name, t in tables.items()}
    # Accounts and plans are forever; all else carries `ttl`.
    assert (forgets.pop("AccountsTable"), forgets.pop("PlansTable")) == (None, None)
    assert all(spec == {"AttributeName": "ttl", "Enabled": True} for spec in forgets.values())


def test_nobody_outside_reads_the_bucket(resources: Resources) -> None:
    bucket = of_type(resources, "AWS::S3::Bucket")["DefaultBucket"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]


def test_the_bucket_is_spoken_to_by_tls_alone(resources: Resources) -> None:
    policy = of_type(resources, "AWS::S3::BucketPolicy")["DefaultBucketPolicy"]
    (deny,) = policy["PolicyDocument"]["Statement"]
    assert (deny["Effect"], deny["Principal"], deny["Action"]) == ("Deny", "*", "s3:*")
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert len(deny["Resource"]) == 2


def test_what_nobody_finishes_is_dropped_after_every_upload_has_expired(
    resources: Resources,
) -> None:
    rules = of_type(resources, "AWS::S3::Bucket")["DefaultBucket"]["LifecycleConfiguration"][
        "Rules"
    ]
    assert all(rule["Status"] == "Enabled" for rule in rules)
    aborted = [r["AbortIncompleteMultipartUpload"] for r in rules if "Prefix" not in r]
    assert aborted == [{"DaysAfterInitiation": 35}]
    assert [r["ExpirationInDays"] for r in rules if r.get("Prefix") == "fragments/"] == [35]


def test_browsers_may_send_fragments_and_read_the_etag(resources: Resources) -> None:
    bucket = of_type(resources, "AWS::S3::Bucket")["DefaultBucket"]
    (rule,) = bucket["CorsConfiguration"]["CorsRules"]
    assert {"GET", "HEAD", "PUT"} == set(rule["AllowedMethods"])
    assert "ETag" in rule["ExposedHeaders"]


def test_no_role_is_given_an_action_by_wildcard(resources: Resources) -> None:
    actions = [a for s in statements(resources) for a in listed(s["Action"])]
    assert actions
    assert not [action for action in actions if "*" in action]


def test_a_role_has_no_more_policies_than_iam_takes(resources: Resources) -> None:
    # Ten, as long as nobody asked AWS for more; what depends on a condition counts, too.
    for name, role in of_type(resources, "AWS::IAM::Role").items():
        assert len(role.get("ManagedPolicyArns", [])) <= 10, name


def test_every_resource_is_named_but_where_aws_has_none(resources: Resources) -> None:
    for statement in statements(resources):
        if "*" in listed(statement["Resource"]):
            assert set(listed(statement["Action"])) <= WITHOUT_RESOURCES


def test_objects_are_reached_only_where_files_and_fragments_are(resources: Resources) -> None:
    objects = {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"}
    of_users = "arn:${AWS::Partition}:s3:::fragua-${Stage}-${AWS::AccountId}-*"
    folders = ("files", "fragments", "thumbnails")
    places = ("${DefaultBucket.Arn}", of_users)
    allowed = {f"{place}/{folder}/*" for place in places for folder in folders}
    # What everybody may watch lies in no one's own bucket.
    allowed |= {f"${{DefaultBucket.Arn}}/{folder}/*" for folder in ("videos", "assets")}
    for statement in statements(resources):
        if objects & set(listed(statement["Action"])):
            assert {where["Fn::Sub"] for where in listed(statement["Resource"])} <= allowed


def test_mail_is_sent_from_one_address_alone_and_not_by_way_of_a_vpc(resources: Resources) -> None:
    (allowed,) = [s for s in statements(resources) if "ses:SendEmail" in listed(s["Action"])]
    assert allowed["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "MailSender"}}}
    assert "VpcConfig" not in resources["SendMailFunction"]["Properties"]


# Policies by which a function may note in an account's item how far PostgreSQL's log was.
NOTING = {"AccountItemPolicy", "NotePositionPolicy", "ReleasePolicy"}


def test_a_route_that_writes_for_a_caller_may_note_what_he_must_see(resources: Resources) -> None:
    writing = {
        name: policies
        for name, (method, policies) in of_callers_in_the_database().items()
        if method not in ("GET", "HEAD")
    }
    # Its caller proves who he is by the body, and nothing is written to PostgreSQL.
    del writing["accounts.refresh"]
    for policy in sorted(NOTING):
        statement, *_ = resources[policy]["Properties"]["PolicyDocument"]["Statement"]
        assert "dynamodb:UpdateItem" in statement["Action"]
        assert {"Fn::GetAtt": ["AccountsTable", "Arn"]} in listed(statement["Resource"])
    assert [n for n, p in writing.items() if not p & NOTING] == []


def test_whoever_asks_a_public_route_may_prove_who_he_is_and_read_what_he_wrote() -> None:
    reading = {name for name, (method, _) in in_the_database().items() if method in ("GET", "HEAD")}
    # These read at the writer, or nothing of anybody's.
    at_the_writer = {"files.follow_link", "files.preview_link", "service.health"}
    assert reading - set(of_callers_in_the_database()) == at_the_writer


def test_all_functions_have_the_environment_of_the_globals(resources: Resources) -> None:
    functions = of_type(resources, "AWS::Lambda::Function")
    # It logs in as the owner of the tables, and waits for no migration.
    migrate = functions.pop("MigrateFunction")["Environment"]["Variables"]
    (shared,) = {json.dumps(f["Environment"], sort_keys=True) for f in functions.values()}
    expected = json.loads(shared)["Variables"]
    assert set(migrate) == set(expected)
    assert {name for name in expected if migrate[name] != expected[name]} == {
        *("DATABASE_HOST", "DATABASE_ROLE", "DATABASE_SECRET", "DATABASE_READER_HOST")
    }


def test_no_function_is_there_before_its_migration(resources: Resources) -> None:
    functions = of_type(resources, "AWS::Lambda::Function")
    waits = {"Fn::If": ["HasDatabase", {"Fn::GetAtt": ["Migration", "role"]}, ""]}
    roles = {name: f["Environment"]["Variables"]["DATABASE_ROLE"] for name, f in functions.items()}
    del roles["MigrateFunction"]
    assert all(role == waits for role in roles.values())
    # Another code is another version of the layer, and so a migration.
    (layer,) = (name for name in resources if name.startswith("SharedLayer"))
    assert resources["Migration"]["Properties"]["Release"] == {"Ref": layer}


def test_what_a_function_writes_ends_and_is_json(resources: Resources) -> None:
    for function in of_type(resources, "AWS::Lambda::Function").values():
        logging = function["LoggingConfig"]
        group = resources[logging["LogGroup"]["Ref"]]
        assert group["Type"] == "AWS::Logs::LogGroup"
        assert group["Properties"]["RetentionInDays"] == 30
        assert logging["LogFormat"] == "JSON"


def test_a_function_says_what_memory_and_time_it_takes(resources: Resources) -> None:
    for function in of_type(resources, "AWS::Lambda::Function").values():
        assert function["MemorySize"] >= 512
        assert 1 < function["Timeout"] <= 900


def test_the_settings_are_the_variables_of_the_globals(written: dict[str, Any]) -> None:
    given = set(written["Globals"]["Function"]["Environment"]["Variables"])
    assert asked_for() - NOT_IN_GLOBALS == given


def asked_for() -> set[str]:
    """Read the settings out of an environment that notes what it is asked for."""
    names: set[str] = set()

    class Noted(dict[str, str]):
        def get(self, name: str, default: Any = None) -> Any:
            names.add(name)
            return super().get(name, default)

    Settings.of(Noted(ENVIRONMENT))
    return names


def test_the_gateways_patience_is_no_shorter_than_a_functions_time(resources: Resources) -> None:
    api = of_type(resources, "AWS::ApiGatewayV2::Api")["Api"]
    for methods in api["Body"]["paths"].values():
        for operation in methods.values():
            name = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
            function = name.split("${")[-1].partition(".Arn")[0]
            assert resources[function]["Properties"]["Timeout"] < 30


@pytest.mark.parametrize("header", ["etag", "location", "retry-after", "x-request-id"])
def test_a_browser_may_read_our_headers(resources: Resources, header: str) -> None:
    api = of_type(resources, "AWS::ApiGatewayV2::Api")["Api"]
    cors = api["Body"]["x-amazon-apigateway-cors"]
    assert header in next(v for k, v in cors.items() if k.lower() == "exposeheaders")

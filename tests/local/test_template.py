"""A template becomes resources and a plan; a broken one is one clear line."""

import json
from pathlib import Path

import pytest

from local.clients import client
from local.deployment import Deployer, deploy
from local.errors import TemplateError
from local.plan import Route
from local.resources import queue_attributes, secret_text
from local.template import load
from tests.local.conftest import SAMPLE

HEAD = "Transform: AWS::Serverless-2016-10-31\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "template.yaml"
    path.write_text(text)
    return path


def test_the_plan_holds_all_that_is_to_run(endpoint: str) -> None:
    plan = deploy(load(SAMPLE / "template.yaml"), endpoint).plan
    assert set(plan.routes) == {
        Route("GET", "/things/{id}", "EchoFunction"),
        Route("POST", "/things", "EchoFunction"),
        Route("POST", "/trouble/{kind}", "TroubleFunction"),
    }
    assert plan.cors.origins == ("https://app.example", "http://localhost:*")
    assert [(source.function, source.batch_size, source.partial) for source in plan.sources] == [
        ("WorkFunction", 5, True)
    ]
    assert [schedule.function for schedule in plan.schedules] == ["TickFunction"]
    assert plan.functions["TroubleFunction"].timeout == 1


def test_the_resources_exist_as_the_environment_names_them(endpoint: str) -> None:
    names = deploy(load(SAMPLE / "template.yaml"), endpoint, "postgresql://x").environment
    ttl = client("dynamodb", endpoint).describe_time_to_live(TableName=names["TABLE"])
    assert ttl["TimeToLiveDescription"]["AttributeName"] == "ttl"
    queue = client("sqs", endpoint).get_queue_attributes(
        QueueUrl=names["QUEUE_URL"], AttributeNames=["All"]
    )["Attributes"]
    assert queue["VisibilityTimeout"] == "60"
    redrive = json.loads(queue["RedrivePolicy"])
    assert redrive["maxReceiveCount"] == 2
    assert redrive["deadLetterTargetArn"].endswith(names["DEAD_QUEUE_URL"].rpartition("/")[2])
    rules = client("s3", endpoint).get_bucket_cors(Bucket=names["BUCKET"])["CORSRules"]
    assert rules[0]["ExposeHeaders"] == ["ETag"]
    secret = client("secretsmanager", endpoint).get_secret_value(SecretId=names["SECRET"])
    made = json.loads(secret["SecretString"])
    assert (made["kid"], len(made["key"]), made["key"].isalnum()) == ("1", 40, True)
    assert names["DATABASE_URL"] == "postgresql://x"
    assert names["AWS_ENDPOINT_URL"] == endpoint


def test_a_replica_of_the_database_is_handed_on(endpoint: str) -> None:
    deployer = Deployer(endpoint, "postgresql://x", "postgresql://y")
    environment = deployer.deploy(load(SAMPLE / "template.yaml")).environment
    given = {name: url for name, url in environment.items() if name.startswith("DATABASE")}
    # Nothing of this machine's own shows through.
    assert given == {
        "DATABASE_URL": "postgresql://x",
        "DATABASE_WRITER_URL": "",
        "DATABASE_READER_URL": "postgresql://y",
    }


def test_a_parameter_can_be_given(endpoint: str) -> None:
    template = load(SAMPLE / "template.yaml", {"AllowedOrigins": "https://x, https://y"})
    assert deploy(template, endpoint).plan.cors.origins == ("https://x", "https://y")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Resources: [", "can't be read"),
        ("Outputs: {}", "no Resources"),
        (HEAD + "Resources: {F: {Type: AWS::Serverless::Function}}", "no valid SAM template"),
        ("Parameters: {P: {Type: String}}\nResources: {}", "parameter P has no default"),
    ],
)
def test_a_broken_template_is_one_clear_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message) as refused:
        load(write(tmp_path, text))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("!Ref Store", "!Ref Nothing", "Ref to Nothing"),
        ("rate(1 minute)", "soon", "'soon' is neither"),
        ("!GetAtt Work.Arn", "!GetAtt Things.Arn", "is no queue"),
        ("things.echo.handler", "handler", "no Handler of the form"),
    ],
)
def test_what_does_not_add_up_is_named(
    tmp_path: Path, endpoint: str, old: str, new: str, message: str
) -> None:
    text = (SAMPLE / "template.yaml").read_text().replace(old, new)
    with pytest.raises(TemplateError, match=message):
        deploy(load(write(tmp_path, text)), endpoint)


def test_resources_with_a_false_condition_are_left_out(tmp_path: Path, endpoint: str) -> None:
    text = """
Conditions: {Never: !Equals [a, b]}
Resources:
  F: {Type: AWS::Lambda::Function, Condition: Never, Properties: {Handler: a.b, Role: x}}
"""
    assert deploy(load(write(tmp_path, text)), endpoint).plan.functions == {}


@pytest.mark.parametrize(
    ("scale", "visible"), [("1", "900"), ("60", "15"), ("0.1", "90"), ("10000", "1")]
)
def test_visibility_timeouts_are_scaled(
    monkeypatch: pytest.MonkeyPatch, scale: str, visible: str
) -> None:
    monkeypatch.setenv("FRAGUA_TIME_SCALE", scale)
    assert queue_attributes({"VisibilityTimeout": 900})["VisibilityTimeout"] == visible


def test_a_secret_keeps_to_its_rules() -> None:
    rules = {"PasswordLength": 300, "ExcludePunctuation": "true", "ExcludeCharacters": "abc"}
    made = secret_text({"GenerateSecretString": rules})
    assert (len(made), made.isalnum(), set(made) & set("abc")) == (300, True, set())
    assert secret_text({"SecretString": "given"}) == "given"

"""The calculator of costs: its arithmetic, its command line, and the page that tells of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from benchmarks.cost import deployment, page, runs, show
from benchmarks.cost.__main__ import number, size, told
from benchmarks.cost.bill import Use, bill, quantities
from benchmarks.cost.hosted import PLANS
from benchmarks.cost.prices import CHECK, Meter
from benchmarks.cost.weighing import seconds, weigh
from fragua import metrics
from fragua.uploads import fragments, plan
from local.template import load
from tests.support.paths import ROOT

GIB = 2**30
A_LOT = Use(
    uploads=1_000_000, pictures=9, videos=9, downloads=5, views=7_000_000, replica=True, cdn=True
)


def dollars(use: Use, cause: str = "") -> float:
    return sum(line.dollars for line in bill(use) if cause in ("", line.cause))


@cache
def resources() -> list[Mapping[str, Any]]:
    return list(load(ROOT / "template.yaml").resources.values())


def of_type(kind: str) -> list[Mapping[str, Any]]:
    return [resource["Properties"] for resource in resources() if resource["Type"] == kind]


def test_what_is_cheaper_in_mass_is_cheaper_only_beyond_the_step() -> None:
    price = Meter.SENT.value
    assert price.of(10 * 1024) == pytest.approx(10 * 1024 * 0.09)
    assert price.of(11 * 1024) == pytest.approx(10 * 1024 * 0.09 + 1024 * 0.085)


def test_each_price_has_steps_up_to_anything_and_a_source() -> None:
    for meter in Meter:
        steps = [most for most, _ in meter.value.tiers]
        assert steps == sorted(steps)
        assert steps[-1] == float("inf")
        assert meter.value.source == CHECK or meter.value.source.startswith("https://")


def test_a_month_without_anybody_costs_what_stands_there() -> None:
    assert {line.cause for line in bill(Use())} == {"idle"}
    development, production = dollars(Use(stage="development")), dollars(Use())
    assert 25 < development < 50
    assert 100 < production < 250


def test_the_causes_add_up_to_the_bill_and_nothing_is_free() -> None:
    causes = {line.cause for line in bill(A_LOT)}
    assert causes == {"idle", "uploads", "pictures", "videos", "kept", "downloads", "views"}
    assert sum(dollars(A_LOT, cause) for cause in causes) == pytest.approx(dollars(A_LOT))
    assert all(line.dollars > 0 for line in bill(A_LOT))


@pytest.mark.parametrize("more", ["uploads", "pictures", "videos", "downloads", "views", "size"])
def test_more_costs_more(more: str) -> None:
    larger = replace(A_LOT, **{more: 2 * getattr(A_LOT, more)})
    assert dollars(larger) > dollars(A_LOT)


def test_a_direct_upload_is_paid_by_the_request_and_not_by_the_byte() -> None:
    small, large = (Use(uploads=1, size=each) for each in (fragments.MIB, 8 * fragments.MIB))
    assert quantities(small)["uploads"] == quantities(large)["uploads"]


def test_the_gateway_counts_a_relayed_fragment_by_512_kilobytes() -> None:
    once = weigh(runs.upload(4 * fragments.MIB, "relay"), cdn=False)
    assert once[Meter.HTTP] == 8 + len(["create", "complete", "get"])


def test_few_views_are_counted_one_by_one_and_many_by_the_hundred() -> None:
    few, many = (quantities(Use(views=each))["views"] for each in (1, 1_000_000_000))
    assert few[Meter.QUEUE] == pytest.approx(3, rel=0.01)
    assert many[Meter.RUNS] / 1_000_000_000 == pytest.approx(1.01)
    assert many[Meter.QUEUE] / 1_000_000_000 == pytest.approx(1.2)


def test_behind_cloudfront_the_answers_leave_from_there() -> None:
    count = quantities(Use(uploads=1000, cdn=True))["uploads"]
    assert (count[Meter.CDN], count[Meter.LOOKED_AT], count[Meter.SENT]) == (3000, 3000, 0)
    assert count[Meter.CDN_SENT] > 0


def test_packing_ten_gibibytes_fits_one_slice_of_the_worker() -> None:
    packed = [r for r in runs.upload(10 * GIB, "relay").runs if r.function == "uploads.assemble"]
    assert 100 < seconds(packed[0]) < 120


@pytest.mark.parametrize("size", [1, 8 * fragments.MIB, 79 * GIB, 5000 * GIB])
@pytest.mark.parametrize("mode", ["direct", "relay"])
def test_files_are_cut_as_the_service_cuts_them(size: int, mode: str) -> None:
    assert runs.fragment_size(size, mode) == fragments.default_fragment_size(size, mode)
    assert runs.LARGEST["relay"] == fragments.MAX_RELAY_FILE
    assert runs.PART == plan.TARGET


def test_what_stands_there_is_what_the_template_has() -> None:
    stands = deployment.standing(deployment.STAGES["production"], replica=False, cdn=False)
    # These are in a nested template; one of them takes two metrics.
    assert stands[Meter.ALARMS] > 30
    assert deployment.queues() == len(of_type("AWS::Lambda::EventSourceMapping"))
    assert sum(deployment.schedules().values()) == stands[Meter.SCHEDULES]
    assert len(deployment.schedules()) == len(of_type("AWS::Scheduler::Schedule"))
    with_edge = deployment.standing(deployment.STAGES["production"], replica=False, cdn=True)
    secrets = len(of_type("AWS::SecretsManager::Secret"))
    # Those of root and nested templates; the root's are these.
    assert with_edge[Meter.SECRETS] == secrets + deployment.DATABASE_SECRETS
    assert stands[Meter.SECRETS] == with_edge[Meter.SECRETS] - 1
    reasons = sum(len(codes) + 1 for codes in metrics.REASONS.values())
    assert len(deployment.own_metrics()) == len(metrics.UNITS) + reasons


def test_each_function_of_the_calculator_has_its_memory_from_the_template() -> None:
    sizes = {
        str(each["Handler"]).removesuffix(".handler"): each["MemorySize"] / 1024
        for each in of_type("AWS::Lambda::Function")
    }
    works = [runs.upload(9000 * 8 * fragments.MIB, mode) for mode in ("direct", "relay")]
    works += [runs.download(1), runs.view(1), runs.picture(1), runs.video(1)]
    works += [runs.swept(name) for name in deployment.schedules()]
    named = {run.function for work in works for run in work.runs}
    assert len(named) > 10
    for function in named:
        assert deployment.memory(function) == sizes[function]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("25MB", 25_000_000),
        ("25MiB", 25 * 2**20),
        ("1.5 gb", 1_500_000_000),
        ("7", 7),
        ("7b", 7),
        ("1TiB", 2**40),
        ("5TiB", 5 * 2**40),
    ],
)
def test_a_size_is_read_with_its_unit(text: str, value: int) -> None:
    assert size(text) == value
    assert number("1,000,000") == 1_000_000


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--uploads", "-1"], "argument --uploads: '-1' is no number from 0 to 1,000,000,000,000"),
        (["--views", "many"], "argument --views: 'many' is no number from 0"),
        (["--downloads", "1e999"], "argument --downloads: '1e999' is no number from 0"),
        (["--size", "0"], "argument --size: '0' is no size from 1B to 5TiB, such as 25MB"),
        (["--size", "MB"], "argument --size: 'MB' is no size"),
        (["--size=-3MB"], "argument --size: '-3MB' is no size"),
        (["--size", "6TiB"], "argument --size: '6TiB' is no size"),
        (["--size", "9" * 400 + "TB"], "is no size from 1B to 5TiB"),
        (["--size", "11GiB", "--mode", "relay"], "a relayed file has at most 10 GiB"),
        (["--videos", "3", "--uploads", "2"], "fewer than the pictures and videos among them"),
        (["--stage", "moon"], "argument --stage: invalid choice: 'moon'"),
        (["--format"], "argument --format: expected one argument"),
        (["--upload", "5"], "unrecognized arguments"),
        (["once"], "unrecognized arguments: once"),
    ],
)
def test_bad_arguments_get_one_line(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        told(arguments)
    written = capsys.readouterr().err
    assert (ended.value.code, written.count("\n")) == (2, 1)
    assert sentence in written


def test_the_command_works_from_the_root_of_a_clone() -> None:
    command = [sys.executable, "-m", "benchmarks.cost", "--uploads", "5", "--size", "1KB"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("A month of production in us-east-1: 5 uploads of 1 kB (direct)\n")
    assert ran.stderr == ""


@pytest.mark.parametrize("form", ["table", "lines"])
def test_a_table_adds_up(form: str) -> None:
    text = told(["--uploads", "1000000", "--views", "1000000", "--format", form])
    (total,) = re.findall(r"^sum .* ([\d,.]+)$", text, re.MULTILINE)
    assert total == f"{dollars(Use(uploads=1_000_000, views=1_000_000)):,.2f}"


def test_json_tells_the_same_as_the_table() -> None:
    answer = json.loads(told(["--uploads", "1000", "--format", "json"]))
    assert answer["dollars"] == pytest.approx(dollars(Use(uploads=1000)))
    assert sum(line["dollars"] for line in answer["lines"]) == pytest.approx(answer["dollars"])
    assert answer["use"]["uploads"] == 1000


def test_a_hosted_plan_costs_more_only_beyond_what_is_in_it() -> None:
    supabase = next(plan for plan in PLANS if plan.name.startswith("Supabase"))
    assert supabase.dollars(Use(uploads=100, size=GIB, downloads=250)) == 25
    beyond = Use(uploads=101, size=GIB, downloads=251)
    assert supabase.dollars(beyond) == pytest.approx(25 + 0.021 + 0.09)


def test_the_page_tells_what_its_commands_print() -> None:
    text = page.PAGE.read_text()
    assert text.count("$ .venv/bin/python -m benchmarks.cost ") > 5
    assert page.written(text) == text, "write it anew: .venv/bin/python -m benchmarks.cost.page"


def test_a_table_that_is_out_of_date_is_written_anew() -> None:
    begin = "```\n$ .venv/bin/python -m benchmarks.cost --format prices\n\n"
    written = page.written(f"Before\n{begin}an old table\n```\nAfter\n")
    assert written == f"Before\n{begin}{show.prices(Use())}\n```\nAfter\n"

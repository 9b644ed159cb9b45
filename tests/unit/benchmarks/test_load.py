"""What the load test makes of what people tell, and what it takes for a miss."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.load.report import JUDGED, Outcome, missed, summary
from benchmarks.load.results import Request, Result, Story, Upload, loads, percentile
from benchmarks.load.scenarios import USUAL, Scenario, chosen
from benchmarks.load.stack import CODE, PARTS, Memory

QUICK, SLOW = 0.3, 1.5


def story(number: int) -> Story:
    """Somebody who came at that second, and whose video was made 100 s later."""
    upload = Upload(number, number + QUICK)
    return Story(number, upload, made=number + 100, voted=True, public=number + 101)


def outcome(scenario: Scenario) -> Outcome:
    """All went well."""
    requests = [Request("GET /", number, 5.0) for number in range(scenario.people)]
    result = Result(requests, [story(number) for number in range(scenario.people)])
    return Outcome(scenario, result, Memory([dict.fromkeys(PARTS, 100)] * 9), {}, scenario.people)


def test_a_result_comes_through_as_it_was() -> None:
    told = outcome(Scenario(2)).result
    told.stories.append(Story(3, trouble="GivenUp: 503"))
    told.late.append(Upload(4, 5))
    assert loads(told.dumps()) == told


@pytest.mark.parametrize(("share", "value"), [(0.5, 10), (0.95, 19), (1, 20)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: float) -> None:
    assert percentile(range(20, 0, -1), share) == value


def test_videos_are_left_that_were_made_after_the_last_upload_was_answered() -> None:
    result = outcome(Scenario(3)).result
    result.stories[0].made = result.answered
    assert result.left == 2


def test_a_late_upload_counts_only_while_videos_are_made() -> None:
    result = outcome(Scenario(3)).result
    result.late = [Upload(101, 102), Upload(101.5, 102.5)]
    assert result.late_while_making == [Upload(101, 102)]


def test_nothing_is_missed_when_all_went_well() -> None:
    assert not list(missed(outcome(Scenario(30, every=1, long=True))))


def test_whatever_went_wrong_is_told() -> None:
    bad = outcome(Scenario(4))
    bad.result.requests.append(Request("GET /", 5, 9.0, "503 busy"))
    bad.result.stories.pop()
    bad.result.stories[0] = Story(0, trouble="GivenUp: 503")
    bad = replace(bad, left={"MailQueue": 2}, votes=5)
    assert list(missed(bad)) == [
        "1 x GET /: 503 busy",
        "1 x somebody got no further: GivenUp: 503",
        "3 of 4 people came",
        "2 messages left in MailQueue",
        "2 people voted, the ranking counts 5",
    ]


def test_in_a_crowd_only_the_late_uploads_are_judged() -> None:
    crowd = outcome(Scenario(JUDGED))
    for each in crowd.result.stories:
        each.upload = Upload(each.began, each.began + SLOW)
    assert list(missed(crowd)) == ["0 late uploads: too few to be judged"]
    crowd.result.late = [Upload(number, number + SLOW) for number in range(JUDGED)]
    assert list(missed(crowd)) == [
        "late uploads took 1500 ms (p50; at most 500)",
        "late uploads took 1500 ms (p95; at most 750)",
    ]


def test_people_who_come_one_after_another_wait_for_nobody() -> None:
    ramp = outcome(Scenario(JUDGED, every=1))
    for each in ramp.result.stories:
        each.upload = Upload(each.began, each.began + SLOW)
    assert list(missed(ramp)) == [
        "uploads took 1500 ms (p50; at most 500)",
        "uploads took 1500 ms (p95; at most 750)",
    ]


def test_memory_that_grows_over_a_long_time_is_a_miss() -> None:
    soak = outcome(Scenario(JUDGED, every=5, long=True))
    soak.memory.looks[-3:] = [soak.memory.looks[0] | {CODE: 120}] * 3
    assert list(missed(soak)) == ["the code's memory grew from 0 to 0 MB"]
    assert "| code | 0 | 0 | 1.20 |" in summary([soak])


def test_without_a_name_everything_but_the_soak_is_run() -> None:
    assert [scenario.people for scenario in chosen(USUAL)] == [5, 100, 200, 300, 300]


def test_with_another_number_each_scenario_is_run_once() -> None:
    assert chosen(["crowd", "ramp"], people=20) == [Scenario(20), Scenario(20, every=1)]

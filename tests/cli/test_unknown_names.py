"""A value that nobody ever had is answered like a wrong word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk import AT, Desk

HEAD = ["external_id", "metric", "score", "answered_at", "team", "topic", "agent", "customer"]


@pytest.fixture
def known(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    at = "2026-11-10T10:00:00Z"
    lines = [
        HEAD,
        ["a", "nps", 9, at, "Support", "billing", "Anna Virtanen", "Mia"],
        ["b", "nps", 3, at, "Sales", "login", "Ben", "Leo"],
    ]
    desk.run("import", desk.write(lines))
    return desk


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("team:Suport",), "Did you mean `team:Support`?"),
        (("topic:biling",), "Did you mean `topic:billing`?"),
        (("agent:Anna Virtanes",), 'Did you mean `agent:"Anna Virtanen"`?'),
        (("topic:weather",), "Nothing is on file under `topic:weather`. See what there is: `by:topic`."),
        (("customer:Mio",), "Nothing is on file under `customer:Mio`. See what there is: `by:customer`."),
        (("touchpoint:shop",), "See what there is: `by:touchpoint`."),
        (("stage:late",), "Nothing is on file under `stage:late`. There are: before, during, after."),
        (("survey:npss",), "Nothing is on file under `survey:npss`. There are: nps, csat, "),
    ],
)
def test_near_names_are_offered(known: Desk, words: tuple[str, ...], said: str) -> None:
    assert said in known.run("report", "nps", "2026-W46", *words, "--at", AT, code=2)


def test_a_file_may_have_stages_and_surveys_of_its_own(known: Desk) -> None:
    lines = [[*HEAD, "stage", "survey"], ["c", "nps", 9, AT, "Support", "", "", "Mia", "Onboarding", "Yearly"]]
    known.run("import", known.write(lines, "more.csv"))
    for own in ("stage:Onboarding", "survey:yearly"):
        assert known.report("nps", "2026-W47", own)["n"] == 1
    said = known.run("report", "nps", "2026-W47", "stage:onbording", "--at", AT, code=2)
    assert "There are: before, during, after, onboarding." in said


def test_what_is_offered_works(known: Desk) -> None:
    said = known.run("report", "nps", "2026-W46", "agent:Anna Virtanes", "--at", AT, code=2)
    offered = said.split("`")[-2]
    assert known.report("nps", "2026-W46", offered)["n"] == 1


def test_a_known_name_without_answers_in_the_period_is_no_error(known: Desk) -> None:
    assert known.report("nps", "2026-W40", "team:support")["n"] == 0


def test_people_and_channels_of_slack_may_have_nothing_yet(known: Desk) -> None:
    assert known.report("nps", "2026-W46", "agent:U0ABCDEF12")["n"] == 0
    assert known.report("nps", "2026-W46", "channel:C0ABCDEF12")["n"] == 0

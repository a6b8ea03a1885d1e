"""The report on a survey of several items, through import and the command line, and through Slack."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.figures import experience_index
from cxbot.core.queries.query import parse
from cxbot.core.reports import survey_report
from cxbot.core.reports.metric_report import Slice
from cxbot.core.reports.survey_report import Respondent, SurveyFacts
from cxbot.core.surveys.shipped import SURVEYS
from cxbot.core.surveys.survey import Survey
from tests.desk import Desk
from tests.office import Office

EXAMPLE = ((5, 4, 4), (4, 2, 3), (5, 5, 5), (2, 1, 2), (4, 4, None), (3, 4, 5))  # gee_index-01 of the worked examples
OCTOBER, SEPTEMBER = "2026-10-14T10:00:00Z", "2026-09-14T10:00:00Z"
SEVERAL = [survey for survey in SURVEYS.values() if survey.several]
NOW = datetime(2026, 11, 25, tzinfo=UTC)
PARTS = ("goal", "ease", "emotion")

ratings = st.integers(1, 5)
people = st.lists(
    st.builds(
        Respondent, st.tuples(*[st.none() | ratings] * 3), st.sampled_from(["", "a", "b"]), st.sampled_from(["x", "y"])
    ),
    max_size=30,
)


def imported(desk: Desk, *periods: tuple[str, Iterable[Sequence[int | None]]], **columns: str) -> None:
    """Answers of so many people at so many moments."""
    names = list(columns)
    lines: list[list[object]] = [["external_id", "metric", "score", "answered_at", *names]]
    for at, triples in periods:
        for number, triple in enumerate(triples):
            lines += [
                [f"{at}-{number}", metric, score, at, *columns.values()]
                for metric, score in zip(PARTS, triple, strict=True)
                if score is not None
            ]
    desk.run("import", desk.write(lines))


# -- the index and the items ----------------------------------------------------------------------------------


def test_the_index_is_that_of_the_worked_example(desk: Desk) -> None:
    imported(desk, (OCTOBER, EXAMPLE))
    found = desk.report("experience", "2026-10")
    assert (found["value"], found["n"], found["unit"]) == (pytest.approx(65.0), 5, "index")
    index = found["index"]
    assert [index[name]["value"] for name in PARTS] == pytest.approx([70.0, 55.0, 70.0])
    assert (index["n_complete"], index["n_incomplete"]) == (5, 1)
    assert {each["metric"]: each["n"] for each in found["items"]} == {"goal": 6, "ease": 6, "emotion": 5}


def test_each_item_has_the_figures_of_its_own_report(desk: Desk) -> None:
    imported(desk, (OCTOBER, EXAMPLE), (SEPTEMBER, EXAMPLE[:4]))
    for item in desk.report("experience", "2026-10")["items"]:
        alone = desk.report(item["metric"], "2026-10")
        for name in ("n", "value", "low", "high", "unit", "scores", "buckets", "also"):
            assert item[name] == alone[name], (item["metric"], name)
        assert {name: item["change"][name] for name in ("value", "low", "high", "p")} == alone["change"]


def test_what_moved_is_pointed_out_only_where_both_periods_are_large_enough(desk: Desk) -> None:
    better, worse = [(5, 4, 4)] * 12, [(2, 4, 4)] * 12
    imported(desk, (OCTOBER, better), (SEPTEMBER, worse))
    found = desk.report("experience", "2026-10")
    assert [each["change"]["moved"] for each in found["items"]] == [True, False, False]
    assert found["change"]["value"] == 25.0
    assert "– moved" in desk.run("report", "experience", "2026-10")
    few = desk.report("experience", "2026-10-14..2026-10-14", "vs:2026-08")
    assert [each["change"] for each in few["items"]] == [None] * 3


def test_no_answers_are_no_value(desk: Desk) -> None:
    desk.run("migrate")
    found = desk.report("experience", "2026-10")
    assert (found["n"], found["value"], found["change"], found["previous"]["value"]) == (0, None, None, None)
    assert "no index" in desk.run("report", "experience", "2026-10")


def test_a_person_belongs_to_the_period_of_the_last_answer(desk: Desk) -> None:
    lines = [["external_id", "metric", "score", "answered_at"]]
    moments = {"goal": "2026-10-31T21:00:00Z", "ease": "2026-10-31T21:30:00Z", "emotion": "2026-10-31T22:30:00Z"}
    lines += [["T-1", metric, "4", at] for metric, at in moments.items()]
    desk.run("import", desk.write(lines))
    october, november = (
        desk.report("experience", "2026-10", at=at) for at in ("2026-10-31T22:00:00Z", "2026-11-21T12:00:00Z")
    )
    assert (october["index"]["n_incomplete"], november["index"]["n_complete"]) == (1, 1)
    assert desk.report("experience", "2026-11")["n"] == 0


def test_the_index_is_judged_by_the_weeks_before(desk: Desk) -> None:
    chance = random.Random(5)
    weeks = [[tuple(chance.choice((2, 3, 4, 5)) for _ in PARTS) for _ in range(30)] for _ in range(20)]
    poor = [(1 + i % 2, 2, 1) for i in range(25)]
    monday = datetime(2026, 11, 9, 9, tzinfo=UTC)
    moments = [(monday + timedelta(weeks=i - 20)).isoformat() for i in range(21)]
    team = {"asked_by": "automatic", "team": "Support"}
    imported(desk, *zip(moments, [*weeks, poor], strict=True), **team)
    later = moments[3].replace("09:00", "15:00")
    imported(desk, (later, [(1, 1, 1), (1, 1, None)]), asked_by="hand-picked", team="Support")
    found = desk.report("experience", "2026-W46")["verdict"]
    sums = [np.array([sum(each) for each in week]) for week in weeks]
    pooled = np.concatenate(sums)
    z = [(each.mean() - pooled.mean()) * math.sqrt(30) / pooled.std() for each in sums]
    error = max(1.0, float(np.mean(np.abs(np.diff(z)))) / 1.128) * pooled.std() * math.sqrt(1 / 25 + 1 / 600)
    limits = [100 * (pooled.mean() + each * error - 3) / 12 for each in (-3, 0, 3)]
    assert (found["word"], found["n"], found["baseline_n"]) == ("down", 25, 600), "hand-picked ones are not pooled"
    assert found["centre"] == pytest.approx(limits[1])
    assert found["low"] <= limits[0] + 1e-9, "the weeks' own swing is in the range, too"
    assert found["high"] >= limits[2] - 1e-9
    assert "↓ Lower than usual: usual is" in desk.run("report", "experience", "2026-W46")
    assert desk.report("experience", "2026-W45")["verdict"]["word"] == "within noise"
    assert desk.report("levels", "2026-W46")["verdict"]["word"] == "no baseline", "it has no figure of its own"


def test_automatic_answers_are_not_pooled_with_hand_picked_ones(desk: Desk) -> None:
    imported(desk, (OCTOBER, [(5, 5, 5)] * 6), asked_by="automatic", team="Support")
    imported(desk, (SEPTEMBER, [(4, 4, 4)] * 6), asked_by="automatic", team="Support")
    imported(desk, ("2026-10-15T10:00:00Z", [(1, 1, 1)] * 3), asked_by="hand-picked", team="Support")
    found = desk.report("experience", "2026-10")
    assert (found["n"], found["value"]) == (6, 100.0)
    assert [each["n"] for each in found["items"]] == [6, 6, 6]


def test_the_index_is_split_and_other_surveys_say_what_to_split_instead(desk: Desk) -> None:
    imported(desk, (OCTOBER, [(5, 5, 5)] * 20), topic="Invoices")
    imported(desk, ("2026-10-15T10:00:00Z", [(2, 2, 2)] * 10), topic="Logins")
    parts = desk.report("experience", "2026-10", "by:topic")["by"]
    assert [(each["key"], each["n"], each["value"]) for each in parts] == [
        ("topic:Invoices", 20, 100.0), ("topic:Logins", 10, 25.0)
    ]  # fmt: skip
    assert all(each["vs_rest"]["flagged"] for each in parts)
    assert "/cx quality by:topic" in desk.run("report", "levels", "2026-10", "by:topic", code=2)


# -- templates ------------------------------------------------------------------------------------------------


def test_answers_in_words_are_imported_as_numbers_and_reported(desk: Desk) -> None:
    lines = [["external_id", "metric", "score", "answered_at"]]
    given = {"expectation": (3, 3, 2, 1), "promise": (2, 2, 1, 0), "still_solved": (1, 1, 1, 0), "enps": (10, 9, 0, 9)}
    lines += [[f"{metric}-{i}", metric, str(score), OCTOBER] for metric, row in given.items()
              for i, score in enumerate(row)]  # fmt: skip
    desk.run("import", desk.write(lines))
    values = {metric: desk.report(metric, "2026-10")["value"] for metric in ("expectation", "promise", "still_solved")}
    assert values == {"expectation": 25.0, "promise": 50.0, "still_solved": 75.0}
    assert desk.report("expectation", "2026-10")["buckets"] == {"better": 2, "as expected": 1, "worse": 1}
    error = desk.run("import", desk.write([["metric", "score", "answered_at"], ["promise", "3", OCTOBER]]), code=2)
    assert "from 0 to 2" in error


def test_answers_of_a_survey_are_kept_under_its_name(desk: Desk) -> None:
    imported(desk, (OCTOBER, EXAMPLE))
    assert desk.report("ease", "2026-10", "survey:experience")["n"] == 6


def test_fewer_than_five_colleagues_are_not_told_of(desk: Desk) -> None:
    for n, at in ((4, SEPTEMBER), (5, OCTOBER)):
        lines = [["external_id", "metric", "score", "answered_at", "team", "customer"]]
        lines += [[f"{at}-{i}", "culture", str(1 + i), at, "Support", f"U{i}"] for i in range(n)]
        desk.run("import", desk.write(lines))
    found = desk.report("disciplines", "2026-10")
    culture = found["items"][-1]
    assert (culture["n"], culture["value"], culture["previous"]["value"], culture["change"]) == (5, 3.0, None, None)
    before = desk.report("disciplines", "2026-09")["items"][-1]
    assert (before["value"], set(before["scores"].values())) == (None, {0})
    assert "fewer than 5 answers" in desk.run("report", "disciplines", "2026-09")
    for words in ("customer:U1", "by:agent", "agent:Anna"):
        assert "whole team" in desk.run("report", "disciplines", "2026-10", words, code=2)


def test_figures_of_few_colleagues_cannot_be_worked_out_from_those_of_the_others(desk: Desk) -> None:
    lines = [["external_id", "metric", "score", "answered_at", "team", "customer"]]
    for team, n in {"Sales": 2, "Service": 6, "Support": 9}.items():
        lines += [[f"{team}-{i}", "enps", "9", OCTOBER, team, f"{team} {i}"] for i in range(n)]
    desk.run("import", desk.write(lines))
    parts = desk.report("enps", "2026-10", "by:team")["by"]
    assert [(each["n"], each["value"], each["vs_rest"]) for each in parts] == [
        (9, 100.0, None), (6, None, None), (2, None, None)
    ]  # fmt: skip
    sales = desk.report("enps", "2026-10", "team:Sales")
    assert (sales["n"], sales["value"], sales["low"], sales["change"]) == (2, None, None, None)
    for words in (["by:customer"], ["customer:Sales 1"], ["by:agent"], ["topic:Pay"]):
        assert "whole team" in desk.run("report", "enps", "2026-10", *words, code=2)
    assert "not about employees" in desk.run("report", "drivers", "enps", "2026-10", code=2)


# -- rules ----------------------------------------------------------------------------------------------------


@given(people, people)
def test_the_parts_and_both_periods_fit_together(now: list[Respondent], before: list[Respondent]) -> None:
    query = parse("experience", "2026-10 by:topic", NOW, "Europe/Helsinki")
    there = survey_report.build(query, SurveyFacts({}, {}, now, before), NOW)
    back = survey_report.build(query, SurveyFacts({}, {}, before, now), NOW)
    assert there.index is not None
    assert there.segments is not None
    assert sum(part.n for part in there.segments) == there.index.n_complete == there.n
    if there.index_change is not None and back.index_change is not None:
        assert there.index_change.value == pytest.approx(-back.index_change.value)
        assert there.index_change.low == pytest.approx(-back.index_change.high)
        assert -100 <= there.index_change.low <= there.index_change.value <= there.index_change.high <= 100
    if there.index.index is not None:
        assert there.index.index.deff >= 1
        assert 0 <= there.index.index.low <= there.index.index.value <= there.index.index.high <= 100


@given(people)
def test_strangers_have_no_design_effect(found: list[Respondent]) -> None:
    triples = [each.triple for each in found]
    assert set(experience_index.effects({"": triples}).values()) == {1.0}
    assert set(experience_index.effects({str(i): [row] for i, row in enumerate(triples)}).values()) == {1.0}


@given(st.sampled_from(SEVERAL), st.dictionaries(ratings, st.integers(0, 30)))
def test_the_same_answers_twice_have_not_moved(survey: Survey, counts: dict[int, int]) -> None:
    every = {item.metric.name: Slice(counts) for item in survey.items}
    found = survey_report.build(parse(survey.name, "2026-10", NOW, "UTC"), SurveyFacts(every, every), NOW)
    assert not any(each.moved for each in found.items)


# -- in Slack -------------------------------------------------------------------------------------------------


def experienced(office: Office) -> None:
    channel, ts = office.ask("experience")
    for item, score in (("goal", 5), ("ease", 4), ("emotion", 3)):
        click = office.slack.click_payload(office.carla, channel, ts, action_id=f"score:{item}:{score}")
        office.slack.send_action(click)
        office.settle()


def test_a_survey_is_reported_shared_and_explained(office: Office) -> None:
    experienced(office)
    said = office.command(office.leo, "/cx", "experience week")
    assert "1 person answered all three: too few for an index" in said
    shown = office.slack.ephemerals(office.team_channel, office.leo)[-1]
    office.slack.click(office.leo, office.team_channel, shown["ts"], label="How is this counted?")
    office.settle()
    assert "equal weights are ours" in office.whispers(office.leo, office.team_channel)[-1]
    office.slack.click(office.leo, office.team_channel, shown["ts"], label="Share in this channel")
    office.settle()
    assert "Shared by" in office.slack.messages(office.team_channel)[-1]["text"]


def test_agents_see_their_own_part_of_a_survey(office: Office) -> None:
    experienced(office)
    said = office.command(office.anna, "/cx", "experience week by:agent")
    assert f"<@{office.anna}>: 1 person" in said
    assert "The team sees the values when the week is over." in said
    assert "Only the team's leads see" in office.command(office.anna, "/cx", "experience week by:customer")
    assert "10 answers on" in office.command(office.leo, "/cx", f"experience week agent:<@{office.anna}>")


def test_a_digest_tells_of_the_survey_in_its_thread(office: Office) -> None:
    office.change_team(survey="experience")
    experienced(office)
    office.pass_time(days=5)  # Monday 10:00: the digest of the week is out
    root = next(each for each in office.slack.messages(office.team_channel) if each.get("blocks"))
    details = office.slack.messages(office.team_channel, root["ts"])[1]
    shown = [block["text"]["text"].partition("\n")[0] for block in details["blocks"]]
    assert shown[0].startswith("*Goal reached · ")
    assert any(each.startswith("*Experience (goal, ease, feeling) · 2026-W47") for each in shown)

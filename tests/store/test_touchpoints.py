"""The register of touchpoints, and the journey along them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.csv_files.touchpoints import STAGES, Touchpoint
from cxbot.core.metrics.shipped import CSAT
from cxbot.core.queries.query import parse
from cxbot.core.reports import journey_report
from cxbot.core.reports.metric_report import Facts, Slice
from tests.desk import Desk
from tests.office import T0, Office

PERIOD = "2026-W46"
REGISTER = (("touchpoint", "stage", "contact", "ours"), ("Advert", "before", "indirect", "no"),
            ("Shop", "during", "direct", "yes"), ("Phone", "after", "", ""))  # fmt: skip


def answered(desk: Desk, *groups: tuple[str, str, list[int]], metric: str = "csat") -> None:
    """Answers as (touchpoint, stage of its own, scores)."""
    lines: list[list[object]] = [["external_id", "metric", "score", "answered_at", "touchpoint", "stage"]]
    for name, stage, scores in groups:
        lines += [[f"{name}{stage}{i}", metric, score, "2026-11-11T10:00:00Z", name, stage]
                  for i, score in enumerate(scores)]  # fmt: skip
    desk.run("import", desk.write(lines))


def stops(desk: Desk, *words: str) -> dict[str, dict[str, Any]]:
    return {each["key"].removeprefix("touchpoint:"): each for each in desk.report("journey", *words)["touchpoints"]}


def test_the_register_can_be_written_by_hand(desk: Desk) -> None:
    desk.run("migrate")
    assert "No touchpoint yet" in desk.run("touchpoint", "list")
    desk.run("touchpoint", "add", "Web  shop", "--stage", "during")
    desk.run("touchpoint", "add", "Reviews", "--stage", "before", "--indirect", "--not-ours")
    assert "already a touchpoint" in desk.run("touchpoint", "add", "web shop", "--stage", "after", code=2)
    desk.run("touchpoint", "set", "WEB SHOP", "--stage", "after", "--indirect")
    assert [line.split() for line in desk.run("touchpoint", "list").splitlines()] == [
        ["after", "indirect,", "ours", "Web", "shop"], ["before", "indirect,", "not", "ours", "Reviews"],
    ]  # fmt: skip
    assert "Nothing to change" in desk.run("touchpoint", "set", "Reviews", code=2)
    desk.run("touchpoint", "remove", "reviews")
    assert "no touchpoint “Reviews”" in desk.run("touchpoint", "remove", "Reviews", code=2)
    assert "at most 200" in desk.run("touchpoint", "add", " ", "--stage", "after", code=2)


def test_the_register_can_be_imported_in_the_order_of_the_journey(desk: Desk) -> None:
    file = desk.write(REGISTER)
    assert desk.run("import", "touchpoints", file) == "3 added, 0 updated, 0 unchanged.\n"
    assert desk.run("import", "touchpoints", file) == "0 added, 0 updated, 3 unchanged.\n"
    changed = desk.write([REGISTER[0], REGISTER[2], REGISTER[1], REGISTER[3]], "other.csv")
    assert desk.run("import", "touchpoints", changed) == "0 added, 2 updated, 1 unchanged.\n"
    assert [line.split()[-1] for line in desk.run("touchpoint", "list").splitlines()] == ["Shop", "Advert", "Phone"]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [("touchpoint", "", "needs a name"), ("stage", "later", "Stages: before, during, after"),
     ("contact", "maybe", "Choices: direct, indirect"), ("ours", "theirs", "Choices: yes, no")],
)  # fmt: skip
def test_every_column_says_what_is_wrong(desk: Desk, column: str, value: str, said: str) -> None:
    row = {"touchpoint": "Shop", "stage": "during", "contact": "direct", "ours": "yes", column: value}
    found = desk.run("import", "touchpoints", desk.write([list(row), list(row.values())]), code=2)
    assert f"Line 2, column {column}" in found
    assert said in found


def test_an_answer_takes_its_stage_from_the_register_unless_it_names_one(desk: Desk) -> None:
    answered(desk, ("Shop", "", [5] * 6), ("shop", "after", [1] * 5), ("Fair", "", [3] * 5))
    assert {each["key"]: each["n"] for each in desk.report("csat", PERIOD, "by:stage")["by"]} == {
        "stage:—": 11, "stage:after": 5,
    }  # fmt: skip
    desk.run("touchpoint", "add", "Shop", "--stage", "during")
    assert {each["key"]: each["n"] for each in desk.report("csat", PERIOD, "by:stage")["by"]} == {
        "stage:during": 6, "stage:after": 5, "stage:—": 5,
    }  # fmt: skip
    assert [desk.report("csat", PERIOD, f"stage:{stage}")["n"] for stage in ("during", "after")] == [6, 5]
    desk.run("touchpoint", "set", "Shop", "--stage", "before")  # a corrected register corrects the past
    assert [desk.report("csat", PERIOD, f"stage:{stage}")["n"] for stage in ("during", "before")] == [0, 6]


def test_a_running_bot_sees_the_corrected_register(office: Office, tmp_path: Any) -> None:
    desk = Desk(tmp_path)
    desk.database = office.path
    answered(desk, ("Shop", "", [5] * 6))
    assert "too few" not in office.command(office.leo, "/csat", f"{PERIOD} touchpoint:shop")
    for stage, n in (("during", 6), ("after", 0), ("during", 6)):
        if stage == "during" and n and not desk.run("touchpoint", "list").count("Shop"):
            desk.run("touchpoint", "add", "Shop", "--stage", stage)
        else:
            desk.run("touchpoint", "set", "Shop", "--stage", stage)
        said = office.command(office.ada, "/csat", f"{PERIOD} stage:during")
        assert ("6 answers" in said) == bool(n)


def test_the_journey_has_each_touchpoint_with_its_drag(desk: Desk) -> None:
    """CSAT 100·(50·0.9 + 40·0.5 + 10·0.8)/100 = 73: the shop is at 90 and the others at (20 + 8)/50 = 56 %."""
    desk.run("import", "touchpoints", desk.write(REGISTER))
    shop, phone = [5] * 45 + [1] * 5, [5] * 20 + [2] * 20
    answered(desk, ("shop", "", shop), ("Phone", "", phone), ("Fair", "during", [4] * 8 + [1] * 2))
    report = desk.report("journey", "csat", PERIOD)
    found = {each["key"]: each for each in report["touchpoints"]}
    assert list(found) == ["touchpoint:Advert", "touchpoint:Shop", "touchpoint:Fair", "touchpoint:Phone"]
    assert (report["n"], report["value"], report["without_touchpoint"]) == (100, 73.0, 0)
    one = found["touchpoint:Shop"]
    assert (one["stage"], one["n"], one["value"], one["without"]) == ("during", 50, 90.0, 56.0)
    assert one["drag"] == pytest.approx(0.5 * 34)
    assert one["without"] + one["drag"] == pytest.approx(report["value"])
    assert (one["flagged"], one["rank"], one["registered"]) == (True, 1, True)
    assert found["touchpoint:Phone"]["drag"] == pytest.approx(0.4 * (50 - 100 * 53 / 60))
    assert (found["touchpoint:Fair"]["registered"], found["touchpoint:Fair"]["stage"]) == (False, "during")
    advert = found["touchpoint:Advert"]
    assert (advert["n"], advert["value"], advert["drag"]) == (0, None, None)
    assert (advert["direct"], advert["ours"]) == (False, False)


def test_filters_belong_to_a_journey_and_splits_do_not(desk: Desk) -> None:
    answered(desk, ("Shop", "", [5] * 5), ("Phone", "after", [1] * 5))
    assert stops(desk, "csat", PERIOD, "stage:after").keys() == {"Phone"}
    assert "neither `by:` nor `vs:`" in desk.run("report", "journey", "csat", PERIOD, "by:agent", code=2)
    assert "not about employees" in desk.run("report", "journey", "enps", PERIOD, code=2)


def test_leads_see_their_own_teams_journey(office: Office) -> None:
    office.seed([5, 5, 4, 2, 1], agent=office.anna)
    said = office.command(office.leo, "/cx", "journey week")
    assert "The journey by CSAT" in said
    assert "Only the team's leads see figures by parts" in office.command(office.anna, "/cx", "journey week")
    assert "Without a touchpoint: 5 answers" in said
    refused = office.command(office.anna, "/cx", f"journey week customer:<@{office.carla}>")
    assert "Only the team's leads see single customers' answers" in refused
    office.change_team(locale="fi")
    assert "Asiakaspolku" in office.command(office.leo, "/cx", "polku viikko")


COUNTS = st.dictionaries(st.integers(1, 5), st.integers(1, 30), min_size=1)


@given(st.dictionaries(st.sampled_from("ABCDEF"), COUNTS, min_size=2), st.permutations("ABC"))
def test_the_parts_add_up_whatever_the_order(groups: dict[str, dict[int, int]], known: list[str]) -> None:
    register = [Touchpoint(name, STAGES[i]) for i, name in enumerate(known)]
    whole = {score: sum(part.get(score, 0) for part in groups.values()) for score in CSAT.scale}
    query = parse("csat", PERIOD, T0, "UTC")

    def made(names: list[str]) -> journey_report.Journey:
        slices = {name: Slice(groups[name]) for name in names}
        return journey_report.build(query, T0, Facts(Slice(whole), Slice(), groups=slices), register, {})

    one, other = made(sorted(groups)), made(sorted(groups, reverse=True))
    assert one == other
    assert sum(stop.n for stop in one.stops) + one.unnamed == one.n
    assert one.estimate is not None
    for stop in one.stops:
        if stop.driver is not None:
            impact = stop.driver.impact
            assert impact.lacking.value + impact.drag == pytest.approx(one.estimate.value)
    stages = [STAGES.index(stop.stage) for stop in one.stops if stop.stage]
    assert stages == sorted(stages)

"""The outcome report: what became of customers, by their answers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cxbot.core.queries.query import parse
from cxbot.core.reports import outcome_report
from cxbot.core.reports.outcome_report import Respondents
from tests.desk import Desk
from tests.office import T0, Office

PERIOD = "2026-10"


def filled(desk: Desk, *groups: tuple[str, int, int, list[float]], lost: str = "2026-11-05") -> None:
    """Customers as (prefix, score, how many of them were lost, the money of each)."""
    answers: list[list[object]] = [["external_id", "metric", "score", "answered_at", "customer", "team"]]
    customers: list[list[object]] = [["customer", "started_on", "lost_on", "repeat_purchases", "money"]]
    for prefix, score, gone, money in groups:
        for i, amount in enumerate(money):
            name = f"{prefix}{i}"
            answers.append([name, "nps", score, f"2026-10-{i % 28 + 1:02}T10:00:00Z", name, "Support"])
            customers.append([name, "2024-01-01", lost if i < gone else "", i % 3, amount])
    desk.run("import", desk.write(answers))
    desk.run("import", "customers", desk.write(customers, "customers.csv"))


def groups(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["key"]: each for each in report["groups"]}


def test_outcomes_by_what_customers_answered(desk: Desk) -> None:
    """2 of 20 promoters and 9 of 15 detractors were lost after they answered."""
    best, worst = [100.0 + i for i in range(20)], [50.0 + 2 * i for i in range(15)]
    filled(desk, ("p", 10, 2, best), ("d", 3, 9, worst))
    report = desk.report("outcomes", "nps", PERIOD)
    found = groups(report)
    assert [(each["key"], each["n"], each["lost"]) for each in report["groups"]] == [
        ("promoters", 20, 2), ("passives", 0, 0), ("detractors", 15, 9),
    ]  # fmt: skip
    wilson = stats.binomtest(9, 15).proportion_ci(method="wilson")
    churn = found["detractors"]["churn"]
    assert churn["value"] == 60.0
    assert (churn["low"], churn["high"]) == (pytest.approx(100 * wilson.low), pytest.approx(100 * wilson.high))
    low, high = stats.t.interval(0.95, 19, loc=109.5, scale=stats.sem(best))
    money = found["promoters"]["money"]
    assert (money["value"], money["low"], money["high"]) == (109.5, pytest.approx(low), pytest.approx(high))
    assert found["passives"]["money"] == {"value": None, "low": None, "high": None, "n": 0}
    difference = report["best_minus_worst"]
    assert difference["churn"]["value"] == pytest.approx(10 - 60)
    welch = stats.ttest_ind(best, worst, equal_var=False)
    interval = welch.confidence_interval()
    assert difference["money"]["value"] == pytest.approx(109.5 - 64)
    assert difference["money"]["low"] == pytest.approx(interval.low)
    assert difference["money"]["high"] == pytest.approx(interval.high)
    assert difference["money"]["p"] == pytest.approx(welch.pvalue)
    assert (difference["churn"]["flagged"], difference["repeat_purchases"]["flagged"]) == (True, False)
    said = desk.run("report", "outcomes", "nps", PERIOD, "--at", "2026-11-21T12:00:00Z")
    assert "• Churn −50 (95% range" in said
    assert "goes together with the answer" in said
    assert "cause" not in said


def test_who_was_lost_before_answering_was_not_lost_after_it(desk: Desk) -> None:
    filled(desk, ("p", 10, 3, [1.0] * 10), lost="2026-09-01")
    report = desk.report("outcomes", "nps", PERIOD)
    assert (groups(report)["promoters"]["churn"]["n"], groups(report)["promoters"]["lost"]) == (7, 0)
    assert report["left_before_answering"] == 3


def test_a_loss_that_is_still_to_come_is_none_yet(desk: Desk) -> None:
    filled(desk, ("p", 10, 3, [1.0] * 10))
    assert groups(desk.report("outcomes", "nps", PERIOD, at="2026-11-04T12:00:00Z"))["promoters"]["lost"] == 0
    assert groups(desk.report("outcomes", "nps", PERIOD, at="2026-11-05T12:00:00Z"))["promoters"]["lost"] == 3


def test_the_latest_answer_of_a_customer_counts_and_strangers_are_counted_apart(desk: Desk) -> None:
    filled(desk, ("p", 10, 0, [5.0] * 6))
    lines = [["external_id", "metric", "score", "answered_at", "customer"],
             ["x1", "nps", 0, "2026-10-30T10:00:00Z", "p0"], ["x2", "nps", 0, "2026-10-02T10:00:00Z", "nobody"],
             ["x3", "nps", 0, "2026-11-02T10:00:00Z", "p1"]]  # fmt: skip
    desk.run("import", desk.write(lines))
    report = desk.report("outcomes", "nps", PERIOD)
    assert {each["key"]: each["n"] for each in report["groups"]} == {"promoters": 5, "passives": 0, "detractors": 1}
    assert report["unknown_customers"] == 1
    assert "1 customer who answered is not in the file" in desk.run("report", "outcomes", "nps", PERIOD)


def test_few_customers_are_shown_by_their_number_alone(desk: Desk) -> None:
    filled(desk, ("p", 10, 1, [5.0, 7.0, 6.0, 9.0]), ("d", 0, 1, [5.0, 6.0, 7.0, 8.0, 9.0]))
    said = desk.run("report", "outcomes", "nps", PERIOD)
    assert "• Promoters: 4 customers\n" in said
    assert "• Detractors: 5 customers, churn after the answer 20%" in said
    assert "No comparison: that takes 10 customers" in said


def test_campaigns_count_where_there_is_nothing_else(desk: Desk) -> None:
    filled(desk)
    lines = [["external_id", "metric", "score", "answered_at", "customer", "asked_by"],
             ["x", "nps", 9, "2026-10-02T10:00:00Z", "c", "campaign"]]  # fmt: skip
    desk.run("import", desk.write(lines))
    assert desk.report("outcomes", "nps", PERIOD)["unknown_customers"] == 1


def test_leads_see_their_teams_outcomes_and_nobody_a_single_customers(office: Office, tmp_path: Any) -> None:
    desk = Desk(tmp_path)
    desk.database = office.path
    filled(desk, ("p", 10, 0, [5.0] * 6))
    assert "• Promoters: 6 customers" in office.command(office.leo, "/cx", f"outcomes nps {PERIOD}")
    assert "Only the team's leads see figures by parts" in office.command(office.anna, "/cx", f"outcomes nps {PERIOD}")
    said = office.command(office.anna, "/cx", f"outcomes nps {PERIOD} customer:p1")
    assert "Only the team's leads see single customers' answers" in said
    assert "not about one" in office.command(office.leo, "/cx", f"outcomes nps {PERIOD} customer:p1")
    office.change_team(locale="fi")
    assert "Suosittelijat: 6 asiakasta" in office.command(office.leo, "/cx", f"tulokset nps {PERIOD}")


VALUES = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30)


@given(VALUES, VALUES)
def test_the_difference_of_means_is_antisymmetric_and_inside_its_interval(one: list[float], other: list[float]) -> None:
    there, back = outcome_report.welch(one, other), outcome_report.welch(other, one)
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert there.low <= there.value <= there.high
        assert (there.low, there.high, there.p) == pytest.approx((-back.high, -back.low, back.p))


@given(st.permutations([Respondents(score, None, None, score % 3, float(score), n) for score, n in
                        ((10, 4), (9, 2), (7, 5), (3, 6), (0, 1))]))  # fmt: skip
def test_the_order_of_customers_does_not_matter(found: list[Respondents]) -> None:
    query = parse("nps", PERIOD, T0, "UTC")
    made = outcome_report.build(query, T0, T0.date(), found, 0)
    assert made == outcome_report.build(query, T0, T0.date(), sorted(found, key=lambda each: each.score), 0)
    assert [group.n for group in made.groups] == [6, 5, 7]

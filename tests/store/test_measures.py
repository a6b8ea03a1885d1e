"""Every measure from end to end: a CSV file in, `cxbot report … --json` out, against examples computed elsewhere."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from scipy import stats

from tests.desk import Desk

WEEK = "2026-W46"
MONDAY = datetime(2026, 11, 9, 8, tzinfo=UTC)
ANSWERS = ("external_id", "metric", "score", "answered_at")


def answers(metric: str, scores: Iterable[int], week: int = 0, *, first: int = 0) -> Iterator[tuple[object, ...]]:
    """Answers within a week, `week` weeks after week 46."""
    for i, score in enumerate(scores, first):
        moment = MONDAY + timedelta(weeks=week, minutes=i)
        yield (f"{metric}{week}.{i}", metric, score, moment.isoformat())


def nps(promoters: int, passives: int, detractors: int) -> list[int]:
    return [10] * promoters + [8] * passives + [2] * detractors


def interactions(seconds: Sequence[float], week: int = 0) -> list[tuple[object, ...]]:
    """Closed interactions of different customers."""
    return [
        (f"i{week}.{i}", (MONDAY + timedelta(weeks=week, minutes=i)).isoformat(), f"c{week}.{i}", each)
        for i, each in enumerate(seconds)
    ]


def test_ces_1_runs_the_other_way_and_stands_apart(desk: Desk) -> None:
    counts = [18, 12, 9, 6, 5]
    scores = [score for score, n in enumerate(counts, 1) for _ in range(n)]
    desk.run("import", desk.write([ANSWERS, *answers("ces1", scores), *answers("ces", [7, 7])]))
    found = desk.report("ces1", WEEK)
    assert (found["n"], found["value"]) == (50, 2.36)
    share = found["also"]["share"]
    assert (share["value"], share["low"], share["high"]) == pytest.approx((60.0, 46.1814, 72.3916), abs=5e-5)
    assert found["also"]["index"]["value"] == pytest.approx(66.0), "0 for the worst: much effort"
    assert desk.report("ces", WEEK)["n"] == 2


def test_stated_resolution_counts_the_unsure_apart(desk: Desk) -> None:
    lines: list[tuple[object, ...]] = [("external_id", "closed_at", "first_contact_resolution", "metric", "score")]
    said = ["yes"] * 6 + ["no"] * 2 + ["unsure"] * 3
    lines += [(f"x{i}", MONDAY.isoformat(), each, "nps", 9) for i, each in enumerate(said)]
    desk.run("import", desk.write(lines))
    found = desk.report("fcr", WEEK)
    assert (found["n"], found["value"], found["buckets"]) == (8, 75.0, {"yes": 6, "no": 2, "unsure": 3})
    assert desk.report("nps", WEEK)["n"] == 11
    out = desk.run("export", "answers")
    assert len(out.splitlines()) == len(lines), "an answer that a row brings along is no row of its own"


def test_observed_resolution_and_where_customers_say_otherwise(desk: Desk) -> None:
    issues = [("2026-03-01", None), ("2026-03-02", "2026-03-05"), ("2026-03-03", "2026-03-11"), ("2026-03-10", None),
              ("2026-03-16", None), ("2026-03-17", "2026-03-18")]  # fmt: skip
    lines: list[tuple[object, ...]] = [("external_id", "closed_at", "customer", "topic", "first_contact_resolution")]
    for i, (first, repeat) in enumerate(issues):
        lines.append((f"x{i}", f"{first}T10:00Z", f"c{i}", "login", "no" if i == 0 else "yes"))
        # The repeat contacts are after the period, so that only the first ones are judged.
        if repeat:
            lines.append((f"r{i}", f"{repeat}T09:00Z", f"c{i}", "login", ""))
    lines.append(("other", "2026-03-01T12:00Z", "c0", "invoices", ""))
    desk.run("import", desk.write(lines))
    found = desk.report("fcr", "2026-03-01..2026-03-03", at="2026-03-20T00:00Z")["observed"]
    assert (found["matured"], found["resolved"], found["not_yet"]) == (4, 3, 0)
    assert {each["external_id"]: each["observed"] for each in found["disagree"]} == {"x0": "yes", "x1": "no"}
    later = desk.report("fcr", "2026-03-16..2026-03-17", at="2026-03-20T00:00Z")["observed"]
    assert (later["n"], later["value"], later["not_yet"]) == (0, None, 2)


def test_handling_times(desk: Desk) -> None:
    times = [60, 75, 80, 95, 120, 130, 150, 180, 210, 240, 300, 420]
    before = [310, 420, 150, 980, 505, 210, 400, 1500, 330, 445]
    header = ("external_id", "closed_at", "customer", "handling_seconds")
    desk.run("import", desk.write([header, *interactions(times), *interactions(before, -1)]))
    found = desk.report("aht", WEEK)
    median, p90 = found["also"]["median"], found["also"]["p90"]
    assert (found["n"], found["unit"]) == (12, "seconds")
    assert (found["value"], median["value"], p90["value"]) == pytest.approx((171.6667, 140.0, 294.0), abs=5e-5)
    assert (median["low"], median["high"]) == (80, 240)
    assert found["also"]["reopen_rate"] | {"high": 0} == {"value": 0.0, "low": 0.0, "high": 0, "n": 12}
    logs = stats.ttest_ind(*([math.log(each) for each in group] for group in (times, before)), equal_var=False)
    assert found["change"]["p"] == pytest.approx(logs.pvalue)
    assert found["change"]["percent"] < 0
    text = desk.run("report", "aht", WEEK)
    assert "2 min 52 s on average, 12 interactions" in text
    assert "Reopen rate" in text


def test_handling_times_are_judged_by_the_weeks_before(desk: Desk) -> None:
    chance = random.Random(7)
    weeks = [[math.exp(chance.gauss(5.5, 0.6)) for _ in range(30)] for _ in range(20)]
    header = ("external_id", "closed_at", "customer", "handling_seconds", "agent", "metric", "score")
    lines = [(*each, "Anna", "nps", 9) for i, times in enumerate(weeks) for each in interactions(times, i - 20)]
    desk.run("import", desk.write([header, *((*each[:3], 5 * each[3], *each[4:]) for each in lines[::7])]))
    twice = [(*each[:5], "csat", 4) for each in lines[::3]]
    desk.run("import", desk.write([header, *lines, *twice]))
    long, few = [700 + i for i in range(40)], [700 + i for i in range(9)]
    now = [(*each, "Anna", "nps", 9) for each in (*interactions(long), *interactions(few, 1))]
    desk.run("import", desk.write([header, *now]))

    logs = [math.log(np.mean(times)) for times in weeks]
    spreads = [np.var(times) / np.mean(times) ** 2 for times in weeks]
    centre, spread = np.mean(logs), math.sqrt(np.mean(spreads) + np.var(logs))
    z = [(each - centre) * math.sqrt(30) / spread for each in logs]
    swing = max(1.0, float(np.mean(np.abs(np.diff(z)))) / 1.128)
    error = swing * spread * math.sqrt(1 / 40 + 1 / 600)
    for filters in ((), ("agent:anna",)):
        found = desk.report("aht", WEEK, *filters)["verdict"]
        assert (found["word"], found["method"], found["n"], found["baseline_n"]) == ("up", "z-chart", 40, 600)
        assert found["z"] == pytest.approx((math.log(np.mean(long)) - centre) / error)
        assert found["value"] == pytest.approx(np.mean(long))
        limits = [math.exp(centre + each * error) for each in (-3, 0, 3)]
        assert found["centre"] == pytest.approx(limits[1])
        # At least Laney's limits; the weeks' own swing may add to them.
        assert 0.8 * limits[0] < found["low"] <= limits[0] * (1 + 1e-9)
        assert 1.25 * limits[2] > found["high"] >= limits[2] * (1 - 1e-9)
    assert desk.report("aht", WEEK)["also"]["typical"]["value"] == pytest.approx(math.exp(np.log(long).mean()))
    joined = desk.report("aht", "2026-W47", at="2026-11-23T12:00Z")["verdict"]
    assert (joined["merged_weeks"], joined["n"], joined["word"]) == (4, 60 + 40 + 9, "up")
    assert "↑ Higher than usual: usual is" in desk.run("report", "aht", WEEK)


def test_an_average_that_doubles_by_some_long_cases_is_not_within_noise(desk: Desk) -> None:
    """The typical interaction is the same as before, and the headline is the average."""
    chance = random.Random(3)
    weeks = [[math.exp(chance.gauss(5.5, 0.3)) for _ in range(40)] for _ in range(20)]
    header = ("external_id", "closed_at", "customer", "handling_seconds")
    lines = [each for i, times in enumerate(weeks) for each in interactions(times, i - 20)]
    now = [math.exp(chance.gauss(5.5, 0.3)) for _ in range(30)] + [1500] * 10
    desk.run("import", desk.write([header, *lines, *interactions(now)]))
    found = desk.report("aht", WEEK)
    assert found["value"] > 1.8 * found["previous"]["value"]
    assert found["change"]["low"] < 2
    assert (found["verdict"]["word"], found["verdict"]["value"]) == ("up", pytest.approx(found["value"]))
    assert found["verdict"]["high"] < found["value"]


def test_the_same_interaction_with_two_answers_is_handled_once(desk: Desk) -> None:
    lines: list[tuple[object, ...]] = [("external_id", "metric", "score", "closed_at", "handling_seconds")]
    lines += [("a", metric, 5, MONDAY.isoformat(), 100) for metric in ("nps", "csat", "ces")]
    lines += [("b", "", "", MONDAY.isoformat(), 300)]
    desk.run("import", desk.write(lines))
    found = desk.report("aht", WEEK)
    assert (found["n"], found["value"]) == (2, 200.0)


def test_churn_and_retention(desk: Desk) -> None:
    header = ("customer", "company", "started_on", "lost_on")
    start = date(2026, 11, 1)
    lines: list[tuple[object, ...]] = [header]
    lines += [(f"old{i}", "A" if i % 2 else "B", "2025-01-01", "2026-11-12" if i < 6 else "") for i in range(200)]
    lines += [(f"gone{i}", "A", "2025-01-01", "2026-10-31") for i in range(7)]
    lines += [(f"new{i}", "A", (start + timedelta(days=i)).isoformat(), "") for i in range(5)]
    lines += [("both", "B", "2026-11-03", "2026-11-20")]
    said = desk.run("import", "customers", desk.write(lines))
    assert said == "213 added, 0 updated, 0 unchanged.\n"
    assert desk.run("import", "customers", desk.write(lines)) == "0 added, 0 updated, 213 unchanged.\n"
    found = desk.report("churn", "2026-11", at="2026-12-02T00:00Z")
    assert (found["n"], found["value"]) == (200, 3.0)
    low, high = stats.binomtest(6, 200).proportion_ci(method="wilson")
    assert (found["low"], found["high"]) == pytest.approx((100 * low, 100 * high))
    assert found["also"]["retention"]["value"] == 97.0
    assert found["buckets"] == {"active_at_start": 200, "lost": 6, "joined": 5, "active_at_end": 199}
    companies = desk.report("churn", "2026-11", "by:company", at="2026-12-02T00:00Z")["by"]
    assert [(each["key"], each["n"], each["value"]) for each in companies] == [
        ("company:A", 100, 3.0), ("company:B", 100, 3.0)
    ]  # fmt: skip
    assert found["verdict"]["word"] == "up", "before it nobody was lost but in one unusual week"
    assert desk.report("churn", "2027-01", at="2026-12-02T00:00Z")["value"] is not None
    assert "leave `team:` out" in desk.run("report", "churn", "team:Support", code=2)


def test_churn_is_judged_by_the_weeks_before(desk: Desk) -> None:
    """Against the quantiles of a beta-binomial distribution."""
    mondays = [date(2026, 11, 9) - timedelta(weeks=30 - i) for i in range(31)]
    losses = [2 + i % 3 for i in range(30)] + [14]
    began = (mondays[0] - timedelta(days=1)).isoformat()
    lines: list[tuple[object, ...]] = [("customer", "started_on", "lost_on")]
    for monday, lost in zip(mondays, losses, strict=True):
        lines += [(f"{monday}.{i}", began, (monday + timedelta(days=i % 7)).isoformat()) for i in range(lost)]
    lines += [(f"here{i}", began, "") for i in range(400)]
    desk.run("import", "customers", desk.write(lines))

    def at_risk(i: int) -> float:
        there = 400 + sum(losses[i:])
        return there - sum(1 - (each % 7) / 7 for each in range(losses[i]))

    lost = sum(losses[4:30])
    weeks = sum(round(at_risk(i)) for i in range(4, 30))
    n = round(at_risk(30))
    expected = stats.betabinom(n, lost + 0.5, weeks - lost + 0.5)
    low = next(x for x in range(n) if expected.cdf(x) >= 0.00135)
    high = next(x for x in range(n, 0, -1) if expected.sf(x - 1) >= 0.00135)
    found = desk.report("churn", WEEK)["verdict"]
    assert (found["word"], found["method"], found["n"], found["baseline_n"]) == ("up", "tail", n, weeks)
    assert found["low"] == pytest.approx(100 * low / n)
    assert 100 * high / n <= found["high"] <= 100 * (high + 2) / n, "the weeks' own swing may add to the tail's limit"
    assert desk.report("churn", "2026-W45")["verdict"]["word"] == "within noise"
    assert desk.report("churn", "2026-10")["verdict"]["word"] == "within noise"
    month = desk.report("churn", "2026-10")["verdict"]
    assert month["centre"] == pytest.approx(100 * (1 - (1 - 3 / 480) ** (31 / 7)), rel=0.1), "in a month's measure"


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("lost_on", "2024-12-31", "before the start"),
        ("started_on", "", "needs the date of the start"),
        ("started_on", "1.1.25", "is not a date"),
        ("complaints", "-1", "not a whole number"),
        ("money", "many", "not an amount"),
        ("customer", " ", "needs a customer"),
    ],
)
def test_a_bad_customer_is_named_and_nothing_is_imported(desk: Desk, column: str, value: str, why: str) -> None:
    good = {"customer": "a", "started_on": "2025-01-01", "lost_on": "", "complaints": "1", "money": "2.5"}
    bad = good | {"customer": "b", column: value}
    said = desk.run("import", "customers", desk.write([list(good), list(good.values()), list(bad.values())]), code=2)
    assert f"Line 3, column {column}" in said
    assert why in said
    assert desk.report("churn", WEEK)["n"] == 0


BASELINES = {
    "steady": (
        [(14, 9, 7), (15, 10, 8), (12, 11, 6), (16, 8, 9), (13, 10, 7), (17, 12, 6), (11, 9, 9), (15, 11, 7),
         (14, 8, 8), (16, 10, 5), (12, 12, 8), (15, 9, 7)],
        (15, 9, 8), -0.0136, "within noise",
    ),
    "swinging": (
        [(10, 2, 20), (24, 4, 3), (12, 5, 14), (26, 3, 4), (9, 6, 18), (25, 4, 2), (13, 3, 16), (22, 6, 4),
         (11, 4, 17), (24, 5, 3), (10, 6, 15), (23, 4, 4)],
        (8, 3, 22), -0.8771, "within noise",
    ),
    "fallen": ([(20, 8, 4)] * 12, (5, 5, 22), None, "down"),
}  # fmt: skip


@pytest.mark.parametrize("name", BASELINES)
def test_the_weekly_signal(desk: Desk, name: str) -> None:
    before, current, z, word = BASELINES[name]
    lines = [ANSWERS]
    for i, week in enumerate(before):
        lines += list(answers("nps", nps(*week), i - len(before)))
    lines += list(answers("nps", nps(*current)))
    desk.run("import", desk.write(lines))
    found = desk.report("nps", WEEK)["verdict"]
    assert (found["word"], found["baseline_n"], found["baseline_weeks"]) == (word, sum(map(sum, before)), 12)
    if z is not None:
        assert found["z"] == pytest.approx(z, abs=5e-5)
    assert desk.report("nps", "week", at="2026-11-12T12:00:00Z")["verdict"]["word"] == "so far"


def test_a_share_near_the_end_is_judged_by_the_tail(desk: Desk) -> None:
    lines = [ANSWERS]
    for week in range(-20, 0):
        lines += list(answers("csat", [5] * 27 + [2] * 3, week))
    lines += list(answers("csat", [5] * 4 + [1] * 6))
    desk.run("import", desk.write(lines))
    found = desk.report("csat", WEEK)["verdict"]
    assert (found["word"], found["method"], found["baseline_n"]) == ("down", "tail", 600)


def test_a_small_week_is_judged_with_the_three_before(desk: Desk) -> None:
    lines = [ANSWERS]
    for week in range(-30, 0):
        lines += list(answers("nps", nps(5, 2, 1), week))
    lines += list(answers("nps", nps(3, 2, 0)))
    desk.run("import", desk.write(lines))
    found = desk.report("nps", WEEK)["verdict"]
    assert (found["word"], found["merged_weeks"], found["n"]) == ("within noise", 4, 29)
    assert desk.report("nps", "2026-11-10..2026-11-15")["verdict"]["word"] == "too few"


def test_what_goes_together_with_the_score(desk: Desk) -> None:
    lines: list[tuple[object, ...]] = [(*ANSWERS, "topic")]
    lines += [(*each, "billing") for each in answers("nps", nps(3, 5, 12))]
    lines += [(*each, "login") for each in answers("nps", nps(62, 28, 20), first=50)]
    desk.run("import", desk.write(lines))
    found = {each["key"]: each for each in desk.report("drivers", WEEK)["drivers"]}["topic:billing"]
    assert (found["value"], found["without"], found["share"], found["drag"]) == pytest.approx(
        (-45.0, 38.1818, 15.3846, -12.7972), abs=5e-5
    )
    assert (found["difference"]["low"], found["difference"]["high"]) == pytest.approx((-111.988, -42.5824), abs=2e-3)
    assert (found["flagged"], found["rank"]) == (True, 2)
    assert "drag −12.8" in desk.run("report", "drivers", WEEK)


def test_an_explanation_has_the_counts_and_the_rows(desk: Desk) -> None:
    desk.run("import", desk.write([(*ANSWERS, "customer", "comment"),
                                   *((*each, "Example customer", "Fine, “really”") for each in
                                     answers("nps", nps(6, 3, 2)))]))  # fmt: skip
    said = desk.run("report", "nps", WEEK, "--explain")
    assert "100 · (6 − 2) / 11 = 36.36" in said
    assert "2026-11-09 00:00 UTC" in said
    rows = desk.run("report", "nps", WEEK, "--rows").splitlines()
    assert len(rows) == 12
    assert "Example customer" not in "".join(rows), "nobody agreed to be named"
    assert "Only a report on a metric" in desk.run("report", "aht", WEEK, "--rows", code=2)


def test_employees_count_once_with_their_latest_answer(desk: Desk) -> None:
    scores = [9, 10, 8, 7, 6, 3, 9, 10, 5, 8, 9, 7]
    lines: list[tuple[object, ...]] = [(*ANSWERS, "customer", "team")]
    lines += [(*each, f"e{i}", "A" if i < 8 else "B") for i, each in enumerate(answers("enps", [0] * 12))]
    lines += [(*each, f"e{i}", "A" if i < 8 else "B") for i, each in enumerate(answers("enps", scores, first=60))]
    desk.run("import", desk.write(lines))
    found = desk.report("enps", WEEK)
    assert (found["n"], found["value"], found["low"], found["high"]) == pytest.approx(
        (12, 16.6667, -28.6256, 55.2822), abs=1e-3
    )
    assert desk.report("nps", WEEK)["n"] == 0, "another population than customers"
    # Team B has four people: neither they nor the eight others, from whom they could be worked out, are shown.
    parts = {each["key"]: (each["n"], each["value"]) for each in desk.report("enps", WEEK, "by:team")["by"]}
    assert parts == {"team:A": (8, None), "team:B": (4, None)}
    assert desk.report("enps", WEEK, "team:B")["value"] is None
    assert desk.report("enps", WEEK, "team:A")["value"] is None
    assert "whole team" in desk.run("report", "enps", WEEK, "by:customer", code=2)
    assert desk.run("report", "enps", WEEK, "--rows").count("\n") == 1

"""Plays the attacker: takes every result about employees that is released over a random history as linear equations,
and shows by rank, with exact fractions, that they determine nobody's answer."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.calendar import periods
from cxbot.core.reports.releases import CALENDAR, LEAST, Answer, Result, released

START = datetime(2025, 12, 1, tzinfo=UTC)
UNTIL = datetime(2027, 2, 1, tzinfo=UTC)

histories = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 12), st.integers(0, 2)), max_size=60).map(
    lambda found: [Answer(START + timedelta(days=day), person, team) for day, person, team in sorted(found)]
)


def answers_in(history: list[Answer], result: Result) -> list[int]:
    """The places of the answers in a result, worked out anew: each person's latest."""
    within = [place for place, answer in enumerate(history) if result.start <= answer.at < result.end]
    if result.who == "team":
        within = [place for place in within if history[place].team == result.team]
    latest = [
        place
        for place in within
        if not history[place].person or all(history[later].person != history[place].person
                                            for later in within if later > place)
    ]  # fmt: skip
    return [place for place in latest if result.who != "part" or history[place].team == result.team]


def determined(vectors: list[list[Fraction]]) -> list[int]:
    """The columns whose unit vector is in the row space: the rows with a single entry of the reduced echelon form."""
    rows = [row for row in vectors if any(row)]
    echelon: list[list[Fraction]] = []
    while rows:
        pivot_row = rows.pop()
        pivot = next(i for i, value in enumerate(pivot_row) if value)
        scaled = [value / pivot_row[pivot] for value in pivot_row]
        cleared = [[a - row[pivot] * b for a, b in zip(row, scaled, strict=True)] for row in (*rows, *echelon)]
        rows = [row for row in cleared[: len(rows)] if any(row)]
        echelon = [*cleared[len(cleared) - len(echelon) :], scaled]
    return [next(i for i, value in enumerate(row) if value) for row in echelon if sum(map(bool, row)) == 1]


def rows_of(history: list[Answer], results: list[Result]) -> list[list[Fraction]]:
    places = [set(answers_in(history, result)) for result in results]
    return [[Fraction(place in found) for place in range(len(history))] for found in places]


@given(histories)
def test_what_is_released_determines_nobodys_answer(history: list[Answer]) -> None:
    results = sorted(released(history, UNTIL, "Europe/Helsinki"))
    assert all(len(answers_in(history, result)) >= LEAST for result in results)
    assert determined(rows_of(history, results)) == []


@given(histories, st.integers(0, 400))
def test_what_was_released_stays_when_more_is_answered(history: list[Answer], day: int) -> None:
    until = START + timedelta(days=day)
    before = released([answer for answer in history if answer.at < until], until, "UTC")
    assert before == {result for result in released(history, UNTIL, "UTC") if result.end <= until}


@given(histories)
def test_the_attacker_would_find_answers_in_all_results_of_five(history: list[Answer]) -> None:
    """The test can fail: without the rule, the attacker finds at least as many."""
    every = {
        Result(period.start, period.end, "all")
        for kind in CALENDAR
        for period in {periods.containing(kind, answer.at, "UTC") for answer in history}
    }
    enough = [result for result in sorted(every) if len(answers_in(history, result)) >= LEAST]
    held_back = set(enough) - released(history, UNTIL + timedelta(days=400), "UTC")
    if determined(rows_of(history, enough)):
        assert held_back


def test_a_month_is_held_back_if_its_weeks_leave_one_answer() -> None:
    """Four whole weeks with five answers each, and one on the last day of the month, in a week with nobody else."""
    history = [
        Answer(datetime(2026, 6, 1 + 7 * week, 12, tzinfo=UTC), 10 * week + person, 1)
        for week in range(4)
        for person in range(1, 6)
    ]
    june = Result(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC), "all")
    assert june in released(history, UNTIL, "UTC")
    assert june not in released([*history, Answer(datetime(2026, 6, 30, tzinfo=UTC), 99, 1)], UNTIL, "UTC")


def test_a_person_who_answered_twice_is_not_told_by_the_quarter() -> None:
    """Three months with five people each; one of them answered in two: the months minus the quarter are that answer."""
    history = [
        Answer(datetime(2026, month, 15, tzinfo=UTC), person, 1)
        for month, people in ((4, range(1, 6)), (5, (5, 6, 7, 8, 9)), (6, range(10, 15)))
        for person in people
    ]
    months = {result.start.month for result in released(history, datetime(2026, 7, 1, tzinfo=UTC), "UTC")
              if (result.end - result.start).days in (30, 31) and result.who == "all"}  # fmt: skip
    assert months == {4, 5, 6}
    quarter = Result(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC), "all")
    assert quarter not in released(history, UNTIL, "UTC")


@pytest.mark.parametrize(
    ("sizes", "shown"), [((8, 4), set()), ((9, 6, 2), {1}), ((6, 6), {1, 2}), ((5, 5, 5), {1, 2, 3})]
)
def test_teams_are_shown_if_the_rest_has_five(sizes: tuple[int, ...], shown: set[int]) -> None:
    people = [(team, 100 * team + person) for team, n in enumerate(sizes, 1) for person in range(n)]
    history = [Answer(datetime(2026, 6, 10, tzinfo=UTC), person, team) for team, person in people]
    by_who = defaultdict(set)
    for result in released(history, datetime(2026, 6, 15, tzinfo=UTC), "UTC"):
        by_who[result.who].add(result.team)
    assert by_who["all"] == {0}
    assert by_who["part"] == by_who["team"] == shown

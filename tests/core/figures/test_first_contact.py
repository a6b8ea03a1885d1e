from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.figures import first_contact
from cxbot.core.figures.first_contact import REPEAT_WINDOW, Disagreement, Issue, Observed

NOW = datetime(2026, 3, 20, tzinfo=UTC)
moments = st.integers(-5 * 24, 19 * 24).map(lambda hours: NOW - timedelta(hours=hours))
issues = st.builds(Issue, st.text(max_size=3), moments, st.none() | moments, st.sampled_from([None, 0, 1, 2]))


def days_ago(days, following=None, stated=None):
    return Issue("i", NOW - timedelta(days=days), following and NOW - timedelta(days=following), stated)


@given(st.lists(issues, max_size=20), st.randoms(use_true_random=False))
def test_every_issue_that_was_closed_is_counted_once_in_any_order(cases, rng):
    found = first_contact.observed(cases, REPEAT_WINDOW, NOW)
    assert found.matured + found.not_yet == sum(issue.closed <= NOW for issue in cases)
    assert 0 <= found.resolved <= found.matured
    assert found == first_contact.observed(rng.sample(cases, len(cases)), REPEAT_WINDOW, NOW)


@given(st.lists(issues, max_size=20))
def test_what_follows_later_changes_nothing(cases):
    before = first_contact.observed(cases, REPEAT_WINDOW, NOW)
    unknown = [
        Issue(issue.id, issue.closed, None if issue.following and issue.following > NOW else issue.following)
        for issue in cases
    ]
    assert before == first_contact.observed(unknown, REPEAT_WINDOW, NOW)


@pytest.mark.parametrize(
    ("issue", "expected"),
    [
        (days_ago(7), Observed(1, 1, 0)),
        (days_ago(6.9), Observed(0, 0, 1)),
        (days_ago(6, following=5), Observed(0, 0, 1)),
        (days_ago(10, following=3), Observed(1, 1, 0)),
        (days_ago(10, following=3.1), Observed(1, 0, 0)),
        (days_ago(10, following=11), Observed(1, 0, 0)),
        (days_ago(-1), Observed(0, 0, 0)),
    ],
    ids=[
        "old enough",
        "too young",
        "failed early",
        "just after the window",
        "just inside",
        "overlapping",
        "not yet closed",
    ],
)
def test_the_window_is_half_open(issue, expected):
    assert first_contact.observed([issue], REPEAT_WINDOW, NOW) == expected


def test_a_rate_has_an_interval_and_nothing_has_neither():
    found = Observed(4, 3, 2)
    assert found.rate == found.estimate().value == 75
    assert found.estimate().low < 75 < found.estimate().high
    assert Observed(0, 0, 5).rate is None
    assert Observed(0, 0, 5).estimate() is None


@pytest.mark.parametrize(
    ("issue", "expected"),
    [
        (days_ago(10, stated=0), Disagreement("i", stated=False, observed=True)),
        (days_ago(10, following=9, stated=1), Disagreement("i", stated=True, observed=False)),
        (days_ago(10, stated=1), None),
        (days_ago(10, following=9, stated=0), None),
        (days_ago(10, stated=2), None),
        (days_ago(10), None),
        (days_ago(3, following=2, stated=1), None),
    ],
)
def test_customers_may_say_something_else_than_was_observed(issue, expected):
    assert first_contact.disagreement(issue, REPEAT_WINDOW, NOW) == expected


def test_net_leaves_out_what_nobody_could_resolve():
    found = first_contact.gross_and_net(0, 5, 5)
    assert found.gross.value == 0
    assert found.net is None
    with pytest.raises(ValueError, match="not a proportion"):
        first_contact.gross_and_net(4, 5, 2)

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.figures import response_rate
from cxbot.core.figures.response_rate import AnswerEvent, Response
from cxbot.core.metrics.shipped import CSAT, NPS

T0 = datetime(2026, 3, 2, 9, tzinfo=UTC)
WEEK = timedelta(days=7)


def after(hours):
    return T0 + timedelta(hours=hours)


def test_no_invitations_have_no_rate():
    nothing = response_rate.settled([], T0, WEEK)
    assert (nothing.rate, nothing.settled_rate) == (None, None)


def test_rates_are_percentages_of_what_was_delivered():
    found = Response(sent=10, delivered=8, answered=2, open=4, settled_delivered=4, settled_answered=1)
    assert (found.rate, found.settled_rate) == (25.0, 25.0)


@pytest.mark.parametrize(("hours", "answered"), [(167.9, 1), (168, 0), (169, 0)])
def test_an_answer_is_in_time_until_the_window_closes(hours, answered):
    found = response_rate.settled([(T0, after(hours))], after(500), WEEK)
    assert (found.answered, found.settled_answered, found.open) == (answered, answered, 0)


def test_what_comes_later_is_not_known_yet():
    found = response_rate.settled([(T0, after(3)), (after(5), None)], after(2), WEEK)
    assert found == Response(sent=1, delivered=1, answered=0, open=1, settled_delivered=0, settled_answered=0)


moments = st.integers(0, 400).map(after)


@given(st.lists(st.tuples(moments, st.none() | moments), max_size=30), moments)
def test_rates_never_exceed_100_percent(invitations, as_of):
    found = response_rate.settled(invitations, as_of, WEEK)
    assert found.settled_delivered + found.open == found.delivered
    for rate in (found.rate, found.settled_rate):
        assert rate is None or 0 <= rate <= 100


def test_the_last_score_counts_whatever_the_order_of_arrival():
    events = [AnswerEvent("a", after(2), 4), AnswerEvent("a", after(1), 2)]
    assert response_rate.counted(events, after(24), CSAT).counted == {"a": 4}


def test_a_bad_score_does_not_take_the_place_of_a_good_one():
    found = response_rate.counted([AnswerEvent("a", after(1), 9), AnswerEvent("a", after(2), 10.5)], after(24), NPS)
    assert found.counted == {"a": 9}
    assert list(found.rejected) == ["a"]


def test_a_late_score_is_kept_apart():
    found = response_rate.counted([AnswerEvent("a", after(24), 9)], after(24), NPS)
    assert (found.counted, found.late) == ({}, {"a": 9})

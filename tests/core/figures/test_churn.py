from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from cxbot.core.figures import churn
from cxbot.core.figures.churn import by_week, within

customers = st.integers(1, 5000)


@given(customers, st.data())
def test_churn_is_wilsons_share_of_those_at_the_start(active, data):
    lost = data.draw(st.integers(0, active))
    found = churn.churn(active, lost)
    low, high = proportion_confint(lost, active, method="wilson")
    assert found.value == pytest.approx(100 * lost / active)
    assert (found.low, found.high) == pytest.approx((100 * low, 100 * high), abs=1e-9)
    assert 0 <= found.low <= found.value <= found.high <= 100


@given(customers, st.integers(0, 500), st.data())
def test_retention_is_what_churn_leaves(active, joined, data):
    lost = data.draw(st.integers(0, active))
    gone, kept = churn.churn(active, lost), churn.retention(active, active - lost + joined, joined)
    assert (kept.value, kept.low, kept.high) == pytest.approx((100 - gone.value, 100 - gone.high, 100 - gone.low))


def test_without_customers_there_is_no_value():
    assert churn.churn(0, 0) is None
    assert churn.retention(0, 7, 7) is None


@pytest.mark.parametrize(("active", "lost"), [(10, 11), (0, 1), (10, -1)])
def test_more_than_all_cannot_be_lost(active, lost):
    with pytest.raises(ValueError, match="not a proportion"):
        churn.churn(active, lost)


@given(st.floats(0, 100))
def test_a_year_is_twelve_months(monthly):
    kept = 1.0
    for _ in range(12):
        kept *= 1 - monthly / 100
    assert churn.annualised(monthly) == pytest.approx(100 * (1 - kept))
    assert monthly - 1e-9 <= churn.annualised(monthly) <= 100


@pytest.mark.parametrize("monthly", [-1, 100.1])
def test_only_a_percentage_is_annualised(monthly):
    with pytest.raises(ValueError, match="not a percentage"):
        churn.annualised(monthly)


FIRST = date(2026, 1, 5)
days = st.integers(-10, 60).map(lambda day: FIRST + timedelta(days=day))


stays = st.tuples(days, st.none() | days, st.integers(1, 9)).filter(lambda stay: not stay[1] or stay[1] >= stay[0])


@given(st.lists(stays))
def test_customers_by_week_are_those_of_each_day(customers):
    mondays = [FIRST + timedelta(weeks=i) for i in range(6)]
    for monday, found in zip(mondays, by_week(customers, mondays), strict=True):
        week = [monday + timedelta(days=i) for i in range(7)]
        here = [(lost, n) for started, lost, n in customers if started < monday and (lost is None or lost >= monday)]
        assert found.active_at_start == sum(n for _, n in here)
        assert found.lost == sum(n for lost, n in here if lost in week)
        there = sum(n for lost, n in here for day in week if lost is None or day < lost)
        assert found.weeks == pytest.approx(there / 7)
        whole = within(customers, monday, week[-1] + timedelta(days=1))
        assert (whole.active_at_start, whole.lost) == (found.active_at_start, found.lost)
        assert whole.weeks == pytest.approx(found.weeks)


@given(st.lists(stays), days, st.integers(0, 60))
def test_who_joined_is_new_and_still_there(customers, first, length):
    until = first + timedelta(days=length)
    new = [(lost, n) for started, lost, n in customers if first <= started < until]
    assert within(customers, first, until).joined == sum(n for lost, n in new if lost is None or lost >= until)

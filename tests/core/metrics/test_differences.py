import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control
from statsmodels.stats.proportion import confint_proportions_2indep

from cxbot.core.metrics import differences
from cxbot.core.metrics.differences import Change, Detail
from cxbot.core.metrics.shipped import CES, CSAT, METRICS, NPS


@st.composite
def two_groups(draw):
    metric = draw(st.sampled_from(list(METRICS.values())))
    answers = st.dictionaries(st.sampled_from(metric.scale), st.integers(1, 60), min_size=1)
    return metric, draw(answers), draw(answers)


@given(two_groups(), st.floats(1, 5), st.floats(1, 5))
def test_turning_a_difference_round_turns_its_sign(groups, deff_a, deff_b):
    metric, a, b = groups
    there = differences.difference(metric, a, b, deff_a, deff_b)
    back = differences.difference(metric, b, a, deff_b, deff_a)
    assert (-back.value, -back.high, -back.low) == pytest.approx((there.value, there.low, there.high))
    assert back.p == pytest.approx(there.p)


@given(two_groups())
def test_a_difference_lies_in_its_interval_and_that_in_its_range(groups):
    metric, a, b = groups
    found = differences.difference(metric, a, b)
    widest = {"points": 200, "percent": 100, "scale": metric.high - metric.low}[metric.unit]
    assert -widest - 1e-9 <= found.low <= found.value <= found.high <= widest + 1e-9
    assert found.low < found.high
    assert 0 <= found.p <= 1


@given(two_groups(), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_p_is_small_exactly_when_the_interval_excludes_zero(groups, confidence):
    metric, a, b = groups
    found = differences.difference(metric, a, b, confidence=confidence)
    assume(min(abs(found.low), abs(found.high), abs(found.p - (1 - confidence))) > 1e-6)
    assert differences.shown_change(found) == (found.p < 1 - confidence)


@given(two_groups())
def test_a_group_does_not_differ_from_itself(groups):
    metric, a, _ = groups
    found = differences.difference(metric, a, a)
    assert (found.value, found.p) == (0, 1)
    assert not differences.shown_change(found)


@given(st.integers(1, 400), st.integers(1, 400), st.data())
def test_shares_are_compared_as_statsmodels_does(n1, n2, data):
    x1, x2 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    found = differences.difference(CSAT, {5: x1, 2: n1 - x1}, {4: x2, 3: n2 - x2})
    low, high = confint_proportions_2indep(x1, n1, x2, n2, method="newcomb", compare="diff")
    assert (found.low / 100, found.high / 100) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize("metric", METRICS.values())
def test_nothing_is_compared_with_no_answers(metric):
    assert differences.difference(metric, {1: 3}, {}) is None
    assert differences.difference(metric, {}, {1: 3}) is None
    assert not differences.shown_change(None)


def test_a_difference_comes_from_unrounded_values():
    assert differences.difference(NPS, {10: 1, 7: 7}, {7: 8}).value == 12.5
    assert differences.difference(CES, {7: 2, 6: 1}, {6: 3}).value == pytest.approx(2 / 3)


def test_another_statistic_can_be_compared():
    share = differences.difference(CES, {7: 9, 4: 1}, {7: 5, 4: 5}, statistic=CES.beside["share"])
    assert share.value == 40.0


def test_a_huge_difference_has_a_tiny_p_and_not_an_error():
    assert differences.difference(NPS, {10: 9000}, {0: 9000}).p == 0.0
    assert 0 < differences.difference(NPS, {10: 60, 0: 5}, {10: 5, 0: 60}).p < 1e-9


@pytest.mark.parametrize(
    ("change", "shown"),
    [(Change(5, 1, 9, 0.01), True), (Change(-5, -9, -1, 0.01), True), (Change(5, 0, 9, 0.05), False)],
)
def test_a_change_shows_when_its_interval_excludes_zero(change, shown):
    assert differences.shown_change(change) is shown


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.sampled_from([0.05, 0.1]))
def test_many_comparisons_are_corrected_as_scipy_does(p_values, q):
    assert differences.adjusted(p_values) == pytest.approx(list(false_discovery_control(p_values)))
    assert differences.flag(p_values, q) == [p <= q for p in differences.adjusted(p_values)]


def test_no_comparisons_flag_nothing():
    assert differences.flag([]) == []


@pytest.mark.parametrize(
    ("n", "other", "detail"),
    [
        (0, None, Detail.COUNT),
        (4, 100, Detail.COUNT),
        (5, None, Detail.INTERVAL),
        (9, 100, Detail.INTERVAL),
        (10, 9, Detail.INTERVAL),
        (10, None, Detail.COMPARISON),
        (10, 10, Detail.COMPARISON),
    ],
)
def test_small_numbers_show_less(n, other, detail):
    assert differences.detail_for(n, other) is detail

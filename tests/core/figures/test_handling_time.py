import math
import random
import time
from collections import Counter

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cxbot.core.figures import handling_time
from cxbot.core.figures.handling_time import LogSums

times = st.one_of(st.integers(0, 4000), st.floats(0, 1e5).map(lambda value: round(value, 2)))
positive = st.integers(1, 4000)
confidences = st.sampled_from([0.8, 0.9, 0.95, 0.99])


@given(st.lists(times, min_size=1, max_size=60), st.randoms(use_true_random=False), confidences)
def test_order_does_not_matter(seconds, rng, confidence):
    shuffled = rng.sample(seconds, len(seconds))
    assert handling_time.summary(seconds, confidence) == handling_time.summary(shuffled, confidence)
    assert handling_time.summary(seconds, confidence) == handling_time.summary_of_counts(Counter(seconds), confidence)


@given(st.lists(times, min_size=1, max_size=60))
def test_median_and_p90_equal_numpys(seconds):
    found = handling_time.summary(seconds)
    assert found.n == len(seconds)
    assert found.mean == pytest.approx(numpy.mean(seconds))
    assert found.median == pytest.approx(numpy.median(seconds))
    assert found.p90 == pytest.approx(numpy.percentile(seconds, 90))


@given(st.lists(times, min_size=1, max_size=60), confidences)
def test_the_limits_hold_the_median_and_are_times_that_occurred(seconds, confidence):
    found = handling_time.summary(seconds, confidence)
    if found.median_low is None:
        assert 1 - 2 * 0.5 ** len(seconds) < confidence
    else:
        assert found.median_low <= found.median <= found.median_high
        assert {found.median_low, found.median_high} <= set(seconds)


@pytest.mark.parametrize("n", [1, 5, 6, 7, 12, 60, 401, 10_000, 1_000_003])
@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.9, 0.95, 0.99, 0.9999, 1 - 1e-12])
def test_limits_are_the_order_statistics_of_the_binomial_distribution(n, confidence):
    rank = int(stats.binom.ppf((1 - confidence) / 2, n, 0.5))
    found = handling_time.summary(range(1, n + 1), confidence)
    assert (found.median_low, found.median_high) == ((rank, n + 1 - rank) if rank else (None, None))


def test_below_six_times_the_median_has_no_limits():
    assert handling_time.summary([60, 70, 80, 90, 100]).median_low is None
    six = handling_time.summary([60, 70, 80, 90, 100, 110])
    assert (six.median_low, six.median_high) == (60, 110)


def test_no_times_have_no_summary():
    assert handling_time.summary([]) is None
    assert handling_time.summary_of_counts({60: 0}) is None
    assert handling_time.average(0, 0) is None


@pytest.mark.parametrize("wrong", [{-1: 3}, {60: -1}, {math.nan: 1}])
def test_negative_times_and_counts_are_refused(wrong):
    with pytest.raises(ValueError, match="not negative"):
        handling_time.summary_of_counts(wrong)


def test_a_million_times_are_summed_up_at_once():
    rng = random.Random(1)
    seconds = [rng.randint(10, 3000) for _ in range(1_000_000)]
    started = time.perf_counter()
    assert handling_time.summary(seconds).n == 1_000_000
    assert handling_time.ratio(seconds, seconds).value == 1
    assert time.perf_counter() - started < 3


@pytest.mark.filterwarnings("ignore:Precision loss")  # scipy, where all times of a group are equal
@given(st.lists(positive, min_size=2, max_size=40), st.lists(positive, min_size=2, max_size=40), confidences)
def test_a_ratio_equals_scipys_welch_test_on_logarithms(current, previous, confidence):
    found = handling_time.ratio(current, previous, confidence)
    if len(set(current)) == len(set(previous)) == 1:
        assert found is None
        return
    oracle = stats.ttest_ind(numpy.log(current), numpy.log(previous), equal_var=False)
    limits = oracle.confidence_interval(confidence)
    assert found.low == pytest.approx(math.exp(limits.low), rel=1e-6)
    assert found.high == pytest.approx(math.exp(limits.high), rel=1e-6)
    assert found.p == pytest.approx(oracle.pvalue, rel=1e-6, abs=1e-9)
    assert found.low <= found.value <= found.high


@given(st.lists(positive, min_size=2, max_size=40), st.lists(positive, min_size=2, max_size=40))
def test_turning_a_ratio_round_is_its_inverse(current, previous):
    there, back = handling_time.ratio(current, previous), handling_time.ratio(previous, current)
    if there is not None:
        assert (1 / back.value, 1 / back.high, 1 / back.low) == pytest.approx((there.value, there.low, there.high))
        assert back.p == pytest.approx(there.p)


@given(st.lists(positive, min_size=2, max_size=40), st.lists(positive, min_size=2, max_size=40))
def test_the_unit_of_time_does_not_matter(current, previous):
    in_seconds = handling_time.ratio(current, previous)
    in_minutes = handling_time.ratio([value / 60 for value in current], [value / 60 for value in previous])
    if in_seconds is None:
        assert in_minutes is None
    else:
        assert in_minutes.low == pytest.approx(in_seconds.low, rel=1e-6)


def test_a_ratio_from_sums_is_the_same():
    current, previous = [185, 240, 95, 610], [310, 420, 150, 980, 505]
    sums = [
        LogSums(len(group), sum(map(math.log, group)), sum(math.log(value) ** 2 for value in group))
        for group in (current, previous)
    ]
    found, expected = handling_time.ratio_of_sums(*sums), handling_time.ratio(current, previous)
    assert (found.value, found.low, found.high, found.p) == pytest.approx(
        (expected.value, expected.low, expected.high, expected.p)
    )


@pytest.mark.parametrize(
    ("current", "previous"),
    [([], [60, 70]), ([60], [60, 70]), ([60, 70], [60]), ([0, 60, 70], [60, 70]), ([60, 60], [70, 70])],
)
def test_too_few_times_or_a_zero_or_no_spread_have_no_ratio(current, previous):
    assert handling_time.ratio(current, previous) is None


def test_zeros_are_counted():
    assert handling_time.log_sums([0, 1, 1, 0, 0]) == LogSums(2, 0.0, 0.0, zeros=3)

import math
import time

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from cxbot.core.metrics.estimates import Estimate
from cxbot.core.statistics import intervals
from cxbot.core.statistics.intervals import Interval

counts = st.integers(0, 400)
weights = st.floats(0, 400).map(lambda weight: round(weight, 3))
confidences = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 0.9999])
nets = st.tuples(weights, weights, weights).filter(lambda three: sum(three) > 0.01)
scales = st.dictionaries(st.integers(1, 7), st.integers(1, 300), min_size=1)


def tango_score(promoters, passives, detractors, theta):
    """S(θ) as Tango wrote it."""
    n = promoters + passives + detractors
    a, c = 2 * n, -detractors * theta * (1 - theta)
    b = -detractors - promoters + (2 * n - promoters + detractors) * theta
    q = (-b + math.sqrt(max(b * b - 4 * a * c, 0))) / (2 * a)
    return (promoters - detractors - n * theta) / math.sqrt(n * (2 * q + theta * (1 - theta)))


@given(st.integers(1, 5000), st.data(), confidences)
def test_wilson_equals_statsmodels(n, data, confidence):
    successes = data.draw(st.integers(0, n))
    found = intervals.wilson(successes, n, confidence)
    low, high = proportion_confint(successes, n, alpha=1 - confidence, method="wilson")
    assert found.low == pytest.approx(low, abs=1e-12)
    assert found.high == pytest.approx(high, abs=1e-12)


@given(weights, weights, confidences)
def test_wilson_contains_the_share_inside_0_and_1(good, bad, confidence):
    assume(good + bad > 0.01)
    found = intervals.wilson(good, good + bad, confidence)
    assert 0 <= found.low <= good / (good + bad) <= found.high <= 1
    assert found.low < found.high


@given(nets, confidences)
@example((0, 1, 0), 0.95)
@example((0.01, 400, 0), 0.5)
def test_net_score_contains_the_value_inside_its_range(three, confidence):
    found = intervals.net_score(*three, confidence)
    assert -1 <= found.low <= (three[0] - three[2]) / sum(three) <= found.high <= 1
    assert found.low < found.high


@given(nets, confidences)
def test_net_score_limits_are_roots_of_tangos_score(three, confidence):
    found, z = intervals.net_score(*three, confidence), intervals.quantile(confidence)
    for limit, side in ((found.low, 1), (found.high, -1)):
        # S is infinite at the ends of the range and so steep beside them that 1e-9 changes it.
        if abs(limit) < 1 - 1e-4:
            inner, outer = limit + side * 1e-9, limit - side * 1e-9
            assert side * tango_score(*three, inner) <= z + 1e-6
            assert side * tango_score(*three, outer) >= z - 1e-6


@given(nets, confidences)
def test_swapping_promoters_and_detractors_mirrors_the_interval(three, confidence):
    found, mirrored = intervals.net_score(*three, confidence), intervals.net_score(*three[::-1], confidence)
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low), abs=1e-9)


@given(st.integers(1, 300), st.integers(0, 300), confidences)
def test_without_passives_it_is_wilsons_interval(promoters, detractors, confidence):
    found = intervals.net_score(promoters, 0, detractors, confidence)
    share = intervals.wilson(promoters, promoters + detractors, confidence)
    assert found.low == pytest.approx(2 * share.low - 1, abs=1e-8)
    assert found.high == pytest.approx(2 * share.high - 1, abs=1e-8)


@given(st.integers(1, 1000))
def test_unanimous_answers_reach_the_end_of_the_scale(n):
    assert intervals.net_score(n, 0, 0).high == 1
    assert intervals.net_score(0, 0, n).low == -1


@given(nets, st.floats(1.01, 20))
def test_a_design_effect_widens(three, deff):
    plain, wide = intervals.net_score(*three), intervals.net_score(*(count / deff for count in three))
    assert wide.low <= plain.low + 1e-9
    assert wide.high >= plain.high - 1e-9


@given(scales, confidences)
def test_a_mean_lies_in_its_interval_and_that_on_the_scale(answers, confidence):
    found = intervals.bounded_mean(answers, 1, 7, confidence)
    mean = sum(score * count for score, count in answers.items()) / sum(answers.values())
    assert 1 <= found.low <= mean + 1e-12
    assert mean - 1e-12 <= found.high <= 7
    assert found.low < found.high


@given(scales, confidences)
def test_turning_the_scale_round_mirrors_the_mean(answers, confidence):
    found = intervals.bounded_mean(answers, 1, 7, confidence)
    turned = intervals.bounded_mean({8 - score: n for score, n in answers.items()}, 1, 7, confidence)
    assert (8 - turned.high, 8 - turned.low) == pytest.approx((found.low, found.high))


@given(nets, confidences)
def test_the_z_of_a_limit_is_the_z_it_was_made_with(three, confidence):
    z = intervals.quantile(confidence)
    share, net = intervals.wilson(three[0], sum(three), confidence), intervals.net_score(*three, confidence)
    for limit in (share.low, share.high):
        if 1e-6 < limit < 1 - 1e-6:
            assert intervals.wilson_z(three[0], sum(three), limit) == pytest.approx(z, rel=1e-6)
    for limit in (net.low, net.high):
        if abs(limit) < 1 - 1e-3:
            assert intervals.net_score_z(*three, limit) == pytest.approx(z, rel=1e-4)


@example({1: 1, 2: 1}, 0.9)
@given(scales, st.sampled_from([0.9, 0.95, 0.99]))
def test_the_z_of_a_limit_of_a_mean_is_the_z_it_was_made_with(answers, confidence):
    found = intervals.bounded_mean(answers, 1, 7, confidence)
    plain = sum(score * n for score, n in answers.items()) / sum(answers.values())
    for limit in (found.low, found.high):
        if 1 < limit < 7 and not math.isclose(limit, plain):  # there the range was widened, and z is 0 by definition
            reached = intervals.bounded_mean_z(answers, 1, 7, limit)
            assert reached == pytest.approx(intervals.quantile(confidence))


def test_mover_squares_and_adds_the_distances_to_the_facing_limits():
    assert intervals.mover(Estimate(10, 7, 12, 9), Estimate(5, 3, 9, 9)) == Interval(0.0, 5 + math.hypot(2, 2))


def test_a_hundred_p_values_take_less_than_a_fifth_of_a_second():
    pairs = [((40 + i, 20, 20), (30, 25, 25 + i)) for i in range(100)]
    begun = time.perf_counter()
    for a, b in pairs:
        intervals.mover_p_value(
            lambda x, a=a: intervals.net_score_z(*a, x),
            (a[0] - a[2]) / sum(a),
            lambda x, b=b: intervals.net_score_z(*b, x),
            (b[0] - b[2]) / sum(b),
        )
    assert time.perf_counter() - begun < 0.2


values = st.lists(st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=6), min_size=1, max_size=12)


def sums(customers):
    totals = [(sum(answers), len(answers)) for answers in customers]
    return {
        "n": sum(n for _, n in totals),
        "total": sum(s for s, _ in totals),
        "squares": sum(value * value for answers in customers for value in answers),
        "customers": len(customers),
        "cluster_squares": sum(s * s for s, _ in totals),
        "cluster_products": sum(s * n for s, n in totals),
        "cluster_sizes": sum(n * n for _, n in totals),
    }


def by_definition(customers):
    """v_cluster/v₀ from residuals, as metrics.md writes it."""
    answers = [value for values in customers for value in values]
    m, mean = len(customers), sum(answers) / len(answers)
    clustered = m / (m - 1) * sum(sum(value - mean for value in values) ** 2 for values in customers)
    return clustered / sum((value - mean) ** 2 for value in answers)


@given(values)
def test_sums_give_the_same_design_effect_as_answers(customers):
    found = intervals.design_effect(customers)
    assert found == pytest.approx(intervals.design_effect_from_sums(**sums(customers)))
    answers = [value for values in customers for value in values]
    if 1 < len(customers) < len(answers) and len(set(answers)) > 1:
        assert found == pytest.approx(max(1, by_definition(customers)))


@given(values, st.randoms())
def test_a_design_effect_is_at_least_one_in_any_order(customers, random):
    shuffled = [random.sample(answers, len(answers)) for answers in random.sample(customers, len(customers))]
    assert intervals.design_effect(shuffled) == pytest.approx(intervals.design_effect(customers))
    assert intervals.design_effect(customers) >= 1


@given(st.lists(st.floats(1, 7), max_size=50))
def test_one_answer_each_has_no_design_effect(answers):
    assert intervals.design_effect([answer] for answer in answers) == 1.0


@pytest.mark.parametrize("customers", [[], [[]], [[1, 0, -1]], [[1, 1], [1, 1, 1]]])
def test_no_design_effect_without_differences_between_customers(customers):
    assert intervals.design_effect(customers) == 1.0


@pytest.mark.parametrize(
    "make",
    [
        lambda: intervals.wilson(0, 0),
        lambda: intervals.wilson(3, 2),
        lambda: intervals.net_score(0, 0, 0),
        lambda: intervals.net_score(-1, 2, 3),
        lambda: intervals.bounded_mean({}, 1, 5),
        lambda: intervals.bounded_mean({6: 1}, 1, 5),
        lambda: intervals.wilson(1, 2, 95),
    ],
)
def test_impossible_counts_and_confidences_are_errors(make):
    with pytest.raises(ValueError, match=r"not|no |must"):
        make()

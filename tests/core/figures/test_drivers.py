import random
import time
from fractions import Fraction

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, spearmanr

from cxbot.core.figures import drivers
from cxbot.core.metrics.differences import Sides
from cxbot.core.metrics.shipped import CES, CSAT, METRICS, NPS
from cxbot.core.statistics import rank_correlation

metrics_ = st.sampled_from(list(METRICS.values()))
pairs = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 10)), min_size=4, max_size=60)


@st.composite
def tagged(draw):
    metric = draw(metrics_)
    answers = st.dictionaries(st.sampled_from(metric.scale), st.integers(1, 60), min_size=1)
    return metric, draw(answers), draw(answers)


def answers(good, bad):
    return {5: good, 1: bad}


@given(tagged())
def test_the_drag_adds_up(groups):
    metric, having, lacking = groups
    found = drivers.impact(metric, Sides(having, lacking))
    together = {score: having.get(score, 0) + lacking.get(score, 0) for score in metric.scale}
    total = metric.headline.exact(together)
    drag = total - metric.headline.exact(lacking)
    assert found.drag == float(drag)
    assert found.difference.low <= found.difference.value <= found.difference.high
    assert found.share == float(Fraction(sum(having.values()), sum(together.values())))


@pytest.mark.parametrize(("having", "lacking"), [({}, {9: 3}), ({9: 3}, {}), ({}, {})])
def test_without_answers_on_both_sides_there_is_no_impact(having, lacking):
    assert drivers.impact(NPS, Sides(having, lacking)) is None


@given(pairs, st.sampled_from([0.8, 0.95, 0.99]))
def test_spearman_equals_scipy(pairs, confidence):
    xs, ys = zip(*pairs, strict=True)
    found = rank_correlation.spearman(xs, ys, confidence)
    if len(set(xs)) == 1 or len(set(ys)) == 1:
        assert found is None
        return
    rho = spearmanr(xs, ys).statistic
    assert found.rho == pytest.approx(rho, abs=1e-12)
    assert -1 <= found.low <= found.rho <= found.high <= 1
    assert found.low < found.high
    n = len(pairs)
    if abs(rho) < 1 - 12 / (n**3 - n):
        half = norm.isf((1 - confidence) / 2) * ((1 + rho**2 / 2) / (n - 3)) ** 0.5
        assert found.low == pytest.approx(numpy.tanh(numpy.arctanh(rho) - half))
        assert found.high == pytest.approx(numpy.tanh(numpy.arctanh(rho) + half))


@given(pairs, st.randoms(use_true_random=False))
def test_neither_order_nor_unit_changes_a_correlation(pairs, rng):
    found = rank_correlation.spearman(*zip(*pairs, strict=True))
    xs, ys = zip(*rng.sample(pairs, len(pairs)), strict=True)
    assert rank_correlation.spearman(xs, ys) == found
    assert rank_correlation.spearman([10 * x + 3 for x in xs], [y**3 for y in ys]) == found
    turned = rank_correlation.spearman([-x for x in xs], ys)
    if found is not None:
        assert (turned.rho, turned.low, turned.high) == pytest.approx((-found.rho, -found.high, -found.low))


def test_a_perfect_order_still_leaves_doubt():
    found = rank_correlation.spearman(range(8), range(8))
    assert (found.rho, found.high) == (1, 1)
    assert 0.8 < found.low < 1
    assert rank_correlation.spearman(range(8), range(8, 0, -1)).rho == -1


@pytest.mark.parametrize(("xs", "ys"), [([1, 2, 3], [1, 2, 3]), ([2, 2, 2, 2], [1, 2, 3, 4]), ([], [])])
def test_three_pairs_or_a_constant_have_no_correlation(xs, ys):
    assert rank_correlation.spearman(xs, ys) is None


def test_both_sides_of_a_correlation_are_equally_long():
    with pytest.raises(ValueError, match="shorter"):
        rank_correlation.spearman([1, 2, 3, 4, 5], [1, 2, 3, 4])


def test_many_different_values_correlate_as_quickly():
    rng = random.Random(1)
    xs, ys = [rng.random() for _ in range(100_000)], [rng.random() for _ in range(100_000)]
    assert rank_correlation.spearman(xs, ys).rho == pytest.approx(spearmanr(xs, ys).statistic, abs=1e-12)


def rated(n, **weights):
    """Ratings that share so much with the score, and the scores."""
    rng = random.Random(7)
    mood = [rng.random() for _ in range(n)]
    ratings = {
        name: [min(5, 1 + int(5 * (weight * each + (1 - weight) * rng.random()))) for each in mood]
        for name, weight in weights.items()
    }
    return ratings, [min(10, int(11 * (0.8 * each + 0.2 * rng.random()))) for each in mood]


@pytest.mark.parametrize("n", [400, 4000])
def test_a_clear_leader_is_named_and_the_seed_repeats_it(n):
    ratings, scores = rated(n, ease=0.3, goal=0.7, emotion=0.1)
    found = drivers.leader(ratings, scores, seed=3, resamples=100)
    assert (found.name, found.named, found.n) == ("goal", True, n)
    assert found.rho == pytest.approx(spearmanr(ratings["goal"], scores).statistic)
    backwards = {name: given[::-1] for name, given in ratings.items()}
    assert drivers.leader(backwards, scores[::-1], seed=3, resamples=100) == found


def test_close_rivals_are_not_named():
    ratings, scores = rated(120, goal=0.5, ease=0.5)
    found = drivers.leader(ratings, scores, seed=3, resamples=300)
    assert 0.3 < found.lead < 0.8
    assert not found.named


def test_twins_share_the_lead_so_that_neither_has_it():
    ratings, scores = rated(150, goal=0.6)
    assert drivers.leader({"goal": ratings["goal"], "twin": ratings["goal"]}, scores, seed=1, resamples=50).lead == 0


def test_both_ways_to_resample_agree():
    ratings, scores = rated(2000, goal=0.52, ease=0.5)
    drawn = drivers.leader(ratings, scores, seed=3, resamples=400)
    ratings, scores = {name: [*given, given[0]] for name, given in ratings.items()}, [*scores, scores[0]]
    weighted = drivers.leader(ratings, scores, seed=3, resamples=400)
    assert weighted.lead == pytest.approx(drawn.lead, abs=0.1)


def test_effort_that_falls_as_the_score_rises_can_lead():
    ratings, scores = rated(300, goal=0.3, ease=0.7)
    ratings["effort"] = [6 - rating for rating in ratings.pop("ease")]
    found = drivers.leader(ratings, scores, seed=1, resamples=50)
    assert found.name == "effort"
    assert found.rho < 0


def test_below_a_hundred_answers_or_without_correlation_nobody_leads():
    ratings, scores = rated(99, goal=0.7)
    assert drivers.leader(ratings, scores, seed=1) is None
    assert drivers.leader({"goal": [3] * 100}, [*range(10)] * 10, seed=1) is None
    assert drivers.leader({}, [5] * 100, seed=1) is None


def test_every_score_needs_its_ratings():
    with pytest.raises(ValueError, match="one rating for each score"):
        drivers.leader({"goal": [1, 2]}, [3], seed=1)


def test_a_thousand_answers_are_resampled_within_seconds():
    ratings, scores = rated(1000, goal=0.6, ease=0.5, emotion=0.3, speed=0.2)
    started = time.perf_counter()
    drivers.leader(ratings, scores, seed=1, resamples=250)
    assert time.perf_counter() - started < 2


TAGS = {
    "delivery": Sides(answers(4, 26), answers(70, 20)),
    "price": Sides(answers(8, 3), answers(66, 43)),
    "rare": Sides(answers(0, 4), answers(74, 42)),
    "few": Sides(answers(0, 6), answers(74, 40)),
    "praise": Sides(answers(20, 0), answers(54, 46)),
    "everyone": Sides(answers(74, 46), {}),
}


def test_tags_are_listed_from_5_answers_and_ranked_by_the_size_of_their_drag():
    table = drivers.ranked(CSAT, TAGS, total=120)
    assert [driver.name for driver in table] == ["delivery", "praise", "few", "price"]
    assert [driver.rank for driver in table] == [1, 2, 3, 4]
    assert [driver.impact.drag for driver in table] == sorted((d.impact.drag for d in table), key=abs, reverse=True)


def test_tags_are_flagged_from_10_answers_if_they_stand_out():
    flagged = {driver.name for driver in drivers.ranked(CSAT, TAGS, total=120) if driver.flagged}
    assert flagged == {"delivery", "praise"}


def test_below_100_answers_tags_come_by_how_many_have_them():
    table = drivers.ranked(CSAT, TAGS, total=99)
    assert [(driver.name, driver.rank) for driver in table] == [
        ("delivery", None),
        ("praise", None),
        ("price", None),
        ("few", None),
    ]


ces_answers = st.dictionaries(st.sampled_from(CES.scale), st.integers(1, 60), min_size=1)


@given(st.dictionaries(st.text(max_size=2), st.builds(Sides, ces_answers, ces_answers), max_size=6))
def test_only_what_is_compared_is_flagged(tags):
    for driver in drivers.ranked(CES, tags, total=1000):
        assert driver.impact.having.n >= 5
        if driver.flagged:
            assert min(driver.impact.having.n, driver.impact.lacking.n) >= 10
            assert driver.impact.difference.p <= 0.10


def test_a_table_of_nothing_is_empty():
    assert drivers.ranked(NPS, {}, total=500) == []

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.metrics import estimates as metrics
from cxbot.core.metrics.shipped import CES, CSAT, FCR, METRICS, NPS
from cxbot.errors import UsageError

any_metric = st.sampled_from(list(METRICS.values()))
LIMITS = {"points": (-100, 100), "percent": (0, 100)}


@st.composite
def answered(draw):
    metric = draw(any_metric)
    return metric, draw(st.lists(st.sampled_from(metric.scale), min_size=1, max_size=80))


def estimates(metric, counts, deff=1.0):
    beside = metrics.also(metric, counts, dict.fromkeys(metric.beside, deff))
    yield metric.headline, metrics.estimate(metric, counts, deff)
    yield from ((metric.beside[name], found) for name, found in beside.items())


@given(answered(), st.floats(1, 10))
def test_every_figure_lies_in_its_interval_and_that_in_its_range(given_answers, deff):
    metric, scores = given_answers
    for statistic, found in estimates(metric, Counter(scores), deff):
        low, high = LIMITS.get(statistic.unit, (metric.low, metric.high))
        assert low <= found.low <= found.value <= found.high <= high
        assert found.low < found.high
        assert (found.n, found.deff) == (len(scores), deff)


@given(answered())
def test_figures_are_averages_of_what_each_answer_adds(given_answers):
    metric, scores = given_answers
    for statistic, found in estimates(metric, Counter(scores)):
        average = sum(metrics.value_of(statistic, score) for score in scores) / len(scores)
        assert found.value == pytest.approx(statistic.factor * average)


@given(answered(), st.randoms())
def test_the_order_of_answers_does_not_matter(given_answers, random):
    metric, scores = given_answers
    shuffled = Counter(random.sample(scores, len(scores)))
    assert metrics.estimate(metric, shuffled) == pytest.approx(metrics.estimate(metric, Counter(scores)))


@given(answered())
def test_buckets_and_distribution_count_every_answer_once(given_answers):
    metric, scores = given_answers
    counts = Counter(scores)
    assert sum(metric.buckets(counts).values()) == len(scores)
    assert list(metrics.distribution(metric, counts)) == list(metric.scale)
    assert sum(metrics.distribution(metric, counts).values()) == len(scores)


@pytest.mark.parametrize("metric", METRICS.values())
@pytest.mark.parametrize("counts", [{}, {1: 0}])
def test_no_answers_are_no_value_rather_than_zero(metric, counts):
    assert metrics.estimate(metric, counts) is None
    assert metrics.also(metric, counts) == {}
    assert set(metric.buckets(counts).values()) == {0}


def test_a_share_of_29_in_100_is_not_28_point_999():
    assert metrics.estimate(CSAT, {5: 29, 1: 71}).value == 29.0


RATED = (
    "goal", "ease", "emotion", "quality", "delivery", "service", "satisfaction", "trust", "engagement", "memorable",
    "community", "meaningful", "strategy", "customer_understanding", "design", "measurement", "governance", "culture",
)  # fmt: skip


def test_the_metrics_are_those_of_the_contract():
    found = {name: (metric.low, metric.high, metric.unit) for name, metric in METRICS.items()}
    assert found == dict.fromkeys(RATED, (1, 5, "scale")) | {
        "nps": (0, 10, "points"),
        "csat": (1, 5, "percent"),
        "ces": (1, 7, "scale"),
        "ces1": (1, 5, "scale"),
        "fcr": (0, 1, "percent"),
        "enps": (0, 10, "points"),
        "expectation": (1, 3, "points"),
        "promise": (0, 2, "percent"),
        "still_solved": (0, 1, "percent"),
        "rating": (0, 2, "percent"),
    }
    assert FCR.buckets({0: 2, 1: 3, 2: 4}) == {"yes": 3, "no": 2, "unsure": 4}
    assert metrics.estimate(FCR, FCR.on_scale({0: 1, 1: 3, 2: 9})).value == 75.0
    assert NPS.buckets({6: 1, 7: 2, 8: 4, 9: 8}) == {"promoters": 8, "passives": 6, "detractors": 1}
    assert CSAT.buckets({2: 1, 3: 2, 4: 4}) == {"satisfied": 4, "neutral": 2, "dissatisfied": 1}
    assert CES.buckets({3: 1, 4: 2, 5: 4}) == {"easy": 4, "neutral": 2, "hard": 1}
    assert metrics.also(CES, {3: 1, 4: 2, 5: 5})["share"].value == 62.5


@pytest.mark.parametrize("score", [11, -1, 7.5, 7.0, True, None, "7"])
def test_a_score_off_the_scale_is_refused_naming_the_scale(score):
    with pytest.raises(UsageError, match=r"NPS\. Give a whole number from 0 to 10"):
        metrics.check_score(NPS, score)


@pytest.mark.parametrize("metric", METRICS.values())
def test_every_point_of_the_scale_is_a_score(metric):
    assert [metrics.check_score(metric, score) for score in metric.scale] == list(metric.scale)


@pytest.mark.parametrize(("counts", "deff"), [({11: 1}, 1), ({5: -1}, 1), ({5: 1}, 0.5)])
def test_impossible_counts_are_errors(counts, deff):
    with pytest.raises(ValueError, match="not"):
        metrics.estimate(NPS, counts, deff)

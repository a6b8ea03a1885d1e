from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.metrics.shipped import CES, CSAT, METRICS, NPS
from cxbot.core.signals import control_charts
from tests.weeks import Week, judge, judge_drift

USUAL = {10: 15, 8: 10, 3: 5}  # 33 points, 30 answers
WORSE = {10: 11, 8: 10, 3: 9}
BETTER = {10: 20, 8: 8, 3: 2}


def weeks(*parts):
    """Weeks of these answers, each so many times."""
    return [Week(counts) for counts, n in parts for _ in range(n)]


def judged(*parts, metric=NPS):
    return judge_drift(metric.headline, weeks(*parts))


@st.composite
def histories(draw):
    metric = draw(st.sampled_from(list(METRICS.values())))
    size = draw(st.sampled_from([0, 3, 8, 25]))
    rng = draw(st.randoms(use_true_random=False))
    found = []
    for _ in range(draw(st.integers(0, 60))):
        shape = rng.choice([1, 8])
        weights = [1 + (shape - 1) * (score == metric.high) for score in metric.scale]
        found.append(Week(Counter(rng.choices(metric.scale, weights, k=rng.randint(0, 2 * size))), rng.random() < 0.1))
    return metric, found


@pytest.mark.parametrize(("then", "word"), [(USUAL, "steady"), (WORSE, "drifting down"), (BETTER, "drifting up")])
def test_a_quarter_that_leaves_what_was_usual_drifts(then, word):
    found = judged((USUAL, 26), (then, 13))
    assert found.word == word
    assert (found.since is None) == (word == "steady")
    assert (found.baseline_n, found.baseline_weeks, found.n, found.weeks) == (780, 26, 390, 13)
    assert found.centre == pytest.approx(100 / 3)
    assert found.value == pytest.approx(float(NPS.headline.exact(then)))


def test_a_drift_that_no_single_week_shows():
    found = judged((USUAL, 26), (WORSE, 13))
    baseline = [control_charts.group(NPS.headline, USUAL)] * 26
    assert not control_charts.laney(NPS.headline, baseline, control_charts.group(NPS.headline, WORSE)).signal
    assert found.word == "drifting down"


def test_a_drift_began_when_the_average_was_last_on_the_other_side():
    found = judged((USUAL, 26), (BETTER, 3), (WORSE, 10))
    averages = [step.average for step in found.steps]
    turned = next(i for i, average in enumerate(averages) if average < 0)
    assert (found.word, found.since) == ("drifting down", 26 + turned)
    assert found.since > 26 + 3


def test_a_drift_that_is_over_is_none():
    assert judged((USUAL, 26), (WORSE, 8), (USUAL, 5)).word == "steady"


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        ([], "no baseline"),
        ([(USUAL, 18)], "no baseline"),
        ([(USUAL, 19)], "steady"),
        ([({10: 3, 8: 1, 3: 1}, 26), (USUAL, 13)], "steady"),
        ([({10: 3, 3: 1}, 26), (USUAL, 13)], "no baseline"),
        ([(USUAL, 26), ({10: 4, 3: 2}, 13)], "too few"),
        ([(USUAL, 26), ({10: 4, 3: 3}, 13)], "steady"),
        ([(USUAL, 26), ({}, 13)], "too few"),
    ],
)
def test_both_parts_need_enough_answers(parts, word):
    assert judged(*parts).word == word


def test_known_incidents_are_in_neither_part():
    usual, bad = weeks((USUAL, 13)), [Week({3: 30}, skip=True)]
    found = judge_drift(NPS.headline, [*usual, *bad, *usual[:6], *bad * 2, *usual[:11]])
    assert (found.word, found.baseline_weeks, found.weeks, found.value) == ("steady", 19, 11, found.centre)


def test_weeks_that_signalled_are_no_baseline():
    found = judged((USUAL, 20), ({3: 30}, 1), (USUAL, 5), (USUAL, 13))
    assert (found.word, found.baseline_weeks, found.centre) == ("steady", 25, pytest.approx(100 / 3))


def test_small_weeks_are_judged_in_groups_that_keep_their_place():
    found = judged((USUAL, 26), ({10: 5, 8: 3, 3: 2}, 13))
    assert [(step.first, step.last, step.n) for step in found.steps] == [
        (26, 27, 20), (28, 29, 20), (30, 31, 20), (32, 33, 20), (34, 35, 20), (36, 38, 30),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "before", "after", "word"),
    [
        (CSAT, {5: 29, 1: 1}, {5: 26, 1: 4}, "drifting down"),
        (CSAT, {5: 29, 1: 1}, {5: 30}, "steady"),
        (CSAT, {5: 1, 1: 29}, {5: 4, 1: 26}, "drifting up"),
        (CES, {7: 10, 6: 12, 4: 8}, {7: 7, 6: 11, 4: 12}, "drifting down"),
    ],
)
def test_shares_near_the_ends_and_means_are_judged_alike(metric, before, after, word):
    assert judged((before, 26), (after, 13), metric=metric).word == word


@given(histories())
def test_a_verdict_is_whole(history):
    metric, given = history
    found = judge_drift(metric.headline, given)
    assert bool(found.steps) == (found.word in ("drifting up", "drifting down", "steady"))
    assert (found.since is not None) == found.word.startswith("drifting")
    assert found.n + found.baseline_n <= sum(sum(week.counts.values()) for week in given)
    assert found.baseline_weeks <= 26
    assert found.weeks <= 13
    if found.steps:
        last = found.steps[-1]
        assert sum(step.n for step in found.steps) == found.n
        assert all(given[place].counts and not given[place].skip for s in found.steps for place in (s.first, s.last))
        assert all(one.last < two.first for one, two in zip(found.steps, found.steps[1:], strict=False))
        assert (found.word == "drifting up") == (last.average > last.limit)
        assert (found.word == "drifting down") == (last.average < -last.limit)


@given(histories())
def test_the_baseline_is_that_of_the_weekly_signal(history):
    metric, given = history
    found = judge_drift(metric.headline, given)
    before = given[: max(len(given) - 13, 0)]
    answers = {metric.high: 30}
    assert found.baseline_n == judge(metric.headline, before, answers).baseline_n

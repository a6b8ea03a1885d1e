import math
import random
import time
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import betabinom

from cxbot.core.metrics.shipped import CES, CSAT, METRICS, NPS
from cxbot.core.signals import control_charts
from cxbot.core.signals.control_charts import Group
from tests.weeks import Week, judge

metrics_ = st.sampled_from(list(METRICS.values()))
groups = st.builds(lambda n, share: Group(n, round(n * share), n), st.integers(0, 60), st.floats(0, 1))


@st.composite
def histories(draw):
    metric = draw(metrics_)
    size = draw(st.sampled_from([0, 3, 6, 15, 40]))
    rng = random.Random(draw(st.integers(0, 10_000)))
    shape = draw(st.sampled_from([1, 3, 30]))
    weights = [1 + (shape - 1) * (score == metric.high) for score in metric.scale]

    def week():
        return Counter(rng.choices(metric.scale, weights, k=rng.randint(0, 2 * size)))

    return metric, [Week(week(), skip=rng.random() < 0.1) for _ in range(draw(st.integers(0, 45)))], week()


def steady(counts, weeks=12):
    return [Week(counts)] * weeks


def satisfied(x, n):
    return {5: x, 1: n - x}


@given(st.lists(groups), st.integers(1, 40))
def test_merging_keeps_every_answer_and_fills_every_group(weeks, least):
    found = control_charts.merged(weeks, least)
    assert all(group.n >= least for group in found)
    if sum(week.n for week in weeks) >= least:
        assert control_charts.added(found) == control_charts.added(weeks)
    else:
        assert found == []


def test_a_rest_joins_the_newest_group():
    weeks = [Group(n, n, n) for n in (25, 12, 9, 5, 6)]
    assert [group.n for group in control_charts.merged(weeks)] == [25, 32]


@given(st.integers(0, 400), st.data(), st.integers(0, 3000))
def test_tail_equals_scipy(n, data, baseline_n):
    x, baseline_x = data.draw(st.integers(0, n)), data.draw(st.integers(0, baseline_n))
    found = control_charts.tail(x, n, baseline_x, baseline_n)
    oracle = betabinom(n, baseline_x + 0.5, baseline_n - baseline_x + 0.5)
    assert found.p_low == pytest.approx(oracle.cdf(x), rel=1e-6, abs=1e-11)
    assert found.p_high == pytest.approx(oracle.sf(x - 1), rel=1e-6, abs=1e-11)


@given(st.integers(0, 500), st.data(), st.integers(0, 500))
def test_tails_of_the_opposite_answers_are_mirrored(n, data, baseline_n):
    x, baseline_x = data.draw(st.integers(0, n)), data.draw(st.integers(0, baseline_n))
    there = control_charts.tail(x, n, baseline_x, baseline_n)
    back = control_charts.tail(n - x, n, baseline_n - baseline_x, baseline_n)
    assert (back.p_high, back.p_low) == pytest.approx((there.p_low, there.p_high))
    assert there.p_low + there.p_high >= 1 - 1e-9


def test_a_million_answers_are_judged_at_once():
    started = time.perf_counter()
    found = control_charts.tail(898_500, 1_000_000, 900_000, 1_000_000)
    assert time.perf_counter() - started < 0.1
    # By the normal approximation of so large a number: 1,500 below, of a standard deviation of 424.
    z = 1500 / math.sqrt(1e6 * 0.09 * 2)
    assert found.p_low == pytest.approx(math.erfc(z / math.sqrt(2)) / 2, rel=0.05)


@pytest.mark.parametrize("wrong", [(3, 2, 1, 1), (-1, 2, 1, 1), (1, 2, 3, 2), (1, 2, -1, 2)])
def test_what_is_no_share_has_no_tail(wrong):
    with pytest.raises(ValueError, match="not shares"):
        control_charts.tail(*wrong)


@given(metrics_, st.data())
def test_the_limits_are_where_the_chart_begins_to_signal(metric, data):
    answers = st.dictionaries(st.sampled_from(metric.scale), st.integers(1, 40), min_size=2)
    baseline = [control_charts.group(metric.headline, data.draw(answers)) for _ in range(8)]
    current = control_charts.group(metric.headline, data.draw(answers))
    found = control_charts.laney(metric.headline, baseline, current)
    value = metric.headline.factor * current.total / current.n
    assume(min(abs(value - found.low), abs(value - found.high)) > 1e-9)
    assert found.signal == (not found.low <= value <= found.high)
    assert found.low <= found.centre <= found.high
    assert found.sigma_z >= 1
    assert abs(found.z_adj) <= abs(found.z)


def test_a_baseline_that_always_agrees_still_leaves_room():
    baseline = [control_charts.group(NPS.headline, {10: 30})] * 6
    found = control_charts.laney(NPS.headline, baseline, control_charts.group(NPS.headline, {10: 29, 8: 1}))
    assert found.low < 100
    assert not found.signal
    assert control_charts.laney(NPS.headline, baseline, control_charts.group(NPS.headline, {0: 30})).signal


@pytest.mark.parametrize(("baseline", "current"), [([20], 20), ([20, 0], 20), ([20, 20], 0)])
def test_a_chart_needs_two_groups_and_a_current_one(baseline, current):
    with pytest.raises(ValueError, match="two groups"):
        control_charts.laney(NPS.headline, [Group(n, 0, n) for n in baseline], Group(current, 0, current))


@given(histories())
def test_a_verdict_is_whole(history):
    metric, weeks, current = history
    found = judge(metric.headline, weeks, current)
    judged = found.word in ("up", "down", "within noise")
    assert judged == bool(found.rule) == (found.low is not None)
    assert found.baseline_weeks <= 26
    assert found.merged_weeks == (1 if sum(current.values()) >= 10 else 4)
    # Without a baseline that is said first; with one, fewer than 10 answers are too few.
    assert (found.word == "no baseline") == (found.weeks_missing != 0)
    assert (found.word == "too few") == (found.n < 10 and found.weeks_missing == 0)
    if judged:
        assert found.weeks_missing == 0
        assert found.low <= found.centre <= found.high
    if judged and found.merged_weeks == 1 and found.rule != "level":
        value = float(metric.headline.exact(current))
        assert (value > found.high + 1e-9) == (found.word == "up")
        assert (value < found.low - 1e-9) == (found.word == "down")


@given(histories())
def test_turning_good_into_bad_turns_the_verdict(history):
    _, weeks, current = history

    def turned(counts):
        return {10 if score <= 6 else 0 if score >= 9 else 8: 0 for score in counts} | {
            new: sum(n for score, n in counts.items() if (score <= 6, score >= 9) == of)
            for new, of in ((10, (True, False)), (0, (False, True)), (8, (False, False)))
        }

    there = judge(NPS.headline, weeks, current)
    back = judge(NPS.headline, [Week(turned(week.counts), week.skip) for week in weeks], turned(current))
    opposite = {"up": "down", "down": "up"}
    assert back.word == opposite.get(there.word, there.word)
    if there.z is not None:
        assert back.z == pytest.approx(-there.z)


def test_a_fall_of_the_score_is_down_and_the_same_again_is_noise():
    weeks = steady({10: 15, 8: 10, 3: 5})
    assert judge(NPS.headline, weeks, {10: 15, 8: 10, 3: 5}).word == "within noise"
    fallen = judge(NPS.headline, weeks, {10: 3, 8: 5, 3: 22})
    assert (fallen.word, fallen.rule, fallen.weeks_missing, fallen.baseline_weeks) == ("down", "z-chart", 0, 12)
    assert judge(CES.headline, steady({5: 20, 6: 20, 4: 5}), {7: 40}).word == "up"


@pytest.mark.parametrize(("before", "x", "word"), [(27, 20, "down"), (27, 29, "within noise"), (3, 12, "up")])
def test_shares_near_the_ends_are_judged_by_the_tail(before, x, word):
    found = judge(CSAT.headline, steady(satisfied(before, 30)), satisfied(x, 30))
    assert (found.word, found.rule, found.z) == (word, "tail", None)


def test_the_limits_of_the_tail_do_not_signal_and_their_neighbours_do():
    weeks = steady(satisfied(27, 30))
    found = judge(CSAT.headline, weeks, satisfied(27, 30))
    lowest, highest = round(found.low * 30 / 100), round(found.high * 30 / 100)
    assert highest == 30
    assert judge(CSAT.headline, weeks, satisfied(lowest, 30)).word == "within noise"
    assert judge(CSAT.headline, weeks, satisfied(lowest - 1, 30)).word == "down"


def test_shares_in_the_middle_are_judged_by_the_chart():
    found = judge(CSAT.headline, steady(satisfied(20, 30)), satisfied(8, 30))
    assert (found.word, found.rule) == ("down", "z-chart")


def test_a_small_week_is_judged_with_the_three_before_it():
    weeks = steady({10: 3, 8: 2, 3: 1}, 30)
    found = judge(NPS.headline, weeks, {10: 3, 8: 2, 3: 1})
    assert (found.word, found.merged_weeks, found.n, found.baseline_weeks) == ("within noise", 4, 24, 26)
    fallen = judge(NPS.headline, [*weeks, *steady({3: 6}, 3)], {3: 6})
    assert (fallen.word, fallen.merged_weeks) == ("down", 4)


def test_a_known_incident_is_not_joined_to_a_small_week():
    weeks = [*steady({10: 3, 8: 2, 3: 1}, 30), Week({0: 50}, skip=True)]
    found = judge(NPS.headline, weeks, {10: 3, 8: 2, 3: 1})
    assert (found.word, found.n, found.merged_weeks) == ("within noise", 18, 4)


def test_four_weeks_with_fewer_than_ten_answers_are_too_few():
    found = judge(NPS.headline, [*steady({10: 15, 3: 5}), *steady({10: 2}, 3)], {10: 2})
    assert (found.word, found.rule, found.n, found.centre) == ("too few", "", 8, None)


@pytest.mark.parametrize(
    ("per_week", "weeks", "missing"),
    [
        (0, 0, 6), (30, 0, 6), (30, 4, 2), (30, 6, 0), (10, 4, 8), (10, 12, 0), (5, 2, 22), (5, 20, 4),
        (4, 10, None), (2, 10, None), (2, 26, None),
    ],
)  # fmt: skip
def test_a_baseline_says_how_many_weeks_it_still_needs(per_week, weeks, missing):
    found = judge(NPS.headline, steady({10: per_week}, weeks), {10: 30})
    assert found.weeks_missing == missing
    assert (found.word == "no baseline") == (missing != 0)


def test_weeks_before_the_first_answer_do_not_count():
    found = judge(NPS.headline, [*steady({}, 60), *steady({10: 20, 0: 10}, 4)], {10: 30})
    assert (found.baseline_weeks, found.weeks_missing) == (4, 2)


def test_weeks_that_signalled_or_had_an_incident_are_no_baseline():
    usual, bad = {10: 15, 8: 10, 3: 5}, {3: 30}
    with_a_signal = judge(NPS.headline, [*steady(usual), Week(bad), *steady(usual, 3)], usual)
    assert (with_a_signal.baseline_weeks, with_a_signal.baseline_n) == (15, 450)
    early_incident = [Week(usual), Week(bad, skip=True), *steady(usual)]
    assert judge(NPS.headline, early_incident, usual).baseline_weeks == 13


def test_the_baseline_are_the_last_26_weeks():
    weeks = [*steady({10: 30}, 30), *steady({10: 15, 8: 10, 3: 5}, 26)]
    found = judge(NPS.headline, [*weeks], {10: 15, 8: 10, 3: 5})
    assert found.baseline_weeks == 26


@pytest.mark.parametrize("size", [7, 30, 400])
def test_a_year_and_a_half_is_judged_in_a_few_milliseconds(size):
    rng = random.Random(1)
    weeks = [Week(Counter(rng.choices(NPS.scale, k=size))) for _ in range(78)]
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        judge(NPS.headline, weeks, weeks[0].counts)
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 0.1

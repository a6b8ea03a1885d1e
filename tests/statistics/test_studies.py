"""Comparisons before and after a day, agents' values and handling times keep what they promise."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest

from cxbot.core.figures import before_after, handling_time, shrinkage
from cxbot.core.figures.before_after import Side
from cxbot.core.metrics.metric import Kind, Statistic
from cxbot.core.metrics.shipped import NPS
from cxbot.core.signals.control_charts import group
from cxbot.core.signals.weekly_signal import Week, judge

pytestmark = pytest.mark.statistics


def answers(rng: random.Random, nps: float, n: int) -> Counter[int]:
    """n answers of customers with this NPS."""
    bad = max(0.05, min(0.25, (1 - nps / 100) / 2 - 0.05))
    good = bad + nps / 100
    return Counter(rng.choices((10, 8, 3), (good, 1 - good - bad, bad), k=n))


@pytest.mark.parametrize("swing", [0, 8, 15])
@pytest.mark.parametrize(("per_week", "after"), [(10, 4), (30, 8), (100, 13)])
def test_a_comparison_covers_the_true_change(per_week: int, after: int, swing: float) -> None:
    rng = random.Random(per_week + after + swing)

    def side(nps: float, weeks: int) -> Side:
        return Side([group(NPS.headline, answers(rng, nps + rng.gauss(0, swing), per_week)) for _ in range(weeks)])

    covered = found = 0
    for _ in range(400):
        steady = before_after.step(NPS, side(25, 26), side(25, after)).change
        moved = before_after.step(NPS, side(25, 26), side(5, after)).change
        assert steady is not None
        assert moved is not None
        covered += steady.low <= 0 <= steady.high
        found += moved.high < 0
    print(
        f"{per_week} a week, {after} weeks after, swing {swing}: covers {covered / 4:.1f} %, sees −20 {found / 4:.0f} %"
    )
    assert covered / 400 >= 0.92


@pytest.mark.parametrize("agents", [3, 6, 12, 40])
@pytest.mark.parametrize("apart", [0, 5, 15, 30])
def test_agents_values_are_closer_to_the_truth_and_their_ranges_hold(agents: int, apart: float) -> None:
    rng = random.Random(agents + apart)
    covered = total = 0
    plain = drawn = 0.0
    for _ in range(4800 // agents // 4):
        true, given = {}, {}
        for agent in map(str, range(agents)):
            true[agent] = min(max(rng.gauss(30, apart), -80), 80)
            bad = max(0.0, min(0.25, (1 - true[agent] / 100) / 2)) if true[agent] >= -50 else -true[agent] / 100
            good = bad + true[agent] / 100
            given[agent] = Counter(rng.choices((10, 8, 3), (good, 1 - good - bad, bad), k=rng.choice((10, 20, 40, 80))))
        for agent, estimate in shrinkage.shrunken(NPS, given, {}).items():
            counts = given[agent]
            value = 100 * (counts[10] - counts[3]) / counts.total()
            covered += estimate.low <= true[agent] <= estimate.high
            total += 1
            plain += (value - true[agent]) ** 2
            drawn += (estimate.value - true[agent]) ** 2
    print(f"{agents} agents, {apart} apart: covers {100 * covered / total:.1f} %, "
          f"error {math.sqrt(plain / total):.1f} → {math.sqrt(drawn / total):.1f}")  # fmt: skip
    assert covered / total >= 0.91
    assert drawn < plain


def handled(rng: random.Random, n: int, sigma: float) -> Week:
    """A week of lognormal handling times."""
    times = Counter(rng.lognormvariate(6, sigma) for _ in range(n))
    return Week(handling_time.log_of_mean(handling_time.sums(times)))


@pytest.mark.parametrize("sigma", [0.6, 1.0, 1.3])
@pytest.mark.parametrize("per_week", [12, 40, 150])
def test_average_handling_times_of_ordinary_weeks_are_seldom_flagged(per_week: int, sigma: float) -> None:
    rng = random.Random(per_week)
    flagged = 0
    for _ in range(60):
        weeks = [handled(rng, per_week, sigma) for _ in range(40)]
        words = [judge(Statistic(Kind.MEAN), weeks[:place], weeks[place].group).word for place in range(30, 40)]
        flagged += sum(word in ("up", "down") for word in words)
    print(f"{per_week} interactions a week, σ {sigma}: {flagged / 6:.1f} % of ordinary weeks flagged")
    # The mean of a few very skewed times is skewed even as a logarithm.
    assert flagged / 600 <= (0.035 if (per_week, sigma) == (12, 1.3) else 0.02)

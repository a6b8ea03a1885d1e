"""How often a lasting change is told within 12 weeks, and how often one is told that there is not; simulated."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from cxbot.core.metrics.metric import Kind, Statistic
from cxbot.core.signals import weekly_signal
from cxbot.core.signals.control_charts import Group

pytestmark = pytest.mark.statistics

HISTORY, WITHIN = 26, 12  # weeks before a change, and weeks in which it is to be told
TEAMS, STEADY_TEAMS = 500, 120
STEADY_WEEKS = 78
MOST = 1.0  # percent of judged weeks
NPS, SHARE = Statistic(Kind.NET), Statistic(Kind.SHARE)
PASSIVES = 0.3
Weeks = list[weekly_signal.Week]


def nps_week(rng: np.random.Generator, n: int, nps: float) -> weekly_signal.Week:
    promoters = min(max((1 - PASSIVES + nps / 100) / 2, 0.0), 1.0)
    detractors = max(1 - PASSIVES - promoters, 0.0)
    shares = [promoters, detractors, max(0.0, 1 - promoters - detractors)]
    good, bad, _ = map(int, rng.multinomial(n, shares))
    return weekly_signal.Week(Group(n, good - bad, good + bad))


def nps_weeks(rng: np.random.Generator, sizes: np.ndarray, swing: float = 0.0, nps: float = 32) -> Weeks:
    return [nps_week(rng, int(n), nps + swing * rng.standard_normal()) for n in sizes]


def share_weeks(rng: np.random.Generator, sizes: np.ndarray, share: float, swing: float) -> Weeks:
    weeks = []
    for n in map(int, sizes):
        good = int(rng.binomial(n, min(1.0, max(0.0, share + swing * rng.standard_normal()))))
        weeks.append(weekly_signal.Week(Group(n, good, good)))
    return weeks


def words(statistic: Statistic, weeks: Weeks, first: int) -> list[str]:
    """The words of the verdicts on weeks, each as it was given at its time."""
    found = []
    for place in range(first, len(weeks)):
        before = weeks[max(place - STEADY_WEEKS, 0) : place]
        found.append(weekly_signal.judge(statistic, before, weeks[place].group).word)
    return found


@pytest.mark.parametrize(
    ("per_week", "drop", "least"),
    [(15, -30, 85), (20, -20, 75), (30, -20, 85), (60, -10, 55), (60, -20, 97), (200, -10, 95)],
)
def test_a_lasting_drop_is_told_within_twelve_weeks(per_week: int, drop: int, least: float) -> None:
    rng = np.random.default_rng([per_week, -drop])
    told = 0
    for _ in range(TEAMS):
        before = nps_weeks(rng, rng.poisson(per_week, HISTORY))
        after = nps_weeks(rng, rng.poisson(per_week, WITHIN), nps=32 + drop)
        told += "down" in words(NPS, [*before, *after], HISTORY)
    power = 100 * told / TEAMS
    print(f"{per_week} answers a week, {drop}: {power:.0f} % told within {WITHIN} weeks")
    assert power >= least - 200 * math.sqrt(least / 100 * (1 - least / 100) / TEAMS)


def clustered(rng: np.random.Generator) -> Weeks:
    """Forty customers a week with five answers each, four of five of which are what the customer always says."""
    weeks = []
    for _ in range(STEADY_WEEKS):
        usual = np.repeat(rng.choice([1, 0, -1], 40, p=[0.5, 0.3, 0.2]), 5)
        other = rng.choice([1, 0, -1], 200, p=[0.5, 0.3, 0.2])
        points = np.where(rng.random(200) < 0.8, usual, other)
        weeks.append(weekly_signal.Week(Group(200, int(points.sum()), int((points**2).sum()))))
    return weeks


def bursts(rng: np.random.Generator, swing: float) -> Weeks:
    sizes = np.where(rng.random(STEADY_WEEKS) < 0.08, rng.poisson(300, STEADY_WEEKS), rng.poisson(30, STEADY_WEEKS))
    return nps_weeks(rng, sizes, swing)


NPS_TEAMS = ((8, 0), (15, 0), (30, 0), (100, 0), (400, 0), (30, 8), (30, 15), (100, 8), (100, 15), (400, 12))
SHARE_TEAMS = ((0.9, 50, 0.026), (0.95, 100, 0.015), (0.98, 100, 0.01), (0.98, 400, 0.01), (0.95, 20, 0))
STEADY: dict[str, tuple[Statistic, Callable[[np.random.Generator], Weeks]]] = {
    **{
        f"NPS, {n} answers a week, a swing of {swing} points": (
            NPS, lambda rng, n=n, swing=swing: nps_weeks(rng, rng.poisson(n, STEADY_WEEKS), swing)
        )
        for n, swing in NPS_TEAMS
    },
    "NPS, bursts of ten times 30 answers": (NPS, lambda rng: bursts(rng, 0)),
    "NPS, bursts of ten times 30 answers, a swing of 10 points": (NPS, lambda rng: bursts(rng, 10)),
    "NPS, 40 customers with 5 answers each": (NPS, clustered),
    **{
        f"{100 * share:.0f} %, {n} answers a week, a swing of {100 * swing:.1f} points": (
            SHARE,
            lambda rng, n=n, share=share, swing=swing: share_weeks(rng, rng.poisson(n, STEADY_WEEKS), share, swing),
        )
        for share, n, swing in SHARE_TEAMS
    },
}  # fmt: skip


@pytest.mark.parametrize("name", STEADY)
def test_a_steady_team_is_seldom_told_of_a_change(name: str) -> None:
    statistic, weeks_of = STEADY[name]
    judged = alarms = 0
    for seed in range(STEADY_TEAMS):
        found = words(statistic, weeks_of(np.random.default_rng(seed)), HISTORY)
        judged += sum(word in ("up", "down", "within noise") for word in found)
        alarms += sum(word in ("up", "down") for word in found)
    rate = 100 * alarms / judged
    print(f"{name}: {rate:.2f} % of {judged} judged weeks")
    # Alarms come in runs, so the standard error is about twice that of independent weeks.
    assert rate <= MOST + 2 * 200 * math.sqrt(MOST / 100 / judged)

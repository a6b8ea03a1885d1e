"""How often the weekly signal alarms although nothing has changed, in simulated teams with 40 weeks of history."""

import math
from functools import cache

import numpy as np
import pytest

from cxbot.core.metrics.metric import Kind, Statistic
from cxbot.core.metrics.shipped import CES, CSAT, NPS
from cxbot.core.signals import weekly_signal
from cxbot.core.signals.control_charts import Group
from tests.weeks import Week, judge

pytestmark = pytest.mark.statistics

HISTORY = 40
TEAMS = 1_000
# Percent of judged weeks, with the memory of the latest weeks.
MOST = 1.0
# Three standard errors of a rate of 1 % among so many teams.
CHANCE = 300 * math.sqrt(0.01 / TEAMS)

MIXES = {
    "nps 30": (NPS, {10: 50, 8: 30, 3: 20}),
    "nps 70": (NPS, {10: 75, 8: 20, 3: 5}),
    "nps -40": (NPS, {10: 15, 8: 30, 3: 55}),
    "csat 70": (CSAT, {5: 70, 1: 30}),
    "csat 95": (CSAT, {5: 95, 1: 5}),
    "ces 5.4": (CES, {1: 3, 2: 3, 3: 6, 4: 10, 5: 20, 6: 30, 7: 28}),
}
# Answers a week, on average; below 10 four weeks are judged as one, and below 20 those of the baseline are merged.
SMALL, LARGE = (6, 8, 10), (30, 100)


@cache
def alarms(name, per_week):
    """False alarms among judged weeks in percent, and the share of weeks that could be judged."""
    metric, mix = MIXES[name]
    shares = np.array(list(mix.values())) / sum(mix.values())
    rng = np.random.default_rng([per_week, *name.encode()])
    words = []
    for _ in range(TEAMS):
        drawn = rng.multinomial(rng.poisson(per_week, HISTORY + 1), shares)
        weeks = [Week(dict(zip(mix, map(int, week), strict=True))) for week in drawn]
        words.append(judge(metric.headline, weeks[:-1], weeks[-1].counts).word)
    judged = [word for word in words if word in ("up", "down", "within noise")]
    return 100 * sum(word != "within noise" for word in judged) / len(judged), len(judged) / TEAMS


@pytest.mark.parametrize("per_week", [*SMALL, *LARGE])
@pytest.mark.parametrize("name", ["nps 30", "nps 70", "nps -40"])
def test_a_constant_nps_seldom_alarms(name, per_week):
    rate, judged = alarms(name, per_week)
    assert rate <= MOST + CHANCE
    assert judged > 0.7


@pytest.mark.parametrize("per_week", [8, 30])
@pytest.mark.parametrize("name", ["csat 70", "csat 95", "ces 5.4"])
def test_constant_shares_and_means_seldom_alarm(name, per_week):
    rate, _ = alarms(name, per_week)
    assert rate <= MOST + CHANCE


@pytest.mark.parametrize("sizes", [SMALL, LARGE])
def test_the_chart_alarms_about_as_often_as_promised(sizes):
    rates = [alarms(name, per_week)[0] for name in MIXES if name.startswith("nps") for per_week in sizes]
    assert 0.15 <= np.mean(rates) <= 0.8


TIMES = {
    "alike": lambda rng, n: rng.normal(5.5, 0.6, n),
    "waiting for chance": lambda rng, n: np.log(rng.exponential(300, n)),
    "two kinds of work": lambda rng, n: rng.normal(np.where(rng.random(n) < 0.3, 7.2, 4.8), 0.4),
}


def rate_of(statistic, weeks_of):
    """False alarms among weeks of such groups, in percent."""
    words = []
    for _ in range(TEAMS):
        weeks = [weekly_signal.Week(week) for week in weeks_of()]
        words.append(weekly_signal.judge(statistic, weeks[:-1], weeks[-1].group).word)
    judged = [word for word in words if word in ("up", "down", "within noise")]
    assert len(judged) > 0.7 * TEAMS
    return 100 * sum(word != "within noise" for word in judged) / len(judged)


@pytest.mark.parametrize("per_week", [8, 30, 100])
@pytest.mark.parametrize("name", TIMES)
def test_constant_handling_times_seldom_alarm(name, per_week):
    rng = np.random.default_rng([per_week, *name.encode()])

    def weeks():
        for n in rng.poisson(per_week, HISTORY + 1):
            logs = TIMES[name](rng, n)
            yield Group(int(n), float(logs.sum()), float((logs * logs).sum()))

    assert rate_of(Statistic(Kind.MEAN), weeks) <= MOST + CHANCE


@pytest.mark.parametrize(("customers", "percent"), [(40, 1.0), (300, 1.0), (1000, 0.2), (200, 8.0)])
def test_a_constant_churn_seldom_alarms(customers, percent):
    rng = np.random.default_rng([customers, int(10 * percent)])

    def weeks():
        for lost in map(int, rng.binomial(customers, percent / 100, HISTORY + 1)):
            yield Group(customers, lost, lost)

    assert rate_of(Statistic(Kind.SHARE), weeks) <= MOST + CHANCE

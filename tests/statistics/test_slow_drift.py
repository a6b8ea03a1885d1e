"""How often a month's verdict reports a drift, without one and with a slow one, in simulated teams."""

import math
from functools import cache

import numpy as np
import pytest

from cxbot.core.metrics.shipped import CES, CSAT, NPS
from cxbot.core.signals import slow_drift
from tests.weeks import Week, judge_drift

pytestmark = pytest.mark.statistics

HISTORY = 52  # weeks, the last 13 of which are judged
TEAMS = 1_000
# Percent of the months of teams without a drift: promised is "0.2–0.7", and "below 2" where nearly all agree.
MOST, MOST_NEAR_THE_ENDS = 0.7, 1.8

MIXES = {
    "nps 30": (NPS, {10: 50, 8: 30, 3: 20}),
    "nps 70": (NPS, {10: 75, 8: 20, 3: 5}),
    "csat 70": (CSAT, {5: 70, 1: 30}),
    "csat 95": (CSAT, {5: 95, 1: 5}),
    "csat 98": (CSAT, {5: 98, 1: 2}),
    "csat 3": (CSAT, {5: 3, 1: 97}),
    "ces 5.4": (CES, {1: 3, 2: 3, 3: 6, 4: 10, 5: 20, 6: 30, 7: 28}),
}


def history(name, per_week, rng, moved=0.0):
    """Weeks of a team. In the judged ones a share of the answers, growing evenly from 0 to `moved`, goes from the best
    score to the worst."""
    _, mix = MIXES[name]
    shares = np.array(list(mix.values())) / sum(mix.values())
    best, worst = (list(mix).index(score) for score in (max(mix), min(mix)))
    weeks = []
    for place, n in enumerate(rng.poisson(per_week, HISTORY)):
        now = shares.copy()
        part = moved * max(place - HISTORY + slow_drift.JUDGED_WEEKS + 1, 0) / slow_drift.JUDGED_WEEKS
        now[best] -= part
        now[worst] += part
        weeks.append(Week(dict(zip(mix, map(int, rng.multinomial(n, now)), strict=True))))
    return weeks


@cache
def words(name, per_week, moved=0.0):
    """The verdicts on months of such teams that could be judged."""
    statistic = MIXES[name][0].headline
    rng = np.random.default_rng([per_week, int(1000 * moved), *name.encode()])
    found = [judge_drift(statistic, history(name, per_week, rng, moved)).word for _ in range(TEAMS)]
    return [word for word in found if word not in ("no baseline", "too few")]


def share(found, word):
    return 100 * found.count(word) / len(found)


@pytest.mark.parametrize("per_week", [8, 30, 100])
@pytest.mark.parametrize("name", MIXES)
def test_a_steady_team_seldom_drifts(name, per_week):
    found = words(name, per_week)
    most = MOST_NEAR_THE_ENDS if name in ("csat 95", "csat 98", "csat 3") else MOST
    # Three standard errors of such a rate among so many teams.
    assert 100 - share(found, "steady") <= most + 3 * math.sqrt(100 * most / TEAMS)
    assert len(found) > 0.8 * TEAMS


@pytest.mark.parametrize(("per_week", "least", "most"), [(12, 20, 40), (30, 70, 90), (100, 98, 100)])
def test_a_slow_fall_of_nps_is_seen(per_week, least, most):
    """From 30 to 0 points within the quarter."""
    found = words("nps 30", per_week, 0.15)
    assert least <= share(found, "drifting down") <= most
    assert share(found, "drifting up") < 0.5

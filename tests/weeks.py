"""Weeks of answers as sums, as the signals need them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cxbot.core.metrics.metric import Counts, Statistic
from cxbot.core.signals import weekly_signal
from cxbot.core.signals.control_charts import group


class Week(NamedTuple):
    """The answers of a complete week."""

    counts: Counts
    skip: bool = False


def summed(statistic: Statistic, weeks: Iterable[Week]) -> list[weekly_signal.Week]:
    return [weekly_signal.Week(group(statistic, week.counts), week.skip) for week in weeks]


def judge(statistic: Statistic, weeks: Iterable[Week], current: Counts) -> weekly_signal.Verdict:
    return weekly_signal.judge(statistic, summed(statistic, weeks), group(statistic, current))

"""Weeks of answers as the signals get them: summed up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cxbot.core import drift, signals
from cxbot.core.control import group
from cxbot.core.measure import Counts, Statistic


class Week(NamedTuple):
    """The answers of a complete week."""

    counts: Counts
    skip: bool = False


def summed(statistic: Statistic, weeks: Iterable[Week]) -> list[signals.Week]:
    return [signals.Week(group(statistic, week.counts), week.skip) for week in weeks]


def judge(statistic: Statistic, weeks: Iterable[Week], current: Counts) -> signals.Verdict:
    return signals.judge(statistic, summed(statistic, weeks), group(statistic, current))


def judge_drift(statistic: Statistic, weeks: Iterable[Week]) -> drift.Verdict:
    return drift.judge(statistic, summed(statistic, weeks))

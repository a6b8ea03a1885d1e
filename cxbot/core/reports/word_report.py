"""The word report: which words low answers have more than high ones, and this period more than the one before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, final

from cxbot.core.calendar.periods import Period
from cxbot.core.figures import keyness
from cxbot.core.figures.keyness import Word
from cxbot.core.metrics.metric import Metric
from cxbot.core.queries.query import Query
from cxbot.core.reports import metric_report
from cxbot.core.reports.frame import Asked


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its score."""

    score: int
    text: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class WordReport(Asked):
    """The words of the comments on one metric in one period.

    `low` stand out in the comments of the worst answers against those of the best ones, `high` the other way round,
    and `more` in this period against the period before. `n_low`, `n_high` and `n_before` are the numbers
    of these comments, `n` is that of the period.
    """

    metric: Metric
    n: int
    n_low: int
    n_high: int
    n_before: int
    previous_period: Period
    low: tuple[Word, ...]
    high: tuple[Word, ...]
    more: tuple[Word, ...]


def build(
    query: Query, now: datetime, comments: Iterable[Comment], before: Iterable[Comment], language: str
) -> WordReport:
    """The report, computed from the comments of a period and those of the period before; `language` is the code of the
    language that most of them are in."""
    metric, reader = query.metric, keyness.Reader(language)
    read = [(comment.score, reader.words(comment.text)) for comment in comments]
    groups = list(metric.groups.values())
    best, worst = ([words for score, words in read if score in scores] for scores in (groups[0], groups[-1]))
    earlier = [reader.words(comment.text) for comment in before]
    return WordReport(
        query=query,
        now=now,
        metric=metric,
        n=len(read),
        n_low=len(worst),
        n_high=len(best),
        n_before=len(earlier),
        previous_period=query.period.previous(),
        low=tuple(keyness.telling(worst, best)),
        high=tuple(keyness.telling(best, worst)),
        more=tuple(keyness.telling([words for _, words in read], earlier)),
    )


def as_json(report: WordReport) -> dict[str, Any]:
    """The report as data."""
    return {
        "report": "words",
        **metric_report.question_json(report, report.n),
        "low": {"n": report.n_low, "words": _words(report.low)},
        "high": {"n": report.n_high, "words": _words(report.high)},
        "more": {
            "period": metric_report.period_json(report.previous_period, report.now),
            "n": report.n_before,
            "words": _words(report.more),
        },
    }


def _words(words: Sequence[Word]) -> list[dict[str, Any]]:
    return [
        {"word": word.text, "n": word.n, "of": word.of, "others": word.others, "others_of": word.others_of, "p": word.p}
        for word in words
    ]

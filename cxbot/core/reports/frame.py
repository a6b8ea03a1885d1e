"""What all reports have in common: the question, the time, the period to compare with, and the parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, Self

from cxbot.core.calendar.periods import Period
from cxbot.core.metrics import differences
from cxbot.core.metrics.differences import Change, Detail
from cxbot.core.queries.query import Query
from cxbot.core.signals.weekly_signal import Verdict

NOT_JUDGED = "no baseline"
UNFINISHED = "so far"


class Part(Protocol):
    """A part of a `by:` report."""

    @property
    def key(self) -> str:
        """The dimension and the value, such as `team:Support`."""

    @property
    def n(self) -> int:
        """The number of answers, interactions or customers behind the part's figure."""

    def hidden(self) -> Self:
        """A copy of the part with only its key and `n`, without figures."""


class Sized(Protocol):
    """Figures of a period."""

    @property
    def n(self) -> int:
        """The number of answers, interactions or customers behind the figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A report: a question, and the moment `now` at which the report is made."""

    query: Query
    now: datetime

    @property
    def complete(self) -> bool:
        """Whether the period is over."""
        return self.query.period.complete(self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside(Asked):
    """A report with another period to compare with, and with parts if the question has a `by:`.

    `signal` is the basis of the verdict. It is None for an unfinished period, for a report without a single main
    figure, and if the figure is not shown.
    """

    previous_period: Period
    segments: Sequence[Part] | None
    signal: Verdict | None

    @property
    def verdict(self) -> str:
        """The verdict: one of the contract's words."""
        if self.signal is None:
            return NOT_JUDGED if self.complete else UNFINISHED
        return self.signal.word

    @property
    def settled(self) -> bool:
        """Whether both periods are over."""
        return self.complete and self.previous_period.complete(self.now)

    def showing(self, *, least: int = 0, only: frozenset[str] | None = None) -> Self:
        """A copy of the report with the parts that a person may see.

        If `only` is given, these are the parts with a key in `only`. Parts with fewer than `least` answers get no
        figures.
        """
        allowed = (part for part in self.segments or () if only is None or part.key in only)
        return replace(self, segments=tuple(part if part.n >= least else part.hidden() for part in allowed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared(Beside):
    """A report whose figures are compared with the figures of the other period."""

    current: Sized
    previous: Sized
    change: Change | None

    @property
    def n(self) -> int:
        """The number of answers, interactions or customers behind the headline."""
        return self.current.n

    @property
    def detail(self) -> Detail:
        """How much a message may show with the numbers of answers in both periods."""
        return differences.detail_for(self.current.n, self.previous.n)

    @property
    def compared(self) -> bool:
        """Whether a message may show the change: both periods are over and have at least 10 answers."""
        return self.settled and self.change is not None and self.detail is Detail.COMPARISON

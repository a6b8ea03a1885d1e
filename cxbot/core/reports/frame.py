"""What all reports have in common: question, time, the other period, and parts."""

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
        """The dimension and the value, as `team:Support`."""

    @property
    def n(self) -> int:
        """The number of answers, interactions or customers behind its figure."""

    def hidden(self) -> Self:
        """The part with only its number of answers."""


class Sized(Protocol):
    """Figures of a period."""

    @property
    def n(self) -> int:
        """The number of answers, interactions or customers behind them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that is answered at the moment `now`."""

    query: Query
    now: datetime

    @property
    def complete(self) -> bool:
        """Whether the period is over."""
        return self.query.period.complete(self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside(Asked):
    """An answer with another period beside it, and with parts if the question has a `by:`.

    `signal` is the basis of the verdict. It is None for an unfinished period, and if there is no single figure.
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
        """The report with the parts that a person may see: only those in `only` (if given), and figures only from
        `least` answers on."""
        allowed = (part for part in self.segments or () if only is None or part.key in only)
        return replace(self, segments=tuple(part if part.n >= least else part.hidden() for part in allowed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared(Beside):
    """An answer whose figures are compared with those of the other period."""

    current: Sized
    previous: Sized
    change: Change | None

    @property
    def n(self) -> int:
        """The number of answers, interactions or customers behind the headline."""
        return self.current.n

    @property
    def detail(self) -> Detail:
        """How much a message may show with this number of answers."""
        return differences.detail_for(self.current.n, self.previous.n)

    @property
    def compared(self) -> bool:
        """Whether a message may show the change: both periods are over and have enough answers."""
        return self.settled and self.change is not None and self.detail is Detail.COMPARISON

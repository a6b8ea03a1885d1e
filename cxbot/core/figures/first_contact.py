"""First-contact resolution as observed: whether a customer had to come back about the same topic."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cxbot.core.metrics.estimates import Estimate
from cxbot.core.metrics.percentage import percent

REPEAT_WINDOW = timedelta(days=7)
"""How soon the next contact makes the first one unresolved."""

YES, NO = 1, 0


@dataclass(frozen=True, slots=True)
class Issue:
    """An interaction that was closed, and the customer's next contact about the same topic, if any.

    `stated` is what the customer answered to “was it resolved?”: 1 yes, 0 no, anything else or None
    neither.
    """

    id: str
    closed: datetime
    following: datetime | None = None
    stated: int | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """Issues in numbers: `matured` are as old as the window, `resolved` those without a repeat in it.

    `not_yet` are younger: they say nothing, even where the customer is back already, since only bad
    news can come early.
    """

    matured: int
    resolved: int
    not_yet: int

    @property
    def rate(self) -> float | None:
        """100·resolved/matured, 0…100; None when nothing has matured."""
        return 100 * self.resolved / self.matured if self.matured else None

    def estimate(self, confidence: float = 0.95) -> Estimate | None:
        """The rate with Wilson's interval."""
        return percent(self.resolved, self.matured, confidence)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An interaction of which the customer says something else than what was observed."""

    id: str
    stated: bool
    observed: bool


def observed(issues: Iterable[Issue], window: timedelta, as_of: datetime) -> Observed:
    """What is known at `as_of` of interactions closed before it.

    A repeat counts before closed + window, also one that began before the first was closed; what is
    closed after `as_of` is not known yet.
    """
    matured = resolved = not_yet = 0
    for issue in issues:
        if issue.closed > as_of:
            continue
        outcome = _resolved(issue, window, as_of)
        not_yet += outcome is None
        matured += outcome is not None
        resolved += outcome is True
    return Observed(matured, resolved, not_yet)


def disagreement(issue: Issue, window: timedelta, as_of: datetime) -> Disagreement | None:
    """The contradiction between a matured issue and what its customer stated; None if there is none."""
    resolved = _resolved(issue, window, as_of)
    if resolved is None or issue.stated not in (YES, NO) or resolved == (issue.stated == YES):
        return None
    return Disagreement(issue.id, stated=issue.stated == YES, observed=resolved)


def _resolved(issue: Issue, window: timedelta, as_of: datetime) -> bool | None:
    due = issue.closed + window
    if due > as_of:
        return None
    return issue.following is None or issue.following >= due


@dataclass(frozen=True, slots=True)
class GrossAndNet:
    """First-contact resolution of all issues, and of those that could be resolved at first contact."""

    gross: Estimate | None
    net: Estimate | None


def gross_and_net(resolved: int, issues: int, not_resolvable: int, confidence: float = 0.95) -> GrossAndNet:
    """resolved/issues and resolved/(issues − not_resolvable), in percent with Wilson's interval.

    `not_resolvable` could not be resolved at first contact by anyone, such as a delivery that takes
    days. None where nothing is left to divide by. Raises ValueError when more is resolved than could
    be.
    """
    return GrossAndNet(percent(resolved, issues, confidence), percent(resolved, issues - not_resolvable, confidence))

"""First-contact resolution as observed: whether a customer had to come back about the same topic."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cxbot.core.metrics.estimates import Estimate
from cxbot.core.metrics.percentage import percent

REPEAT_WINDOW = timedelta(days=7)
"""If the next contact comes sooner than this, the first one did not resolve the issue."""

YES, NO = 1, 0


@dataclass(frozen=True, slots=True)
class Issue:
    """A closed interaction, and the customer's next contact about the same topic, if any.

    `following` is the moment of the next contact. `stated` is the customer's answer to “was it resolved?”: 1 for yes,
    0 for no, anything else or None for neither.
    """

    id: str
    closed: datetime
    following: datetime | None = None
    stated: int | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """Numbers of issues.

    `matured` issues are at least as old as the window. `resolved` is the number of matured issues without a repeat
    contact in the window. `not_yet` issues are younger and don't count, not even if the customer is back already:
    within the window only failures can show, so counting these issues would bias the rate.
    """

    matured: int
    resolved: int
    not_yet: int

    def __add__(self, other: "Observed") -> "Observed":
        return Observed(self.matured + other.matured, self.resolved + other.resolved, self.not_yet + other.not_yet)

    def times(self, n: int) -> "Observed":
        """As many issues of the same kind, n times."""
        return Observed(n * self.matured, n * self.resolved, n * self.not_yet)

    @property
    def rate(self) -> float | None:
        """100·resolved/matured, 0…100; None if nothing has matured."""
        return 100 * self.resolved / self.matured if self.matured else None

    def estimate(self, confidence: float = 0.95) -> Estimate | None:
        """The rate with Wilson's interval."""
        return percent(self.resolved, self.matured, confidence)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An interaction for which the customer stated one thing and the contacts show another."""

    id: str
    stated: bool
    observed: bool


def observed(issues: Iterable[Issue], window: timedelta, as_of: datetime) -> Observed:
    """The resolution of interactions, as known at `as_of`.

    The next contact is a repeat if it began before closed + window, even if it began before the first contact was
    closed. Interactions closed after `as_of` are ignored.
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
    """The gross rate resolved/issues and the net rate resolved/(issues − not_resolvable), in percent.

    Both have Wilson's interval. `not_resolvable` issues could not be resolved at first contact by anyone, such as a
    delivery that takes days. A rate is None if there are no issues to divide by. Raises ValueError if more issues are
    resolved than could be.
    """
    return GrossAndNet(percent(resolved, issues, confidence), percent(resolved, issues - not_resolvable, confidence))

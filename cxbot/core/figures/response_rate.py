"""Response rates of the surveys that were sent, and which answers count."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cxbot.core.metrics.estimates import check_score
from cxbot.core.metrics.metric import Metric
from cxbot.errors import UsageError


@dataclass(frozen=True, slots=True)
class Response:
    """The cohort of surveys sent in a period, in numbers of surveys.

    `answered` were answered in time. `open` are surveys whose window is not over, whether answered or not; while there
    are any, `rate` is "so far". Settled surveys are those whose window is over.
    """

    sent: int
    delivered: int
    answered: int
    open: int
    settled_delivered: int
    settled_answered: int

    @property
    def rate(self) -> float | None:
        """100·answered/delivered, 0…100; None if nothing was delivered."""
        return _percent(self.answered, self.delivered)

    @property
    def settled_rate(self) -> float | None:
        """The rate among surveys whose window is over, 0…100; None if there are none."""
        return _percent(self.settled_answered, self.settled_delivered)


def settled(invitations: Iterable[tuple[datetime, datetime | None]], as_of: datetime, window: timedelta) -> Response:
    """The response to delivered invitations, as known at `as_of`.

    Each invitation is a pair: the moment it was sent, and the moment it was answered, or None. An answer is in time
    before sent + window; from then on the invitation is settled. Anything sent or answered after `as_of` is ignored.
    """
    sent = answered = settled_sent = settled_answered = 0
    for sent_at, answered_at in invitations:
        if sent_at > as_of:
            continue
        closes = sent_at + window
        in_time = answered_at is not None and answered_at < closes and answered_at <= as_of
        sent += 1
        answered += in_time
        if closes <= as_of:
            settled_sent += 1
            settled_answered += in_time
    return Response(sent, sent, answered, sent - settled_sent, settled_sent, settled_answered)


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """One score given to an invitation. An invitation may have several."""

    invitation: str
    at: datetime
    score: object


@dataclass(frozen=True, slots=True)
class Counted:
    """Scores by invitation. An invitation may be in several of the three groups.

    `counted` scores count. `late` scores are stored but don't count. `rejected` has the errors for scores outside the
    scale.
    """

    counted: dict[str, int] = field(default_factory=dict)
    late: dict[str, int] = field(default_factory=dict)
    rejected: dict[str, UsageError] = field(default_factory=dict)


def counted(events: Iterable[AnswerEvent], window_end: datetime, metric: Metric) -> Counted:
    """One score for each invitation: the last valid one before `window_end`.

    Of events at the same moment, the later one in `events` wins. The same rule chooses among late scores. A score
    outside the scale never counts.
    """
    result = Counted()
    for event in sorted(events, key=lambda event: event.at):
        try:
            score = check_score(metric, event.score)
        except UsageError as error:
            result.rejected[event.invitation] = error
            continue
        (result.counted if event.at < window_end else result.late)[event.invitation] = score
    return result


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None

"""What came back of the surveys that were sent: response rates, and which answers count."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cxbot.core.metrics.estimates import check_score
from cxbot.core.metrics.metric import Metric
from cxbot.errors import UsageError


@dataclass(frozen=True, slots=True)
class Response:
    """The cohort of surveys sent in a period, in numbers of surveys.

    `answered` are answers in time. `open` are surveys whose window is not over, answered or not;
    while there are any, `rate` is "so far". The settled ones are those whose window is over.
    """

    sent: int
    delivered: int
    answered: int
    open: int
    settled_delivered: int
    settled_answered: int

    @property
    def rate(self) -> float | None:
        """100·answered/delivered, 0…100; None when nothing was delivered."""
        return _percent(self.answered, self.delivered)

    @property
    def settled_rate(self) -> float | None:
        """The rate among surveys whose window is over, 0…100; None when there are none."""
        return _percent(self.settled_answered, self.settled_delivered)


def settled(invitations: Iterable[tuple[datetime, datetime | None]], as_of: datetime, window: timedelta) -> Response:
    """The response to delivered invitations, given as (sent, answered or None), known at `as_of`.

    An answer is in time before sent + window; then the invitation is settled. What was sent or
    answered after `as_of` is not known yet.
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
    """One score given to an invitation; an invitation may have several."""

    invitation: str
    at: datetime
    score: object


@dataclass(frozen=True, slots=True)
class Counted:
    """Which scores count, by invitation: `late` are stored and thanked for, `rejected` say why not."""

    counted: dict[str, int] = field(default_factory=dict)
    late: dict[str, int] = field(default_factory=dict)
    rejected: dict[str, UsageError] = field(default_factory=dict)


def counted(events: Iterable[AnswerEvent], window_end: datetime, metric: Metric) -> Counted:
    """One score for each invitation: the last valid one given before `window_end`.

    Of events at the same moment the later one in `events` wins. Late scores are told apart in the
    same way; a score off the scale never counts, whenever it came.
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

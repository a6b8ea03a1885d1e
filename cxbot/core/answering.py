"""What a click or a comment does to an answer: in time, late, older, locked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from cxbot.core.periods import week_of

CHANGE_FOR = timedelta(hours=24)
CHANGE_AT_LEAST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """The current answer to one question of one invitation. `reasons` are codes; `answered_at` is the moment
    of the first score and never moves; `action_ts` is Slack's time of the click that counts."""

    score: int | None
    reasons: tuple[str, ...] = ()
    comment: str = ""
    contact: bool = False
    answered_at: datetime | None = None
    late: bool = False
    action_ts: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something a customer did: Slack's own time of it (which orders clicks and names it once), when it arrived,
    and where a reply that replaces a private message can go ("" for none)."""

    ts: str
    at: datetime
    reply_to: str = ""


def lock_time(first: datetime, timezone: str) -> datetime:
    """Until when a score given at `first` can be changed: 24 hours, not beyond the end of its ISO week in
    the team's zone, and always one hour."""
    week_end = week_of(first, timezone).end
    return max(first + CHANGE_AT_LEAST, min(first + CHANGE_FOR, week_end))


def outcome(current: Answer, action_ts: str, now: datetime, *, open_now: bool, locked_at: datetime | None) -> str:
    """What becomes of a click on a score: `counted`, `late` (stored, marked, not counted), `older` (a newer
    click is already there) or `locked` (the time for changes is over).

    Which of two clicks counts is decided by Slack's `action_ts`, not by arrival.
    """
    if current.score is None:
        return "counted" if open_now else "late"
    if newer(current.action_ts, action_ts):
        return "older"
    if locked_at is not None and now >= locked_at:
        return "locked"
    return "late" if current.late else "counted"


def form_ts(at: datetime, shown: str) -> str:
    """The time of a submitted form, for which Slack sends none: now, and in any case after the click whose answer
    the form showed, since Slack's clock may be ahead of ours."""
    return str(max(Decimal(f"{at.timestamp():.6f}"), Decimal(shown or "0") + Decimal("0.000001")))


def newer(first: str, second: str) -> bool:
    """Whether Slack timestamp `first` is later than or the same as `second`."""
    return Decimal(first or "0") >= Decimal(second or "0")

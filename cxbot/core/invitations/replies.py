"""What a click or a comment does to an answer: in time, late, older, locked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from cxbot.core.calendar.periods import week_of
from cxbot.core.surveys.survey import Item, Reason, Survey

CHANGE_FOR = timedelta(hours=24)
CHANGE_AT_LEAST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """The current answer to one item. `answered_at` is the moment of its first score and never changes; `action_ts`
    is Slack's time of the click that counts."""

    score: int | None = None
    answered_at: datetime | None = None
    late: bool = False
    action_ts: str = ""


UNANSWERED = Answer()


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to one invitation: an answer per item (by name of its metric), and reasons, comment and contact
    about the whole survey. `reasons` are codes."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    comment: str = ""
    contact: bool = False

    def answer(self, item: Item) -> Answer:
        """The answer to an item. It has no score if there is none yet."""
        return self.answers.get(item.metric.name, UNANSWERED)

    def score(self, item: Item) -> int | None:
        """The score of an item, or None."""
        return self.answer(item).score

    def given(self, survey: Survey) -> list[tuple[Item, int]]:
        """The items with a score, in their order, with their scores."""
        return [(item, score) for item in survey.items if (score := self.score(item)) is not None]

    def complete(self, survey: Survey) -> bool:
        """Whether every item is answered."""
        return len(self.given(survey)) == len(survey.items)

    def low(self, survey: Survey) -> bool:
        """Whether these answers mean that the person was let down."""
        return any(score in item.alarm for item, score in self.given(survey))

    def reasons_for(self, survey: Survey) -> tuple[Reason, ...]:
        """The one-tap reasons that fit the answers so far."""
        return survey.reasons(self.given(survey))

    def answered(self, item: Item, answer: Answer) -> Reply:
        """The reply with another answer to an item."""
        return replace(self, answers={**self.answers, item.metric.name: answer})


@dataclass(frozen=True, slots=True)
class Action:
    """Something a customer did.

    It has Slack's time of the action (which puts clicks in order and identifies each), the time it arrived, and the
    URL for a private reply ("" if there is none).
    """

    ts: str
    at: datetime
    reply_to: str = ""


def lock_time(first: datetime, timezone: str) -> datetime:
    """Until when a score given at `first` can be changed: for 24 hours, but not after the end of its ISO week in the
    team's zone, and always for at least one hour."""
    week_end = week_of(first, timezone).end
    return max(first + CHANGE_AT_LEAST, min(first + CHANGE_FOR, week_end))


def outcome(current: Answer, action_ts: str, now: datetime, *, open_now: bool, locked_at: datetime | None) -> str:
    """The effect of a click on a score.

    `counted`, `late` (stored and marked, but not counted), `older` (a newer click is already stored) or `locked`
    (the time for changes is over). Slack's `action_ts` decides which of two clicks is newer, not their arrival.
    """
    if current.score is None:
        return "counted" if open_now else "late"
    if newer(current.action_ts, action_ts):
        return "older"
    if locked_at is not None and now >= locked_at:
        return "locked"
    return "late" if current.late else "counted"


def form_ts(at: datetime, shown: str) -> str:
    """The time of a submitted form, because Slack sends none: now, but later than the click whose answer the form
    showed. Slack's clock may be ahead of ours."""
    return str(max(Decimal(f"{at.timestamp():.6f}"), Decimal(shown or "0") + Decimal("0.000001")))


def newer(first: str, second: str) -> bool:
    """Whether Slack timestamp `first` is later than or the same as `second`."""
    return Decimal(first or "0") >= Decimal(second or "0")

"""The reply to an invitation, and the effect of a click on it: counted, late, older or locked."""

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
    """The current answer to one item; `score` is None if there is no answer yet.

    `answered_at` is the moment of the first score and never changes. `action_ts` is Slack's time of the click that
    counts.
    """

    score: int | None = None
    answered_at: datetime | None = None
    late: bool = False
    action_ts: str = ""


UNANSWERED = Answer()


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to one invitation.

    `answers` has the answer to each item, by the name of the item's metric. The rest is about the whole survey:
    `reasons` are codes of one-tap reasons, and `contact` says whether the customer asked to be contacted.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    comment: str = ""
    contact: bool = False

    def answer(self, item: Item) -> Answer:
        """The answer to an item; an answer without a score if the item is unanswered."""
        return self.answers.get(item.metric.name, UNANSWERED)

    def score(self, item: Item) -> int | None:
        """The score of an item; None if the item is unanswered."""
        return self.answer(item).score

    def given(self, survey: Survey) -> list[tuple[Item, int]]:
        """The items with a score, in their order, with their scores."""
        return [(item, score) for item in survey.items if (score := self.score(item)) is not None]

    def complete(self, survey: Survey) -> bool:
        """Whether every item is answered."""
        return len(self.given(survey)) == len(survey.items)

    def low(self, survey: Survey) -> bool:
        """Whether any score is in its item's `alarm`, that is, whether the person was let down."""
        return any(score in item.alarm for item, score in self.given(survey))

    def reasons_for(self, survey: Survey) -> tuple[Reason, ...]:
        """The one-tap reasons that fit the answers so far."""
        return survey.reasons(self.given(survey))

    def answered(self, item: Item, answer: Answer) -> Reply:
        """A copy of the reply with another answer to an item."""
        return replace(self, answers={**self.answers, item.metric.name: answer})


@dataclass(frozen=True, slots=True)
class Action:
    """Something a customer did.

    `ts` is Slack's time of the action; it puts clicks in order and identifies each. `at` is the time at which the
    action arrived. `reply_to` is the URL for a reply that replaces a private message; "" if there is none.
    """

    ts: str
    at: datetime
    reply_to: str = ""


def lock_time(first: datetime, timezone: str) -> datetime:
    """The moment from which a score first given at `first` can no longer be changed.

    A score can be changed for 24 hours, but not after the end of its ISO week in the time zone. It can always be
    changed for at least one hour.
    """
    week_end = week_of(first, timezone).end
    return max(first + CHANGE_AT_LEAST, min(first + CHANGE_FOR, week_end))


def outcome(current: Answer, action_ts: str, now: datetime, *, open_now: bool, locked_at: datetime | None) -> str:
    """The effect of a click on a score.

    It is `counted`, `late` (stored and marked, but not counted), `older` (a newer click is already stored) or `locked`
    (the time for changes is over). Which of two clicks is newer depends on Slack's `action_ts`, not on their arrival.
    `open_now` says whether an answer still counts now.
    """
    if current.score is None:
        return "counted" if open_now else "late"
    if newer(current.action_ts, action_ts):
        return "older"
    if locked_at is not None and now >= locked_at:
        return "locked"
    return "late" if current.late else "counted"


def form_ts(at: datetime, shown: str) -> str:
    """The `action_ts` for a submitted form, for which Slack sends none.

    This is the time `at`, but always later than `shown`, the `action_ts` of the answer that the form showed: Slack's
    clock may be ahead of ours.
    """
    return str(max(Decimal(f"{at.timestamp():.6f}"), Decimal(shown or "0") + Decimal("0.000001")))


def newer(first: str, second: str) -> bool:
    """Whether the Slack timestamp `first` is the same as `second` or later; "" is earlier than any other. What follows
    a timestamp in an action's `ts`, because a form did several things, is not looked at."""
    return _seconds(first) >= _seconds(second)


def _seconds(ts: str) -> Decimal:
    return Decimal(".".join(ts.split(".")[:2]) or "0")

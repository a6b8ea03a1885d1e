"""A survey: its items, the answers with buttons, and the one-tap reasons that fit them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from cxbot.core.metrics.metric import Metric
from cxbot.errors import N_


@dataclass(frozen=True, slots=True)
class Reason:
    """A one-tap reason: a stable code and its label (a message id)."""

    code: str
    label: str


WENT_WRONG = (
    Reason("long_wait", N_("Long wait")),
    Reason("not_solved", N_("Not solved")),
    Reason("hard_to_follow", N_("Hard to follow")),
    Reason("tone", N_("Tone")),
)
WENT_WELL = (
    Reason("speed", N_("Speed")),
    Reason("expertise", N_("Expertise")),
    Reason("attitude", N_("Attitude")),
    Reason("solved", N_("Solved")),
)
REASONS = {reason.code: reason for reason in WENT_WRONG + WENT_WELL}
"""The reasons that come with cxbot, by code."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer with a button.

    `score` is the number that the answer is stored as. `label` is a message id; "" if the button shows the number.
    """

    score: int
    label: str = ""


def numbers(low: int, high: int) -> tuple[Choice, ...]:
    """Answers that are plain numbers, lowest first."""
    return tuple(Choice(score) for score in range(low, high + 1))


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a survey, answered on one metric with one tap.

    `choices` are the buttons in order. `low_label` and `high_label` (message ids) explain the ends of a scale of
    numbers. Scores in `alarm` alert the leads. A person whose scores are all in `praise` is asked what went well;
    anybody else is asked what could have been better.
    """

    metric: Metric
    question: str
    choices: tuple[Choice, ...]
    low_label: str = ""
    high_label: str = ""
    alarm: Collection[int] = ()
    praise: Collection[int] = ()

    @property
    def low(self) -> int:
        """The lowest score that has a button."""
        return min(choice.score for choice in self.choices)

    @property
    def high(self) -> int:
        """The highest score that has a button."""
        return max(choice.score for choice in self.choices)

    @property
    def in_words(self) -> bool:
        """Whether the answers are words rather than numbers."""
        return any(choice.label for choice in self.choices)

    def label(self, score: int) -> str:
        """The label of a score's button (a message id); "" if the button shows the number, or if there is none."""
        return next((choice.label for choice in self.choices if choice.score == score), "")


@dataclass(frozen=True, slots=True)
class Survey:
    """One or several questions asked together.

    `version` stands for the wording and the direction of the scales: answers of different versions are never mixed.
    A survey for `employees` is for colleagues, is always sent by direct message, and alerts nobody. After a close, a
    survey waits for `after` in addition to the team's delay. Of the one-tap reasons, those in `high_reasons` follow
    praise, those in `low_reasons` any other answer.
    """

    name: str
    version: str
    title: str
    items: tuple[Item, ...]
    employees: bool = False
    after: timedelta = timedelta(0)
    low_reasons: tuple[Reason, ...] = WENT_WRONG
    high_reasons: tuple[Reason, ...] = WENT_WELL

    @property
    def first(self) -> Item:
        """The first item. Its stored row has the comment, reasons and contact, which are about the whole survey."""
        return self.items[0]

    @property
    def several(self) -> bool:
        """Whether the survey has more than one item."""
        return len(self.items) > 1

    def item(self, metric: str) -> Item | None:
        """The item with the metric of this name; None if there is none.

        The name "" means the survey's only item; None if it has several.
        """
        if not metric:
            return None if self.several else self.first
        return next((item for item in self.items if item.metric.name == metric), None)

    @property
    def known_reasons(self) -> dict[str, Reason]:
        """The one-tap reasons of both groups by code."""
        return {reason.code: reason for reason in self.low_reasons + self.high_reasons}

    def went_well(self, scores: Iterable[tuple[Item, int]]) -> bool:
        """Whether all answers so far are praise."""
        return all(score in item.praise for item, score in scores)

    def reasons(self, scores: Iterable[tuple[Item, int]]) -> tuple[Reason, ...]:
        """The one-tap reasons that fit the answers so far; none for employees or without an answer."""
        given = list(scores)
        if self.employees or not given:
            return ()
        return self.high_reasons if self.went_well(given) else self.low_reasons

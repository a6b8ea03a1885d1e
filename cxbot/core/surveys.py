"""The surveys as data: question, scale, direction, version and the one-tap reasons that fit a score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
REASONS: Mapping[str, Reason] = {reason.code: reason for reason in WENT_WRONG + WENT_WELL}


@dataclass(frozen=True, slots=True)
class Survey:
    """One question with one score.

    `version` belongs to the wording and the direction of the scale: answers of different versions are never
    pooled. `low` and `high` are the ends of the scale, `low_label` and `high_label` what they mean; scores up
    to `alarm` call the leads; scores from `praise` on are asked what went well, the others what went wrong.
    """

    name: str
    metric: str
    version: str
    title: str
    question: str
    low: int
    high: int
    low_label: str
    high_label: str
    alarm: int
    praise: int

    @property
    def scores(self) -> range:
        """Every score that has a button, lowest first."""
        return range(self.low, self.high + 1)

    def is_low(self, score: int) -> bool:
        """Whether a person with this score was let down."""
        return score <= self.alarm

    def reasons(self, score: int) -> tuple[Reason, ...]:
        """The one-tap reasons that fit a score."""
        return WENT_WELL if score >= self.praise else WENT_WRONG

    def follow_up(self, score: int) -> str:
        """The question above the reasons (a message id)."""
        return N_("What went well?") if score >= self.praise else N_("What could have been better?")


SURVEYS: Mapping[str, Survey] = {
    survey.name: survey
    for survey in (
        Survey(
            name="nps",
            metric="nps",
            version="nps-1",
            title=N_("NPS (would you recommend us)"),
            question=N_("How likely are you to recommend us to a colleague?"),
            low=0,
            high=10,
            low_label=N_("not at all likely"),
            high_label=N_("extremely likely"),
            alarm=6,
            praise=9,
        ),
        Survey(
            name="csat",
            metric="csat",
            version="csat-1",
            title=N_("CSAT (satisfaction)"),
            question=N_("How satisfied are you with the help you got?"),
            low=1,
            high=5,
            low_label=N_("very dissatisfied"),
            high_label=N_("very satisfied"),
            alarm=2,
            praise=4,
        ),
        Survey(
            name="ces",
            metric="ces",
            version="ces-2.0",
            title=N_("CES (ease)"),
            question=N_("“You made it easy for me to get this handled.” How much do you agree?"),
            low=1,
            high=7,
            low_label=N_("strongly disagree"),
            high_label=N_("strongly agree"),
            alarm=3,
            praise=5,
        ),
    )
}

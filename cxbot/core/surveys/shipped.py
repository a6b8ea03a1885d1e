"""The surveys that come with cxbot, as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from cxbot.core.metrics import shipped
from cxbot.core.metrics.shipped import METRICS
from cxbot.core.surveys.survey import Choice, Item, Survey, numbers
from cxbot.errors import N_

NPS = Survey(
    name="nps",
    version="nps-1",
    title=N_("NPS (would you recommend us)"),
    items=(
        Item(
            metric=shipped.NPS,
            question=N_("How likely are you to recommend us to a colleague?"),
            choices=numbers(0, 10),
            low_label=N_("not at all likely"),
            high_label=N_("extremely likely"),
            alarm=range(0, 7),
            praise=range(9, 11),
        ),
    ),
)
CSAT = Survey(
    name="csat",
    version="csat-1",
    title=N_("CSAT (satisfaction)"),
    items=(
        Item(
            metric=shipped.CSAT,
            question=N_("How satisfied are you with the help you got?"),
            choices=numbers(1, 5),
            low_label=N_("very dissatisfied"),
            high_label=N_("very satisfied"),
            alarm=range(1, 3),
            praise=range(4, 6),
        ),
    ),
)
CES = Survey(
    name="ces",
    version="ces-2.0",
    title=N_("CES (ease)"),
    items=(
        Item(
            metric=shipped.CES,
            question=N_("“You made it easy for me to get this handled.” How much do you agree?"),
            choices=numbers(1, 7),
            low_label=N_("strongly disagree"),
            high_label=N_("strongly agree"),
            alarm=range(1, 4),
            praise=range(5, 8),
        ),
    ),
)
FCR = Survey(
    name="fcr",
    version="fcr-1",
    title=N_("First contact (was it solved at once)"),
    items=(
        Item(
            metric=shipped.FCR,
            question=N_("Was your matter solved the first time you contacted us about it?"),
            choices=(Choice(1, N_("Yes")), Choice(0, N_("No")), Choice(2, N_("Not yet sure"))),
            alarm=(0,),
            praise=(1,),
        ),
    ),
)
EXPECTATION = Survey(
    name="expectation",
    version="expectation-1",
    title=N_("Expectation (worse or better than expected)"),
    items=(
        Item(
            metric=shipped.EXPECTATION,
            question=N_("Compared with what you expected, how was it?"),
            choices=(Choice(1, N_("Worse")), Choice(2, N_("As expected")), Choice(3, N_("Better"))),
            alarm=(1,),
            praise=(3,),
        ),
    ),
)
PROMISE = Survey(
    name="promise",
    version="promise-1",
    title=N_("Promise (did we do what we said)"),
    items=(
        Item(
            metric=shipped.PROMISE,
            question=N_("Did we do what we said we would?"),
            choices=(Choice(2, N_("Yes")), Choice(1, N_("Partly")), Choice(0, N_("No"))),
            alarm=(0,),
            praise=(2,),
        ),
    ),
)
STILL_SOLVED = Survey(
    name="still_solved",
    version="still_solved-1",
    title=N_("Still solved (asked two weeks later)"),
    items=(
        Item(
            metric=shipped.STILL_SOLVED,
            question=N_("Some time ago we helped you. Is it still solved?"),
            choices=(Choice(1, N_("Yes")), Choice(0, N_("No"))),
            alarm=(0,),
            praise=(1,),
        ),
    ),
    after=timedelta(days=14),
)
ENPS = Survey(
    name="enps",
    version="enps-1",
    title=N_("eNPS (colleagues: would you recommend working here)"),
    items=(
        Item(
            metric=shipped.ENPS,
            question=N_("How likely are you to recommend working here to a friend?"),
            choices=numbers(0, 10),
            low_label=N_("not at all likely"),
            high_label=N_("extremely likely"),
        ),
    ),
    employees=True,
)


def _agreement(metric: str, statement: str, *, alarm: bool = False) -> Item:
    """A statement, rated by agreement on the scale 1–5."""
    return Item(
        metric=METRICS[metric],
        question=statement,
        choices=numbers(1, 5),
        low_label=N_("strongly disagree"),
        high_label=N_("strongly agree"),
        alarm=range(1, 3) if alarm else (),
        praise=range(4, 6),
    )


EXPERIENCE = Survey(
    name="experience",
    version="experience-1",
    title=N_("Experience (goal, ease, feeling)"),
    items=(
        _agreement("goal", N_("I got done what I came for."), alarm=True),
        _agreement("ease", N_("It was easy."), alarm=True),
        Item(
            metric=METRICS["emotion"],
            question=N_("How did it feel?"),
            choices=numbers(1, 5),
            low_label=N_("very unpleasant"),
            high_label=N_("very pleasant"),
            alarm=range(1, 3),
            praise=range(4, 6),
        ),
    ),
)
LEVELS = Survey(
    name="levels",
    version="levels-1",
    title=N_("Levels (action, emotion, meaning)"),
    items=(
        _agreement("quality", N_("What I got was of good quality."), alarm=True),
        _agreement("delivery", N_("I got it as agreed and in time."), alarm=True),
        _agreement("service", N_("I was served well."), alarm=True),
        _agreement("satisfaction", N_("I am satisfied.")),
        _agreement("trust", N_("I trust this company.")),
        _agreement("engagement", N_("I would like to go on with this company.")),
        _agreement("memorable", N_("I will remember this with pleasure.")),
        _agreement("community", N_("I feel that I belong with the people around this company.")),
        _agreement("meaningful", N_("This has a meaning for me.")),
    ),
)
DISCIPLINES = Survey(
    name="disciplines",
    version="disciplines-1",
    title=N_("Disciplines (colleagues: how we work on experience)"),
    items=(
        _agreement("strategy", N_("We have a clear picture of the experience we want to offer.")),
        _agreement("customer_understanding", N_("We know our customers and share what we know.")),
        _agreement("design", N_("We design our services together with customers.")),
        _agreement("measurement", N_("We measure experience and act on what we find.")),
        _agreement("governance", N_("It is clear who is responsible for what.")),
        _agreement("culture", N_("Everyday work here puts customers first.")),
    ),
    employees=True,
)
SURVEYS: Mapping[str, Survey] = {
    survey.name: survey
    for survey in (
        NPS, CSAT, CES, EXPERIENCE, LEVELS, EXPECTATION, PROMISE, STILL_SOLVED, FCR, ENPS, DISCIPLINES,
    )
}  # fmt: skip

"""Verdicts in words: whether a period is unusual compared with the weeks before it."""

from __future__ import annotations

from collections.abc import Callable

from cxbot.core.signals.weekly_signal import LEAST_JUDGED, Level, Verdict
from cxbot.errors import N_
from cxbot.language import Language

USUAL = N_("usual is %(low)s to %(high)s")
LEVELS = {
    True: N_("↑ *A new level since about %(since)s*: %(before)s → %(after)s."),
    False: N_("↓ *A new level since about %(since)s*: %(before)s → %(after)s."),
}
VERDICTS = {
    "up": N_("↑ *Higher than usual*: %(usual)s."),
    "down": N_("↓ *Lower than usual*: %(usual)s."),
    "within noise": N_("Within noise: %(usual)s."),
}


def line(
    verdict: Verdict | None, language: Language, counted: Callable[[int], str], shown: Callable[[float], str],
    usual: str = USUAL,
) -> str:  # fmt: skip
    """The verdict in one line. A period gets none while it runs or without a baseline.

    `counted` words a number of answers, `shown` words a limit, and `usual` (a message id) says what is between the
    limits.
    """
    if verdict is None:
        return language.say("The period is not over, so it is not judged.")
    if verdict.word == "too few":
        return language.say(
            "No verdict: it takes %(counted)s, in the week or in the last 4 weeks together.",
            counted=counted(LEAST_JUDGED),
        )
    if verdict.word == "no baseline":
        return _no_baseline(verdict.weeks_missing, language)
    assert verdict.low is not None
    assert verdict.high is not None
    level = [_level(verdict.level, language, shown)] if verdict.level is not None and verdict.level.told else []
    if verdict.rule == "level":
        return " ".join(level)
    text = language.say(
        "%(usual)s, by %(counted)s in the %(weeks)s weeks before",
        usual=language.say(usual, low=shown(verdict.low), high=shown(verdict.high)),
        counted=counted(verdict.baseline_n), weeks=verdict.baseline_weeks,
    )  # fmt: skip
    if verdict.merged_weeks > 1:
        text = language.say("the last %(weeks)s weeks judged as one; %(usual)s", weeks=verdict.merged_weeks, usual=text)
    if verdict.rule == "a year ago":
        return language.say("Within noise: as far from usual as in the same weeks a year ago; %(usual)s.", usual=text)
    return " ".join([language.say(VERDICTS[verdict.word], usual=text), *level])


def _level(level: Level, language: Language, shown: Callable[[float], str]) -> str:
    """A lasting change in one sentence."""
    text = LEVELS[level.after > level.before]
    return language.say(text, since=level.week, before=shown(level.before), after=shown(level.after))


def _no_baseline(missing: int | None, language: Language) -> str:
    if missing is None:
        return language.say("No verdict: at this pace 26 weeks are too little to judge by.")
    return language.count(
        missing,
        "No verdict yet: it takes %(n)s more week to compare with. `cxbot import` brings in an older one.",
        "No verdict yet: it takes %(n)s more weeks to compare with. `cxbot import` brings in older ones.",
    )


def rule(verdict: Verdict | None, language: Language) -> list[str]:
    """How the verdict was reached; no lines without a verdict."""
    if verdict is None or not verdict.rule:
        return []
    if verdict.rule == "level":
        return [
            language.say(
                "The verdict: no single week is out of the ordinary, but the last weeks together are (a moving average "
                "of their distances from the weeks before, weight 0.1). From now on weeks are judged by the new level, "
                "as soon as it has enough answers."
            )
        ]
    if verdict.rule == "a year ago":
        return [
            language.say(
                "The verdict: the week is far from usual, but the same weeks a year ago were so, too, at least half as "
                "far."
            )
        ]
    if verdict.rule == "tail":
        return [
            language.say(
                "The verdict: a share further out than the usual range would come up in fewer than 1.35 of 1,000 weeks "
                "(beta-binomial tail with Jeffreys' prior, for shares near 0 or 100%)."
            )
        ]
    return [
        language.say(
            "The verdict: z = %(z)s, measured in the usual variation from week to week (Laney 2002); beyond "
            "±3 it is more than noise.",
            z=language.number(verdict.z or 0.0, 2),
        )
    ]

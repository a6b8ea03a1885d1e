"""Verdicts in words: whether a period is unusual compared with the weeks before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cxbot.core.calendar.periods import Kind
from cxbot.core.metrics.differences import Change, shown_change
from cxbot.core.reports.frame import Beside
from cxbot.core.signals.weekly_signal import LEAST_JUDGED, Level, Verdict
from cxbot.core.statistics.rounding import decimals_apart
from cxbot.errors import N_
from cxbot.language import Language
from cxbot.slack.messages.parts.spans import period_word

USUAL = N_("usual is %(low)s to %(high)s")
LEVELS = {
    True: N_("↑ *A new level since about %(since)s*: %(before)s → %(after)s."),
    False: N_("↓ *A new level since about %(since)s*: %(before)s → %(after)s."),
}
VERDICTS = {
    "up": N_("↑ *Higher than usual*: %(usual)s."),
    "down": N_("↓ *Lower than usual*: %(usual)s."),
}
ALTHOUGH = {
    "up": N_("↑ *Higher than usual*, although lower than %(period)s: %(usual)s."),
    "down": N_("↓ *Lower than usual*, although higher than %(period)s: %(usual)s."),
}


@dataclass(frozen=True, slots=True)
class Words:
    """How the figures of a verdict are put in words.

    `counted` words a number of answers, and `shown` a figure with a number of decimals, at least `decimals`. `apart`
    words a change of a figure; None if a change is not a figure of its own. `usual` (a message id) says what is between
    the limits.
    """

    counted: Callable[[int], str]
    shown: Callable[[float, int], str]
    decimals: int = 0
    apart: Callable[[float], str] | None = None
    usual: str = USUAL


def lines(report: Beside, change: Change | None, words: Words, language: Language) -> list[str]:
    """The judgement in one line: how the period compares with the weeks before it, and how that goes together with the
    difference from the other period. Nothing about a period that is over and whose figure is not shown.

    `change` is that difference; None if it is not shown. A period gets no judgement while it runs or without a
    baseline.
    """
    if report.signal is not None:
        return [_line(report, report.signal, change, words, language)]
    return [] if report.complete else [language.say("The period is not over, so it is not judged.")]


def _line(report: Beside, verdict: Verdict, change: Change | None, words: Words, language: Language) -> str:
    if verdict.word == "too few":
        return language.say(
            "No verdict: it takes %(counted)s, in the week or in the last 4 weeks together.",
            counted=words.counted(LEAST_JUDGED),
        )
    if verdict.word == "no baseline":
        return _no_baseline(verdict.weeks_missing, language)
    level = []
    if verdict.level is not None and verdict.level.told:
        level = [_level(verdict.level, language, lambda value: words.shown(value, words.decimals))]
    if verdict.rule == "level":
        return " ".join(level)
    if verdict.rule == "a year ago":
        usual = _usual(verdict, words, language)
        return language.say("Within noise: as far from usual as in the same weeks a year ago; %(usual)s.", usual=usual)
    if verdict.word == "within noise":
        return " ".join([_within_noise(report, verdict, change, words, language), *level])
    against = change is not None and shown_change(change) and (change.value > 0) != (verdict.word == "up")
    text = (ALTHOUGH if against else VERDICTS)[verdict.word]
    return " ".join(
        [
            language.say(
                text, usual=_usual(verdict, words, language), period=period_word(report.previous_period, language)
            ),
            *level,
        ]
    )


def points(change: float, decimals: int, language: Language) -> str:
    """A change of a figure: so many points, or so much on a scale."""
    number = language.number(change, decimals)
    return number if decimals else language.say("%(n)s points", n=number)


def _usual(verdict: Verdict, words: Words, language: Language) -> str:
    """The range of usual figures, and what it is based on."""
    assert verdict.low is not None
    assert verdict.high is not None
    assert verdict.value is not None
    crossed = verdict.high if verdict.value > verdict.high else verdict.low
    decimals = decimals_apart(verdict.value, crossed, words.decimals)
    text = language.say(
        "%(usual)s, by %(counted)s in the %(weeks)s weeks before",
        usual=language.say(
            words.usual, low=words.shown(verdict.low, decimals), high=words.shown(verdict.high, decimals)
        ),
        counted=words.counted(verdict.baseline_n), weeks=verdict.baseline_weeks,
    )  # fmt: skip
    return _judged(verdict, text, words, language)


def _judged(verdict: Verdict, text: str, words: Words, language: Language) -> str:
    """What is judged, in front of what is usual, where that is not the figure above."""
    if verdict.alone and verdict.value is not None:
        value = words.shown(verdict.value, words.decimals)
        return language.say("the week alone has %(value)s; %(usual)s", value=value, usual=text)
    if verdict.merged_weeks == 1:
        return text
    return language.say("the last %(weeks)s weeks judged as one; %(usual)s", weeks=verdict.merged_weeks, usual=text)


def _within_noise(report: Beside, verdict: Verdict, change: Change | None, words: Words, language: Language) -> str:
    """Nothing unusual, and how large a change would have to be to show."""
    if words.apart is None or verdict.centre is None or verdict.visible is None or verdict.visible_in_four is None:
        usual = _usual(verdict, words, language)
    else:
        usual = _judged(
            verdict,
            language.say(
                "usual is %(centre)s, by %(counted)s in the %(weeks)s weeks before",
                centre=words.shown(verdict.centre, words.decimals), counted=words.counted(verdict.baseline_n),
                weeks=verdict.baseline_weeks,
            ),
            words, language,
        )  # fmt: skip
        seen = {
            "usual": usual, "answers": words.counted(verdict.n), "change": words.apart(verdict.visible),
            "four": words.apart(verdict.visible_in_four),
        }  # fmt: skip
        if verdict.merged_weeks == 1 and report.query.period.kind is Kind.WEEK:
            usual = language.say(
                "%(usual)s; with %(answers)s only a change beyond %(change)s would show in one week, %(four)s over "
                "four",
                **seen,
            )
        else:
            usual = language.say("%(usual)s; with %(answers)s only a change beyond %(change)s would show", **seen)
    if change is None or not shown_change(change):
        return language.say("Within noise: %(usual)s.", usual=usual)
    return language.say(
        "Within noise, although it differs from %(period)s: weeks vary that much. In numbers: %(usual)s.",
        period=period_word(report.previous_period, language), usual=usual,
    )  # fmt: skip


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

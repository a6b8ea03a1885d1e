"""A survey as lines of text for its author: what people are asked, and how the answers count."""

from __future__ import annotations

from collections.abc import Collection

from cxbot.core.metrics.metric import Kind
from cxbot.core.surveys.own_surveys import languages
from cxbot.core.surveys.survey import Item, Survey
from cxbot.errors import N_
from cxbot.language import Language, language
from cxbot.slack.messages.parts.blocks import bare
from cxbot.slack.messages.surveys.survey import answered, scale

COUNTED = {
    Kind.MEAN: N_("counted as the mean; beside it the share of %(good)s"),
    Kind.SHARE: N_("counted as the share of %(good)s"),
    Kind.NET: N_("counted as the share of %(good)s minus that of %(bad)s"),
}


def preview_lines(survey: Survey, reader: Language) -> list[str]:
    """The survey in each of its languages (in the reader's if it has none), then how its answers count."""
    lines = []
    for speech in [language(code) for code in languages(survey)] or [reader]:
        lines.append(f"{speech.say(survey.title)} ({survey.name}, {speech.code})")
        for item in survey.items:
            lines += ["", *_asked(item, speech)]
        lines += ["", *_tapped(survey, speech)]
    return [*lines, *(_counted(item, reader) for item in survey.items)]


def _asked(item: Item, speech: Language) -> list[str]:
    buttons = " ".join(f"[{speech.say(choice.label) if choice.label else choice.score}]" for choice in item.choices)
    ends = bare(scale(item, speech))
    return [f"  {speech.say(item.question)}", f"  {buttons}", *([f"  {ends}"] if ends else [])]


def _tapped(survey: Survey, speech: Language) -> list[str]:
    """The one-tap reasons after an answer, and an empty line; nothing for colleagues, who are not asked for any."""
    if survey.employees:
        return []
    groups = (
        (speech.say("What could have been better?"), survey.low_reasons),
        (speech.say("What went well?"), survey.high_reasons),
    )
    lines = [
        f"  {asked} {' '.join(f'[{speech.say(reason.label)}]' for reason in reasons)}"
        for asked, reasons in groups
        if reasons
    ]
    return [*lines, ""] if lines else []


def _counted(item: Item, speech: Language) -> str:
    """How an item's answers are reported, the numbers that files use for them, and which ones alert the leads."""
    headline = item.metric.headline
    good = headline.good or next((also.good for also in item.metric.beside.values()), range(0))
    named = {name: _named(item, scores, speech) for name, scores in (("good", good), ("bad", headline.bad))}
    parts = [speech.say(COUNTED[headline.kind], **named)]
    if item.in_words:
        numbers = ", ".join(f"{answered(item, choice.score, speech)} = {choice.score}" for choice in item.choices)
        parts.append(speech.say("in files %(numbers)s", numbers=numbers))
    if item.alarm:
        parts.append(speech.say("leads are alerted at %(answers)s", answers=_named(item, item.alarm, speech)))
    return f"{item.metric.name}: {'; '.join(parts)}."


def _named(item: Item, scores: Collection[int], speech: Language) -> str:
    return ", ".join(answered(item, score, speech) if item.in_words else str(score) for score in sorted(scores))

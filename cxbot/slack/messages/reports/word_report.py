"""The word report as lines of text."""

from __future__ import annotations

from collections.abc import Sequence

from cxbot.core.figures.keyness import LEAST, Word
from cxbot.core.reports.word_report import WordReport
from cxbot.language import Language
from cxbot.slack.messages.parts.blocks import escape
from cxbot.slack.messages.parts.spans import period_word
from cxbot.slack.messages.reports.metric_report import bucket, inside
from cxbot.slack.messages.reports.views import view_title

SHOWN = 8


def word_lines(report: WordReport, language: Language) -> list[str]:
    """The whole report, with the words last."""
    return [view_title(report, language), _comments(report, language), *split(report, language)]


def _comments(report: WordReport, language: Language) -> str:
    return language.count(report.n, "%(n)s answer has a comment.", "%(n)s answers have comments.")


def split(report: WordReport, language: Language) -> list[str]:
    """The words alone."""
    groups = list(report.metric.groups)
    best, worst = (bucket(name, language) for name in (groups[0], groups[-1]))
    lines = _table(_more(worst, best, language), report.low, language)
    lines += _table(_more(best, worst, language), report.high, language)
    lines += _table(
        language.say("*More than in %(period)s*", period=period_word(report.previous_period, language)),
        report.more,
        language,
    )
    if lines:
        return lines
    return [language.say("No word stands out; it takes %(least)s comments with the same word.", least=LEAST)]


def _more(these: str, others: str, language: Language) -> str:
    """Whose words come; the second name stands within the sentence."""
    return language.say("*%(these)s more than %(others)s*", these=these, others=inside(others))


def _table(title: str, words: Sequence[Word], language: Language) -> list[str]:
    if not words:
        return []
    lines = [
        language.say(
            "• %(word)s: %(n)s of %(of)s comments, elsewhere %(others)s of %(others_of)s",
            word=escape(word.text), n=language.number(word.n), of=language.number(word.of),
            others=language.number(word.others), others_of=language.number(word.others_of),
        )
        for word in words[:SHOWN]
    ]  # fmt: skip
    return [title, *lines]

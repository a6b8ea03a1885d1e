"""A report of any kind as a message: the same lines for Slack, a terminal and a screen reader."""

from __future__ import annotations

import sys

from cxbot.core.metrics import estimates
from cxbot.core.reports.driver_report import DriverReport
from cxbot.core.reports.journey_report import Journey
from cxbot.core.reports.kinds import Measured
from cxbot.core.reports.metric_report import Report
from cxbot.core.reports.operation_report import OperationReport
from cxbot.core.reports.outcome_report import Outcomes
from cxbot.core.reports.survey_report import SurveyReport
from cxbot.core.reports.word_report import WordReport
from cxbot.language import Language
from cxbot.slack.messages.parts import ids
from cxbot.slack.messages.parts.blocks import Block, Message, actions, bare, button, context, message, section, sections
from cxbot.slack.messages.parts.tables import ROWS
from cxbot.slack.messages.reports import (
    driver_report,
    funnel,
    journey_report,
    metric_report,
    operation_report,
    outcome_report,
    survey_report,
    word_report,
)

MOST = 1000  # parts that fit into one message, with names of usual length


def name(report: Measured) -> str:
    """The word by which people ask for the report."""
    return report.query.view or report.query.about.name


def report_lines(report: Measured, language: Language) -> list[str]:
    """The whole report as lines of text, with the `by:` table last and without bars."""
    match report:
        case Report():
            return metric_report.metric_lines(report, language)
        case OperationReport():
            return operation_report.operation_lines(report, language)
        case SurveyReport():
            return survey_report.survey_lines(report, language)
        case DriverReport():
            return driver_report.driver_lines(report, language)
        case Journey():
            return journey_report.journey_lines(report, language)
        case Outcomes():
            return outcome_report.outcome_lines(report, language)
        case WordReport():
            return word_report.word_lines(report, language)


def split(report: Measured, language: Language, most: int = ROWS) -> list[str]:
    """The lines of the `by:` table alone, up to `most`. Outcomes and words have limits of their own."""
    match report:
        case Report():
            return metric_report.split(report, language, most)
        case OperationReport():
            return operation_report.split(report, language, most)
        case SurveyReport():
            return survey_report.split(report, language, most)
        case DriverReport():
            return driver_report.split(report, language, most)
        case Journey():
            return journey_report.split(report, language, most)
        case Outcomes():
            return outcome_report.split(report, language)
        case WordReport():
            return word_report.split(report, language)


def bars(report: Measured, language: Language) -> list[str]:
    """A bar for each score; none if the report has no scores or fewer than 5 answers."""
    if isinstance(report, Report) and report.n >= 5 and report.shows_groups and not report.metric.employees:
        return metric_report.distribution(report, language)
    return []


def text(report: Measured, language: Language) -> str:
    """The report for a terminal, including the bars and every part."""
    said = report_lines(report, language)
    lines = [*said[: len(said) - len(split(report, language))], *split(report, language, sys.maxsize)]
    words = "\n".join(map(bare, lines))
    return "\n\n".join([words, "\n".join(bars(report, language))]).rstrip("\n")


def render(report: Measured, language: Language, words: str, *, shared_by: str = "") -> Message:
    """The report as a message. Its buttons hold `words`, the words that were typed, so that they can ask again."""
    said, table, drawn = report_lines(report, language), split(report, language), bars(report, language)
    blocks: list[Block] = [section("\n".join(said[: len(said) - len(table)]))]
    if drawn:
        blocks.append(section("```\n" + "\n".join(drawn) + "\n```"))
    if table:
        blocks.append(section("\n".join(table)))
    if shared_by:
        by = language.say("Shared by %(person)s", person=f"<@{shared_by}>")
        return message("\n".join([*said, by]), [*blocks, context(by)])
    value = ids.pack(metric=name(report), words=words)
    buttons = [
        button(language.say("Share in this channel"), ids.SHARE, value),
        button(language.say("How is this counted?"), ids.EXPLAIN, value),
    ]
    if len(split(report, language, MOST)) > len(table):
        buttons.append(button(language.say("Show all"), ids.PARTS, value))
    if funnel.drawable(report):
        buttons.append(button(language.say("Show as a picture"), ids.FUNNEL, value))
    blocks.append(actions(*buttons))
    if drawn and isinstance(report, Report):
        said.append(language.say("Answers per score: %(scores)s", scores=_spoken(report)))
    return message("\n".join(said), blocks)


def all_parts(report: Measured, language: Language) -> Message:
    """The whole `by:` table as a message."""
    said, table = report_lines(report, language), split(report, language)
    lines = [said[0], *(split(report, language, MOST) if table else [])]
    return message("\n".join(lines), sections(lines))


def _spoken(report: Report) -> str:
    scores = estimates.distribution(report.metric, report.current.counts)
    return ", ".join(f"{score}: {n}" for score, n in reversed(scores.items()))

"""A report on anything as a message: the same lines for Slack, a terminal and a screen reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxbot.core import metrics
from cxbot.core.driver_reports import DriverReport
from cxbot.core.journey import Journey
from cxbot.core.measured import Measured
from cxbot.core.operations import OperationReport
from cxbot.core.outcomes import Outcomes
from cxbot.core.reports import Report
from cxbot.core.survey_reports import SurveyReport
from cxbot.language import Language
from cxbot.slack.messages import drivers, ids, journey, operations, outcomes, survey_report
from cxbot.slack.messages import report as answers
from cxbot.slack.messages.blocks import Block, Message, actions, bare, button, context, message, section


def name(report: Measured) -> str:
    """The word by which a person asks for it."""
    return report.query.view or report.query.about.name


_WRITERS: Mapping[type, Any] = {
    Report: answers,
    OperationReport: operations,
    SurveyReport: survey_report,
    DriverReport: drivers,
    Journey: journey,
    Outcomes: outcomes,
}
"""The module that puts each kind of report into words."""


def lines(report: Measured, language: Language) -> list[str]:
    """The whole report as text lines, the table of `by:` last and without the bars."""
    found: list[str] = _WRITERS[type(report)].lines(report, language)
    return found


def split(report: Measured, language: Language) -> list[str]:
    """The table of a `by:` report alone."""
    found: list[str] = _WRITERS[type(report)].split(report, language)
    return found


def bars(report: Measured, language: Language) -> list[str]:
    """A bar for each score; none where scores are no part of the report, or too few."""
    if isinstance(report, Report) and report.n >= 5 and not report.current.withheld:
        return answers.distribution(report, language)
    return []


def text(report: Measured, language: Language) -> str:
    """The report for a terminal, with the bars."""
    found = "\n".join(bare(line) for line in lines(report, language))
    return "\n\n".join([found, "\n".join(bars(report, language))]).rstrip("\n")


def render(report: Measured, language: Language, words: str, *, shared_by: str = "") -> Message:
    """The report as a message; `words` are those that were typed, so that its buttons can repeat it."""
    found, table, drawn = lines(report, language), split(report, language), bars(report, language)
    blocks: list[Block] = [section("\n".join(found[: len(found) - len(table)]))]
    if drawn:
        blocks.append(section("```\n" + "\n".join(drawn) + "\n```"))
    if table:
        blocks.append(section("\n".join(table)))
    if shared_by:
        by = language.say("Shared by %(person)s", person=f"<@{shared_by}>")
        return message("\n".join([*found, by]), [*blocks, context(by)])
    value = ids.pack(metric=name(report), words=words)
    blocks.append(
        actions(
            button(language.say("Share in this channel"), ids.SHARE, value),
            button(language.say("How is this counted?"), ids.EXPLAIN, value),
        )
    )
    if drawn and isinstance(report, Report):
        found.append(language.say("Answers per score: %(scores)s", scores=_spoken(report)))
    return message("\n".join(found), blocks)


def _spoken(report: Report) -> str:
    scores = metrics.distribution(report.metric, report.current.counts)
    return ", ".join(f"{score}: {n}" for score, n in reversed(scores.items()))

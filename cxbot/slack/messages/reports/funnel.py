"""The funnel: agents' values by their numbers of answers, as a picture and in words. Only who stands out is named."""

from __future__ import annotations

from collections.abc import Callable

from cxbot.charts import Dot
from cxbot.core.reports.kinds import Measured
from cxbot.core.reports.metric_report import LEAST_FOR_LEADS, NO_PART, Report, Segment
from cxbot.language import Language
from cxbot.slack.messages.reports.metric_report import answers, figure, title

LEAST_AGENTS = 3


def drawable(report: Measured) -> bool:
    """Whether a report shows enough agents for a funnel."""
    return isinstance(report, Report) and report.query.by == "agent" and len(_shown(report)) >= LEAST_AGENTS


def _shown(report: Report) -> list[Segment]:
    return [
        part
        for part in report.segments or ()
        if part.estimate is not None and part.n >= LEAST_FOR_LEADS and _agent(part) != NO_PART
    ]


def _agent(part: Segment) -> str:
    return part.key.partition(":")[2]


def dots(report: Report, named: Callable[[str], str]) -> list[Dot]:
    """The agents of the picture. `named` gives the name of an agent as people know it."""
    return [
        Dot(part.n, part.estimate.value, named(_agent(part)) if part.flagged else "")
        for part in _shown(report)
        if part.estimate is not None
    ]


def picture_title(report: Report, language: Language) -> str:
    """The picture's title."""
    return title(report.metric.title, report.query, language, complete=report.complete)


def picture_text(report: Report, named: Callable[[str], str], language: Language) -> str:
    """The picture's text alternative."""
    shown = dots(report, named)
    out = [
        f"{dot.name}: {figure(report.metric, dot.value, language)}, {answers(dot.n, language)}"
        for dot in shown
        if dot.name
    ]
    counted = language.count(
        len(shown), "%(n)s agent by number of answers and value.", "%(n)s agents by number of answers and value."
    )
    if not out:
        return " ".join((counted, language.say("Nobody stands out: they differ as by chance.")))
    return " ".join((counted, language.say("Who stands out: %(agents)s.", agents="; ".join(out))))

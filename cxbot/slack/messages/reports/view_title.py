"""How reports on what adds to a score begin: their heading, and the score of all, where there is enough for one."""

from __future__ import annotations

from cxbot.core.metrics.differences import Detail, detail_for
from cxbot.core.reports.driver_report import DriverReport
from cxbot.core.reports.journey_report import Journey
from cxbot.language import Language
from cxbot.slack.messages.reports.metric_report import answers, figure, title


def beginning(report: DriverReport | Journey, heading: str, language: Language) -> list[str]:
    """The heading, and the score of all answers or why there is none."""
    first = f"*{title(heading, report.query, language, complete=report.complete)}*"
    if report.estimate is None:
        return [first, language.say("No answers, so there is no value.")]
    counted = answers(report.n, language)
    if detail_for(report.n) is Detail.COUNT:
        return [first, language.say("%(answers)s: too few for a value (5 are needed).", answers=counted)]
    value = figure(report.metric, report.estimate.value, language)
    return [first, language.say("*%(value)s* from %(answers)s", value=value, answers=counted)]

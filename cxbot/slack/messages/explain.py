"""*How is this counted?*: the formula with the counts of this very report, its window, and what was left out."""

from __future__ import annotations

from cxbot.core.compare import Detail
from cxbot.core.operations import OperationReport
from cxbot.core.reports import Report
from cxbot.language import Language
from cxbot.slack.messages.blocks import Message, message, section
from cxbot.slack.messages.measures import Measured
from cxbot.slack.messages.report import answers, groups, title, verdict


def _counted(report: Report, language: Language) -> str:
    if report.detail is Detail.COUNT:
        return language.say("Counted here: %(answers)s.", answers=answers(report.n, language))
    return language.say(
        "Counted here: %(counts)s; %(answers)s in all.",
        counts=groups(report, language),
        answers=answers(report.n, language),
    )


def explained(report: Measured, language: Language) -> Message:
    """How the figures of a report come about."""
    measured = report.metric if isinstance(report, Report) else report.operation
    found = [
        f"*{title(measured.title, report.query, language, complete=report.complete)}*",
        language.say(measured.formula),
        *(_answers(report, language) if isinstance(report, Report) else _operation(report, language)),
    ]
    return message("\n".join(found), [section("\n".join(found))])


def _window(report: Measured) -> dict[str, object]:
    period = report.query.period
    return {
        "start": f"{period.start:%Y-%m-%d %H:%M} UTC",
        "end": f"{period.end:%Y-%m-%d %H:%M} UTC",
        "zone": period.timezone,
    }


def _operation(report: OperationReport, language: Language) -> list[str]:
    return [
        language.say(report.operation.moment),
        language.say("The period runs from %(start)s up to, not including, %(end)s (%(zone)s).", **_window(report)),
    ]


def _answers(report: Report, language: Language) -> list[str]:
    found = [
        _counted(report, language),
        language.say(
            "A score belongs to the moment it was first answered: from %(start)s up to, not including, "
            "%(end)s (%(zone)s).",
            **_window(report),
        ),
        language.say("The response rate belongs to the surveys sent in the period; answers after 7 days don't count."),
    ]
    deff = report.current.deffs.get("headline", 1.0)
    if deff > 1:
        found.append(
            language.say(
                "Some customers answered more than once; that widens the range (design effect %(deff)s).",
                deff=language.number(deff, 2),
            )
        )
    if report.apart:
        found.append(
            language.say("Hand-picked answers and campaigns are shown apart and never pooled with automatic ones.")
        )
    return [*found, verdict(report, language)]

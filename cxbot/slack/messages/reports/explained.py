"""*How is this counted?*: the formula with the report's own counts, its time window, and which answers don't count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from cxbot.core.calendar.periods import local_date
from cxbot.core.metrics import estimates
from cxbot.core.metrics.differences import Detail
from cxbot.core.metrics.metric import Kind
from cxbot.core.reports.kinds import Measured, View
from cxbot.core.reports.metric_report import Report
from cxbot.core.reports.operation_report import OperationReport
from cxbot.core.reports.survey_report import SurveyReport
from cxbot.language import Language
from cxbot.slack.messages.parts.blocks import Message, message, section
from cxbot.slack.messages.reports import operation_report, survey_report, verdicts, views
from cxbot.slack.messages.reports.metric_report import answers, formula, groups, title, verdict


def _counted(report: Report, language: Language) -> str:
    """The formula, filled in with the counts of this report."""
    if report.detail is Detail.COUNT or report.estimate is None or report.value_only:
        return language.say("Counted here: %(answers)s.", answers=answers(report.n, language))
    counts = report.current.counts
    statistic = report.metric.headline
    if statistic.kind is Kind.MEAN:
        total = sum(score * n for score, n in counts.items())
        worked = f"{language.number(total)} / {language.number(report.n)}"
    else:
        good, _, bad = estimates.tallies(statistic, counts)
        minus = f" − {language.number(bad)}" if statistic.kind is Kind.NET else ""
        above = f"({language.number(good)}{minus})" if minus else language.number(good)
        worked = f"100 · {above} / {language.number(report.n)}"
    return language.say(
        "Counted here: %(worked)s = %(value)s (%(counts)s).",
        worked=worked,
        value=language.number(report.estimate.value, 2),
        counts=groups(report, language),
    )


def explained(report: Measured, language: Language, left_out: Mapping[str, int] | None = None) -> Message:
    """How the report's figures are computed. `left_out` has the number of answers that don't count, by reason."""
    if isinstance(report, View):
        name, lines = views.name(report, language), [views.formula(report, language)]
        lines.append(_answered(report, language))
    elif isinstance(report, OperationReport):
        name, lines = report.operation.title, _operation(report, language)
    elif isinstance(report, SurveyReport):
        name, lines = report.survey.title, [*survey_report.formula(report, language), _answered(report, language)]
        lines += _of_colleagues(language) if report.survey.employees else []
        if report.index is not None:
            lines += [*verdicts.rule(report.signal, language), *survey_report.verdict(report, language)]
    else:
        name, lines = report.metric.title, _answers(report, language, left_out or {})
    text = "\n".join([f"*{title(name, report.query, language, complete=report.complete)}*", *lines])
    return message(text, [section(text)])


def _window(report: Measured, language: Language) -> dict[str, object]:
    """The first and the last day of the period, by the team's calendar."""
    period = report.query.period
    last = local_date(period.end, period.timezone) - timedelta(days=1)
    return {
        "start": language.day(local_date(period.start, period.timezone)),
        "end": language.day(last),
        "zone": period.timezone,
    }


def _operation(report: OperationReport, language: Language) -> list[str]:
    return [
        language.say(report.operation.formula),
        language.say(report.operation.moment),
        language.say("The period: %(start)s to %(end)s, whole days in %(zone)s.", **_window(report, language)),
        _exactly(report, language),
        language.say(report.operation.judged),
        *verdicts.rule(report.signal, language),
        *operation_report.verdict(report, language),
    ]


def _exactly(report: Measured, language: Language) -> str:
    """The first moment of the period, and the first one after it."""
    period = report.query.period
    return language.say(
        "Exactly: from %(start)s on, before %(end)s.",
        start=f"{period.start:%Y-%m-%d %H:%M} UTC", end=f"{period.end:%Y-%m-%d %H:%M} UTC",
    )  # fmt: skip


def _answered(report: Report | SurveyReport | View, language: Language) -> str:
    return language.say(
        "Answers that were first given from %(start)s to %(end)s count, whole days in %(zone)s.",
        **_window(report, language),
    )


def _answers(report: Report, language: Language, left_out: Mapping[str, int]) -> list[str]:
    lines = [
        _answered(report, language),
        _counted(report, language),
        _left_out(report, left_out, language),
        formula(report.metric, language),
        _exactly(report, language),
        language.say("The response rate belongs to the surveys sent in the period; answers after 7 days don't count."),
    ]
    deff = report.current.deffs.get("headline", 1.0)
    if deff > 1:
        lines.append(
            language.say(
                "Some customers answered more than once; that widens the range (design effect %(deff)s).",
                deff=language.number(deff, 2),
            )
        )
    if report.change is not None:
        lines.append(
            language.say("Differences have a MOVER interval (square and add; for shares it is Newcombe's, 1998).")
        )
    if report.segments is not None:
        lines.append(
            language.say(
                "Each part is compared with the rest; what stands out is chosen over the whole table at a false "
                "discovery rate of 10% (Benjamini & Hochberg 1995)."
            )
        )
    lines += _of_colleagues(language) if report.metric.employees else []
    return [*lines, *verdicts.rule(report.signal, language), *verdict(report, language)]


def _of_colleagues(language: Language) -> list[str]:
    return [
        language.say(
            "Each colleague's latest answer counts. Results need at least 5 people, and a day after the period's end; "
            "nothing is shown from which, with earlier results, the answers of fewer could be worked out."
        )
    ]


def _left_out(report: Report, left_out: Mapping[str, int], language: Language) -> str:
    """The number of answers that don't count, by reason. Zeros are listed too, so that readers see that it was
    checked."""
    numbers = {"late": left_out.get("late", 0)}
    numbers |= {kind: report.apart[kind][0] if kind in report.apart else 0 for kind in ("hand-picked", "campaign")}
    return language.say(
        "Not counted: %(late)s after the 7 days, %(picked)s hand-picked beside automatic ones, %(campaign)s of "
        "campaigns. Withdrawn surveys count as never sent.",
        late=language.number(numbers["late"]),
        picked=language.number(numbers["hand-picked"]),
        campaign=language.number(numbers["campaign"]),
    )

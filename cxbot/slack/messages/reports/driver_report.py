"""The driver report as lines of text. It says what goes together, never what causes what."""

from __future__ import annotations

from cxbot.core.figures.drivers import LEAST_RANKED, Driver
from cxbot.core.metrics.differences import Change, Detail, detail_for
from cxbot.core.metrics.metric import Kind
from cxbot.core.reports.driver_report import DriverReport
from cxbot.core.statistics.rounding import decimals_off_zero
from cxbot.errors import N_
from cxbot.language import Language
from cxbot.slack.messages.parts.blocks import escape, shown_part
from cxbot.slack.messages.parts.tables import ROWS, table
from cxbot.slack.messages.reports.metric_report import answers
from cxbot.slack.messages.reports.views import first_lines

RATED = {"goal": N_("reaching the goal"), "ease": N_("ease"), "emotion": N_("feeling")}


def driver_lines(report: DriverReport, language: Language) -> list[str]:
    """The whole report, with the table of tags last."""
    lines = first_lines(report, language)
    if detail_for(report.n) is Detail.COUNT:
        return lines
    lines += _rated(report, language)
    if report.tags and report.n < LEAST_RANKED:
        lines.append(language.say("Too few answers to rank (100 are needed): by number of answers."))
    return lines + split(report, language)


def split(report: DriverReport, language: Language, most: int = ROWS) -> list[str]:
    """The table of tags alone, up to `most`."""
    if report.n < 5:
        return []
    if not report.tags:
        return [language.say("No reason, topic, channel or touchpoint has 5 answers.")]
    return table(report.tags, lambda driver: _tag(report, driver, language), language, most)


def _number(report: DriverReport, value: float, language: Language, *, signed: bool = True) -> str:
    return language.number(value, 1 if report.metric.headline.kind is Kind.MEAN else 0, signed=signed)


def _range(report: DriverReport, change: Change, language: Language) -> str:
    decimals = decimals_off_zero(change.low, change.high, 1 if report.metric.headline.kind is Kind.MEAN else 0)
    low, high = (language.number(limit, decimals, signed=True) for limit in (change.low, change.high))
    return language.say("%(low)s to %(high)s", low=low, high=high)


def _tag(report: DriverReport, driver: Driver, language: Language) -> str:
    kind, _, value = driver.name.partition(":")
    name = escape(language.say(report.reasons[value].label)) if kind == "reason" else shown_part(kind, value, language)
    impact = driver.impact
    text = language.say(
        "• %(name)s: drag *%(drag)s* (%(share)s of answers, %(difference)s against the rest, %(range)s), %(answers)s",
        name=name,
        drag=language.number(impact.drag, 1, signed=True),
        share=language.percent(100 * impact.share),
        difference=_number(report, impact.difference.value, language),
        range=_range(report, impact.difference, language),
        answers=answers(impact.having.n, language),
    )
    return language.say("%(part)s – stands out from the rest", part=text) if driver.flagged else text


CLEAR = N_("%(driver)s goes together with the score: ρ %(rho)s (%(low)s to %(high)s), %(answers)s")
UNCLEAR = N_("%(driver)s does not clearly go together with the score: ρ %(rho)s (%(low)s to %(high)s), %(answers)s")


def _rated(report: DriverReport, language: Language) -> list[str]:
    lines = [
        language.say(
            CLEAR if correlation.low > 0 or correlation.high < 0 else UNCLEAR,
            driver=language.say(RATED[name]).capitalize(),
            rho=language.number(correlation.rho, 2),
            low=language.number(correlation.low, 2),
            high=language.number(correlation.high, 2),
            answers=answers(correlation.n, language),
        )
        for name, correlation in report.rated.items()
        if correlation.n >= 10
    ]
    leader = report.leader
    if leader is None:
        return lines
    if leader.named:
        driver, lead = language.say(RATED[leader.name]), language.percent(100 * leader.lead)
        strongest = language.say("Strongest: %(driver)s, in %(lead)s of 1,000 resamples.", driver=driver, lead=lead)
        return [*lines, strongest]
    return [*lines, language.say("None of them is clearly the strongest.")]

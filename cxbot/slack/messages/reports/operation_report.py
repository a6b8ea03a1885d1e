"""The report on handling time or churn as lines of text."""

from __future__ import annotations

from collections.abc import Callable

from cxbot.core.metrics.differences import Change, Detail
from cxbot.core.metrics.operational import AHT
from cxbot.core.reports.operation_report import Figure, Figures, OperationReport, Part
from cxbot.core.statistics.rounding import decimals_off_zero
from cxbot.errors import N_
from cxbot.language import Language
from cxbot.slack.messages.parts.spans import period_name
from cxbot.slack.messages.parts.tables import ROWS, part_name, table
from cxbot.slack.messages.reports import verdicts
from cxbot.slack.messages.reports.metric_report import title


def operation_lines(report: OperationReport, language: Language) -> list[str]:
    """The whole report, with the `by:` table last."""
    lines = [f"*{title(report.operation.title, report.query, language, complete=report.complete)}*"]
    lines += _figures(report, report.current, language)
    lines += _previous(report, language)
    lines += verdict(report, language)
    return lines + split(report, language)


def verdict(report: OperationReport, language: Language) -> list[str]:
    """The verdict: whether the period is unusual."""
    if report.operation is AHT:
        words = verdicts.Words(
            lambda n: counted(report, n, language), lambda seconds, _: language.duration(seconds),
            apart=language.duration, usual=N_("usual is %(low)s to %(high)s on average"),
        )  # fmt: skip
    else:
        words = verdicts.Words(lambda n: _at_risk(n, language), language.percent)
    # The change of handling times is that of a typical interaction, not of the average.
    change = report.change if report.compared and report.operation is not AHT else None
    return verdicts.lines(report, change, words, language)


def _at_risk(n: int, language: Language) -> str:
    return language.count(n, "%(n)s week of a customer", "%(n)s weeks of customers")


def split(report: OperationReport, language: Language, most: int = ROWS) -> list[str]:
    """The lines of the `by:` table, with `most` parts."""
    return table(report.segments, lambda part: _part(report, part, language), language, most)


def counted(report: OperationReport, n: int, language: Language) -> str:
    """The number of interactions or customers in words."""
    if report.operation is AHT:
        return language.count(n, "%(n)s interaction", "%(n)s interactions")
    return language.count(n, "%(n)s customer", "%(n)s customers")


def _figures(report: OperationReport, figures: Figures, language: Language) -> list[str]:
    number = counted(report, figures.n, language)
    lines = []
    if figures.headline.value is None:
        lines.append(language.say("%(counted)s, so there is no value.", counted=number))
    elif figures.n < 5:
        lines.append(language.say("%(counted)s: too few for a value (5 are needed).", counted=number))
    elif report.operation is AHT:
        lines.append(language.say("*%(value)s* on average, %(counted)s", counted=number,
                                  value=language.duration(figures.headline.value)))  # fmt: skip
        lines.append(_median(figures.also["median"], language))
        if typical := figures.also.get("typical"):
            lines.append(_typical(typical, language))
    else:
        lines.append(
            language.say("*%(value)s* (95%% range %(range)s) of %(counted)s at the start",
                         value=language.percent(figures.headline.value),
                         range=_range(figures.headline, language.number, language), counted=number)
        )  # fmt: skip
    return lines + (_reopened(figures, language) if report.operation is AHT else _customers(figures, language))


def _range(figure: Figure, shown: Callable[[float], str], language: Language) -> str:
    assert figure.low is not None
    assert figure.high is not None
    return language.say("%(low)s to %(high)s", low=shown(figure.low), high=shown(figure.high))


def _median(median: Figure, language: Language) -> str:
    assert median.value is not None
    value = language.duration(median.value)
    if median.low is None:
        return language.say("Half took at most %(value)s.", value=value)
    return language.say("Half took at most %(value)s (95%% range %(range)s).", value=value,
                        range=_range(median, language.duration, language))  # fmt: skip


def _typical(typical: Figure, language: Language) -> str:
    assert typical.value is not None
    value = language.duration(typical.value)
    return language.say("A typical interaction (geometric mean) took %(value)s.", value=value)


def _reopened(figures: Figures, language: Language) -> list[str]:
    """The reopen rate. It always stands beside the handling time: fast is only good if customers don't come back."""
    rate, counts = figures.also["reopen_rate"], figures.counts
    if rate.value is None or rate.n < 5:
        line = language.say("Reopen rate: too few interactions that are 7 days old (%(n)s).", n=rate.n)
    else:
        line = language.say(
            "Reopen rate *%(value)s* (%(range)s): %(reopened)s of %(n)s came back about the same topic within 7 days.",
            value=language.percent(rate.value), range=_range(rate, language.number, language),
            reopened=language.number(counts["reopened"]), n=language.number(rate.n),
        )  # fmt: skip
    young = counts["not_yet_known"]
    too_young = language.count(young, "%(n)s is too recent to tell.", "%(n)s are too recent to tell.")
    return [f"{line} {too_young}" if young else line]


def _customers(figures: Figures, language: Language) -> list[str]:
    counts = {name: language.number(n) for name, n in figures.counts.items()}
    return [
        language.say("Active at the start %(active_at_start)s, lost of these %(lost)s, joined %(joined)s, active at "
                     "the end %(active_at_end)s.", **counts)
    ]  # fmt: skip


def _previous(report: OperationReport, language: Language) -> list[str]:
    name = period_name(report.previous_period, language)
    previous = report.previous
    number = counted(report, previous.n, language)
    if previous.headline.value is None or previous.n < 5:
        return [language.say("%(period)s: %(counted)s, too few for a value.", period=name, counted=number)]
    lines = [f"{name}: {_value(report, previous, language)}, {number}"]
    if report.compared and report.change is not None:
        lines.append(_change(report, report.change, language))
    return lines


def _value(report: OperationReport, figures: Figures, language: Language) -> str:
    """The headline. A handling time is never shown without its reopen rate."""
    headline = figures.headline
    assert headline.value is not None
    if report.operation is AHT:
        rate = figures.also["reopen_rate"]
        return language.say(
            "*%(value)s*, reopen rate %(back)s", value=language.duration(headline.value),
            back="–" if rate.value is None or rate.n < 5 else language.percent(rate.value),
        )  # fmt: skip
    return f"*{language.percent(headline.value)}* ({_range(headline, language.number, language)})"


def _change(report: OperationReport, change: Change, language: Language) -> str:
    if report.operation is AHT:
        least, most = (100 * (ratio - 1) for ratio in (change.low, change.high))
        decimals = decimals_off_zero(least, most)
        return language.say(
            "Change of the typical interaction %(value)s (95%% range %(low)s to %(high)s)",
            value=language.percent(100 * (change.value - 1), decimals, signed=True),
            low=language.percent(least, decimals, signed=True), high=language.percent(most, decimals, signed=True),
        )  # fmt: skip
    decimals = decimals_off_zero(change.low, change.high)
    value, low, high = (
        language.number(points, decimals, signed=True) for points in (change.value, change.low, change.high)
    )
    return language.say("Difference %(value)s (95%% range %(low)s to %(high)s)", value=value, low=low, high=high)


def _part(report: OperationReport, part: Part, language: Language) -> str:
    name, number = part_name(part.key, language), counted(report, part.n, language)
    headline = part.figures.headline
    if headline.value is None or part.n < 5 or report.detail is Detail.COUNT:
        return f"• {name}: {number}"
    text = f"• {name}: {_value(report, part.figures, language)}, {number}"
    return language.say("%(part)s – stands out from the rest", part=text) if part.flagged and part.n >= 10 else text

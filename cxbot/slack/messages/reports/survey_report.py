"""The report on a survey of several items as lines of text."""

from __future__ import annotations

from cxbot.core.figures.experience_index import INDEX, Experience
from cxbot.core.metrics.differences import Change, Detail
from cxbot.core.metrics.estimates import Estimate
from cxbot.core.metrics.metric import Kind
from cxbot.core.reports.metric_report import Segment
from cxbot.core.reports.survey_report import ItemFigures, SurveyReport
from cxbot.core.statistics.rounding import decimals_off_zero
from cxbot.language import Language
from cxbot.slack.messages.parts.blocks import escape
from cxbot.slack.messages.parts.spans import period_name
from cxbot.slack.messages.parts.tables import ROWS, part_name, table
from cxbot.slack.messages.reports import verdicts
from cxbot.slack.messages.reports.metric_report import answers, figure, interval, title
from cxbot.slack.messages.reports.metric_report import formula as metric_formula


def survey_lines(report: SurveyReport, language: Language) -> list[str]:
    """The whole report, with the `by:` table last."""
    lines = [f"*{title(report.survey.title, report.query, language, complete=report.complete)}*"]
    if report.index is not None:
        lines += _index(report.index, language)
    lines += [_item(report, item, language) for item in report.items]
    if report.held_back:
        return [*lines, _held_back(report, language), *split(report, language)]
    lines += _moved(report, language)
    if report.previous_index is not None:
        lines += _previous(report, report.previous_index, language)
        lines += verdict(report, language)
    return lines + split(report, language)


def verdict(report: SurveyReport, language: Language) -> list[str]:
    """The verdict: whether the index is unusual."""
    shown = report.index_change if report.settled and report.detail is Detail.COMPARISON else None
    words = verdicts.Words(
        lambda n: people(n, language), language.number, apart=lambda change: verdicts.points(change, 0, language)
    )
    return verdicts.lines(report, shown, words, language)


def split(report: SurveyReport, language: Language, most: int = ROWS) -> list[str]:
    """The lines of the `by:` table, with `most` parts."""
    return table(report.segments, lambda part: _part(part, language), language, most)


def formula(report: SurveyReport, language: Language) -> list[str]:
    """How the index and the items are counted; every formula once."""
    lines = [language.say(INDEX.formula)] if report.index is not None else []
    lines += dict.fromkeys(metric_formula(item.metric, language) for item in report.items)
    lines.append(
        language.say(
            "Each item has its own number of answers. An item “moved” if its change since %(period)s stands "
            "out among the changes of all items (Benjamini–Hochberg, at most 10%% false ones) and both "
            "periods have 10 answers or more.",
            period=period_name(report.previous_period, language),
        )
    )
    return lines


def people(n: int, language: Language) -> str:
    """The number of people in words."""
    return language.count(n, "%(n)s person", "%(n)s people")


def _index(index: Experience, language: Language) -> list[str]:
    number = people(index.n_complete, language)
    if index.index is None:
        lines = [language.say("Nobody answered all three, so there is no index.")]
    elif index.n_complete < 5:
        lines = [language.say("%(people)s answered all three: too few for an index (5 are needed).", people=number)]
    else:
        lines = [
            language.say(
                "Index *%(value)s* (95%% range %(range)s) from %(people)s",
                value=language.number(index.index.value), range=_range(index.index, language), people=number,
            )
        ]  # fmt: skip
    if index.n_incomplete:
        left_out = people(index.n_incomplete, language)
        lines.append(language.say("Not in the index, because they left an item out: %(people)s.", people=left_out))
    return lines


def _range(estimate: Estimate, language: Language) -> str:
    return language.say("%(low)s to %(high)s", low=language.number(estimate.low), high=language.number(estimate.high))


def _item(report: SurveyReport, item: ItemFigures, language: Language) -> str:
    name = escape(language.say(item.metric.title))
    if report.survey.employees and item.detail is Detail.COUNT:
        return language.say("• %(item)s: fewer than 5 answers", item=name)
    counted = answers(item.n, language)
    if item.estimate is None or item.detail is Detail.COUNT:
        return f"• {name}: {counted}"
    value = figure(item.metric, item.estimate.value, language)
    text = f"• {name}: *{value}* ({interval(item.metric, item.estimate, language)}), {counted}"
    if not report.settled or item.change is None or item.detail is not Detail.COMPARISON:
        return text
    decimals = 1 if item.metric.headline.kind is Kind.MEAN else 0
    change = language.say("%(item)s, change %(change)s", item=text, change=_change(item.change, decimals, language))
    return language.say("%(item)s – moved", item=change) if item.moved else change


def _held_back(report: SurveyReport, language: Language) -> str:
    """Why a member sees items without values."""
    if not report.complete:
        return language.say("The team sees the values when the week is over.")
    return language.say(
        "Without a value is what would tell, beside other figures, what fewer than 5 customers answered."
    )


def _change(change: Change, decimals: int, language: Language) -> str:
    limits = (change.value, change.low, change.high)
    decimals = decimals_off_zero(change.low, change.high, decimals)
    value, low, high = (language.number(limit, decimals, signed=True) for limit in limits)
    return language.say("%(value)s (%(low)s to %(high)s)", value=value, low=low, high=high)


def _moved(report: SurveyReport, language: Language) -> list[str]:
    compared = [item for item in report.items if item.detail is Detail.COMPARISON]
    if not report.settled or not compared or any(item.moved for item in compared):
        return []
    since = period_name(report.previous_period, language)
    return [language.say("No item moved by more than noise since %(period)s.", period=since)]


def _previous(report: SurveyReport, before: Experience, language: Language) -> list[str]:
    name, number = period_name(report.previous_period, language), people(before.n_complete, language)
    if before.index is None or before.n_complete < 5:
        return [language.say("%(period)s: %(people)s, too few for an index.", period=name, people=number)]
    lines = [
        language.say("%(period)s: index *%(value)s* (%(range)s) from %(people)s", period=name, people=number,
                     value=language.number(before.index.value), range=_range(before.index, language))
    ]  # fmt: skip
    if report.settled and report.index_change is not None and report.detail is Detail.COMPARISON:
        value, low, high = (
            language.number(limit, signed=True)
            for limit in (report.index_change.value, report.index_change.low, report.index_change.high)
        )
        lines.append(
            language.say("Difference %(value)s (95%% range %(low)s to %(high)s)", value=value, low=low, high=high)
        )
    return lines


def _part(part: Segment, language: Language) -> str:
    name, number = part_name(part.key, language), people(part.n, language)
    if part.estimate is None or part.n < 5:
        return f"• {name}: {number}"
    text = f"• {name}: *{language.number(part.estimate.value)}* ({_range(part.estimate, language)}), {number}"
    return language.say("%(part)s – stands out from the rest", part=text) if part.flagged and part.n >= 10 else text

"""A comparison before and after a day in words."""

from __future__ import annotations

from typing import Any

from cxbot.core.calendar import incidents
from cxbot.core.figures.before_after import LEAST, BeforeAfter, Side, Step
from cxbot.core.metrics.differences import shown_change
from cxbot.core.metrics.estimates import Estimate
from cxbot.core.reports import metric_report
from cxbot.language import Language
from cxbot.slack.messages.incidents import incident_lines
from cxbot.slack.messages.parts.blocks import escape
from cxbot.slack.messages.reports.metric_report import answers, difference, figure, interval, judged


def text(result: BeforeAfter, language: Language) -> str:
    """The comparison in a few lines."""
    values = {"metric": escape(language.say(result.metric.title)), "day": language.day(result.since)}
    head = language.say("%(metric)s before and after %(day)s", **values)
    named = ", ".join(escape(part) for part in (result.team, result.name) if part)
    lines = [f"*{head}* ({named})" if named else f"*{head}*", *_step(result, result.here, language)]
    if result.there is not None:
        lines += [f"*{escape(result.against)}*", *_step(result, result.there, language)]
        if result.beyond is not None:
            more = difference(result.metric, result.beyond, language)
            lines.append(
                language.say(
                    "The change here minus the change there: %(judged)s",
                    judged=judged(more, result.beyond, shown_change(result.beyond), language),
                )
            )
    if result.left_out:
        lines.append(language.say("Left out: the days of these incidents."))
        lines += incident_lines(result.left_out, language)
    lines.append(
        language.say(
            "The ranges allow for weeks that vary. Whatever else changed at the time is in the difference, too."
        )
    )
    return "\n".join(lines)


def _step(result: BeforeAfter, step: Step, language: Language) -> list[str]:
    before = _level(language.say("Before"), result, step.before, step.level_before, language)
    after = _level(language.say("After"), result, step.after, step.level_after, language)
    if step.change is None:
        few = language.say("No comparison: it takes %(least)s answers on each side.", least=LEAST)
        return [before, after, few]
    said = difference(result.metric, step.change, language)
    return [before, after, judged(said, step.change, shown_change(step.change), language)]


def _level(name: str, result: BeforeAfter, side: Side, level: Estimate | None, language: Language) -> str:
    counted = answers(side.n, language)
    weeks = language.count(
        side.weeks_with_answers, "%(counted)s in %(n)s week", "%(counted)s in %(n)s weeks", counted=counted
    )
    if level is None:
        return f"{name}: {weeks}"
    value = figure(result.metric, level.value, language)
    return f"{name}: *{value}* ({interval(result.metric, level, language)}), {weeks}"


def as_json(result: BeforeAfter) -> dict[str, Any]:
    """The comparison as data, unrounded."""
    return {
        "metric": result.metric.name,
        "since": result.since.isoformat(),
        "name": result.name,
        "team": result.team,
        **_step_json(result.here),
        "against": None if result.there is None else {"team": result.against, **_step_json(result.there)},
        "beyond": metric_report.change_json(result.beyond),
        "incidents": incidents.as_json(result.left_out),
    }


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "before": {"n": step.before.n, "weeks": step.before.weeks_with_answers, **_limits(step.level_before)},
        "after": {"n": step.after.n, "weeks": step.after.weeks_with_answers, **_limits(step.level_after)},
        "change": metric_report.change_json(step.change),
    }


def _limits(level: Estimate | None) -> dict[str, float | None]:
    return metric_report.limits_json(level)

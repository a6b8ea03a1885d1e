"""The monthly roll-up over teams: a line per team in the channel; drifts, differences and formulas in its thread."""

from __future__ import annotations

from collections.abc import Sequence

from cxbot.charts import Panel
from cxbot.core.calendar.periods import Kind, containing, monday
from cxbot.core.digests.monthly import Line, RollUp
from cxbot.core.metrics.differences import Detail
from cxbot.core.signals.control_charts import LEAST_IN_GROUP
from cxbot.core.signals.slow_drift import JUDGED_WEEKS, LEAST_JUDGED
from cxbot.core.signals.weekly_signal import BASELINE_WEEKS, LEAST_GROUPS
from cxbot.errors import N_
from cxbot.language import Language
from cxbot.slack.messages import incidents
from cxbot.slack.messages.parts.blocks import escape, plain, shorten
from cxbot.slack.messages.reports import metric_report as reports

ROWS = 12  # teams listed in the channel and drawn in the picture
SILENT = 10  # teams without answers that are listed by name

WORDS = {
    "drifting up": N_("↑ *drifting up* since %(day)s"),
    "drifting down": N_("↓ *drifting down* since %(day)s"),
    "steady": N_("steady"),
    "too few": N_("too few answers to see a drift"),
    "no baseline": N_("no baseline yet"),
}


def rollup_lines(rollup: RollUp, language: Language) -> list[str]:
    """The roll-up in the channel; teams that drift come first."""
    team, month = escape(rollup.team.name), reports.period_name(rollup.month, language)
    title = language.say("%(team)s · month %(month)s", team=team, month=month)
    lines = [f"*{title}*"]
    if rollup.quiet:
        return [*lines, _quiet(rollup, language), *incidents.incident_lines(rollup.incidents, language)]
    answered = [line for line in rollup.lines if line.report.n]
    lines += [_row(line, language) for line in answered[:ROWS]]
    if len(answered) > ROWS:
        more = len(answered) - ROWS
        lines += [language.count(more, "… and %(n)s more team in the thread", "… and %(n)s more teams in the thread")]
    lines += [_row(line, language) for line in rollup.together]
    lines += _silent([line for line in rollup.lines if not line.report.n], language)
    lines += incidents.incident_lines(rollup.incidents, language)
    return [*lines, language.say("A drift is slow: the last %(weeks)s weeks against those before.", weeks=JUDGED_WEEKS)]


def details(rollup: RollUp, language: Language) -> list[list[str]]:
    """The roll-up's thread as paragraphs: further teams, drifts, differences, and how everything is counted."""
    every = [*rollup.lines, *rollup.together]
    more = [line for line in rollup.lines if line.report.n][ROWS:]
    compared = [line for line in every if line.report.compared]
    paragraphs = [[_row(line, language) for line in more]] if more else []
    drifts = language.say("Slow drifts: the last %(weeks)s weeks", weeks=JUDGED_WEEKS)
    paragraphs.append([f"*{drifts}*", *(_drift(line, language) for line in every)])
    if compared:
        against = language.say("Against the month before")
        paragraphs.append([f"*{against}*", *(_difference(line, language) for line in compared)])
    counted = language.say("How is this counted?")
    return [*paragraphs, [f"*{counted}*", *_formulas(rollup, language)]]


def picture_title(rollup: RollUp, language: Language) -> str:
    """The picture's title, with the number of teams that are not in it."""
    return language.say(
        "Moving averages of %(shown)s of %(all)s teams, %(month)s",
        shown=len(rollup.judged[:ROWS]), all=len(rollup.lines), month=rollup.month.key,
    )  # fmt: skip


def picture_text(rollup: RollUp, language: Language) -> str:
    """The picture's alternative text."""
    panels_in_words = [f"{panel.name}, {panel.figures}: {panel.verdict}" for panel in panels(rollup, language)]
    return shorten("; ".join(panels_in_words), 1000)


def panels(rollup: RollUp, language: Language) -> list[Panel]:
    """The panels of the picture: one per team that has a moving average; teams that drift come first."""
    return [
        Panel(
            line,
            _team(line, language),
            f"{language.say(line.metric.title)} {' → '.join(_levels(line, language))}",
            plain(_verdict(line, language)),
        )
        for line in rollup.judged[:ROWS]
    ]


def _verdict(line: Line, language: Language) -> str:
    """Whether a team drifts, and since when."""
    day = line.since and language.short_day(monday(line.since))
    return language.say(WORDS[line.drift.word], day=day)


def _quiet(rollup: RollUp, language: Language) -> str:
    sent = sum(line.report.current.response.sent for line in rollup.lines)
    return language.say("No team had answers this month (%(sent)s).", sent=_sent(sent, language))


def _row(line: Line, language: Language) -> str:
    """A team's month: value, answers, response rate of the surveys that are closed, and changes beyond noise."""
    report, rate = line.report, line.report.current.response.settled_rate
    values = {
        "team": f"*{escape(_team(line, language))}*",
        "metric": escape(language.say(line.metric.title)),
        "answers": reports.answers(report.n, language),
    }
    if report.detail is Detail.COUNT or report.estimate is None:
        parts = [language.say("%(team)s: %(metric)s, %(answers)s: too few for a value", **values)]
    else:
        values["value"] = reports.figure(line.metric, report.estimate.value, language)
        values["range"] = reports.interval(line.metric, report.estimate, language)
        parts = [language.say("%(team)s: %(metric)s *%(value)s* (%(range)s), %(answers)s", **values)]
    if rate is not None:
        parts.append(language.say("response rate %(rate)s", rate=language.percent(rate)))
    if line.changed and report.change is not None:
        arrow = "↑" if report.change.value > 0 else "↓"
        value = reports.figure(line.metric, report.change.value, language, signed=True)
        parts.append(language.say("%(arrow)s %(value)s from the month before", arrow=arrow, value=value))
    return f"• {' · '.join([*parts, _verdict(line, language)])}"


def _silent(without: Sequence[Line], language: Language) -> list[str]:
    if not without:
        return []
    named = ", ".join(
        f"{escape(line.team)} ({_sent(line.report.current.response.sent, language)})" for line in without[:SILENT]
    )
    more = " …" if len(without) > SILENT else ""
    return [language.say("No answers: %(teams)s", teams=named + more)]


def _sent(n: int, language: Language) -> str:
    return language.count(n, "%(n)s survey sent", "%(n)s surveys sent")


def _drift(line: Line, language: Language) -> str:
    """The verdict on a slow drift with its size, or why there is none yet."""
    drift = line.drift
    values = {
        "name": escape(_name(line, language)),
        "verdict": _verdict(line, language),
        "answers": reports.answers(drift.n, language),
        "weeks": drift.weeks,
        "baseline": reports.answers(drift.baseline_n, language),
        "before": drift.baseline_weeks,
    }
    if not drift.steps:
        text = language.say("%(name)s: %(verdict)s (%(answers)s in these weeks, %(baseline)s before)", **values)
        return f"• {text}"
    usual, now = _levels(line, language)
    text = language.say(
        "%(name)s: usual is %(usual)s (%(baseline)s in %(before)s weeks), now %(now)s (%(answers)s in %(weeks)s): "
        "%(verdict)s",
        usual=usual, now=now, **values,
    )  # fmt: skip
    return f"• {text}"


def _difference(line: Line, language: Language) -> str:
    change = line.report.change
    assert change is not None
    text = f"{escape(_name(line, language))}: {reports.difference(line.metric, change, language)}"
    return f"• {reports.judged(text, change, line.changed, language)}"


def _formulas(rollup: RollUp, language: Language) -> list[str]:
    metrics = dict.fromkeys(reports.formula(line.metric, language) for line in rollup.lines)
    last = containing(Kind.WEEK, rollup.month.end, rollup.month.timezone).previous()
    return [
        *metrics,
        language.say(
            "The month and its weeks are those of %(zone)s. All teams are all answers to the metric, as in a report "
            "without a team. The response rate is that of the month's surveys whose 7 days are over.",
            zone=rollup.month.timezone,
        ),
        language.say(
            "Differences have a MOVER interval, from 10 answers in both months; what is more than noise is chosen over "
            "all of this message at a false discovery rate of 10% (Benjamini & Hochberg 1995)."
        ),
        language.say(
            "Slow drift: the %(weeks)s weeks up to %(last)s in groups of %(least)s answers or more, against "
            "the %(before)s ordinary weeks before them (no known incident, no signal of their own). The "
            "distance of each group, measured in the usual variation (Laney 2002), goes into a moving "
            "average with the weight 0.25 (EWMA, Roberts 1959). A team drifts if the last value is beyond 3 "
            "standard deviations of such an average. The drift began in the week after the average was last "
            "on the other side of the usual. It takes %(groups)s groups before and %(few)s now.",
            weeks=JUDGED_WEEKS, last=last.key, least=LEAST_IN_GROUP, before=BASELINE_WEEKS, groups=LEAST_GROUPS,
            few=LEAST_JUDGED,
        ),
    ]  # fmt: skip


def _levels(line: Line, language: Language) -> list[str]:
    """The usual and the current figure behind the verdict."""
    levels = (line.drift.centre, line.drift.value)
    return [reports.figure(line.metric, level, language) for level in levels if level is not None]


def _name(line: Line, language: Language) -> str:
    return f"{_team(line, language)}, {language.say(line.metric.title)}"


def _team(line: Line, language: Language) -> str:
    return line.team or language.say("All teams")

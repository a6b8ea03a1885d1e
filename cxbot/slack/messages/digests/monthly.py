"""The monthly roll-up over teams: a line per team in the channel; levels, differences and formulas in its thread."""

from __future__ import annotations

from collections.abc import Sequence

from cxbot.charts import Panel
from cxbot.core.calendar.periods import Kind, containing, monday
from cxbot.core.digests.monthly import WEEKS, Line, RollUp
from cxbot.core.metrics.differences import Detail
from cxbot.core.signals.levels import WINDOW
from cxbot.errors import N_
from cxbot.language import Language
from cxbot.slack.messages import incidents
from cxbot.slack.messages.parts.blocks import escape, plain, shorten
from cxbot.slack.messages.parts.spans import period_name
from cxbot.slack.messages.reports import metric_report as reports

ROWS = 12  # teams listed in the channel and drawn in the picture
SILENT = 10  # teams without answers that are listed by name

WORDS = {
    "up": N_("↑ *a new level* since about %(day)s: %(levels)s"),
    "down": N_("↓ *a new level* since about %(day)s: %(levels)s"),
    "steady": N_("steady"),
    "too few": N_("too few answers to see a change of level"),
    "no baseline": N_("no baseline yet"),
}


def rollup_lines(rollup: RollUp, language: Language) -> list[str]:
    """The roll-up in the channel; teams with a new level come first."""
    team, month = escape(rollup.team.name), period_name(rollup.month, language)
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
    return [*lines, language.say("A new level is one that began in the last %(weeks)s weeks.", weeks=WINDOW)]


def details(rollup: RollUp, language: Language) -> list[list[str]]:
    """The roll-up's thread as paragraphs: further teams, levels, differences, and how everything is counted."""
    every = [*rollup.lines, *rollup.together]
    more = [line for line in rollup.lines if line.report.n][ROWS:]
    compared = [line for line in every if line.report.compared]
    paragraphs = [[_row(line, language) for line in more]] if more else []
    levels = language.say("Levels: the last %(weeks)s weeks", weeks=WINDOW)
    paragraphs.append([f"*{levels}*", *(_level(line, language) for line in every)])
    if compared:
        against = language.say("Against the month before")
        paragraphs.append([f"*{against}*", *(_difference(line, language) for line in compared)])
    counted = language.say("How is this counted?")
    return [*paragraphs, [f"*{counted}*", *_formulas(rollup, language)]]


def picture_title(rollup: RollUp, language: Language) -> str:
    """The picture's title, with the number of teams that are not in it."""
    return language.say(
        "%(weeks)s weeks of %(shown)s of %(all)s teams, up to %(month)s",
        weeks=WEEKS, shown=len(rollup.drawn[:ROWS]), all=len(rollup.lines), month=rollup.month.key,
    )  # fmt: skip


def picture_text(rollup: RollUp, language: Language) -> str:
    """The picture's alternative text."""
    panels_in_words = [f"{panel.name}, {panel.figures}: {panel.verdict}" for panel in panels(rollup, language)]
    return shorten("; ".join(panels_in_words), 1000)


def panels(rollup: RollUp, language: Language) -> list[Panel]:
    """The panels of the picture: one per team with weeks to draw; teams with a new level come first."""
    return [
        Panel(
            line,
            _team(line, language),
            f"{language.say(line.metric.title)} {_figure(line, line.standing.now, language)}",
            plain(_verdict(line, language)),
        )
        for line in rollup.drawn[:ROWS]
    ]


def _verdict(line: Line, language: Language) -> str:
    """Whether a team has a new level, and since when."""
    standing, day = line.standing, line.since and language.short_day(monday(line.since))
    levels = " → ".join(_figure(line, figure, language) for figure in (standing.before, standing.now))
    return language.say(WORDS[standing.word], day=day, levels=levels)


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


def _level(line: Line, language: Language) -> str:
    """The verdict on a team's level, with what it is based on."""
    standing = line.standing
    values = {
        "name": escape(_name(line, language)),
        "verdict": _verdict(line, language),
        "answers": reports.answers(standing.n, language),
        "weeks": standing.weeks,
        "baseline": reports.answers(standing.baseline_n, language),
        "before": standing.baseline_weeks,
    }
    if standing.word in ("too few", "no baseline"):
        text = language.say("%(name)s: %(verdict)s (%(answers)s in these weeks, %(baseline)s before)", **values)
        return f"• {text}"
    text = language.say(
        "%(name)s: usual is %(usual)s (%(baseline)s in %(before)s weeks), now %(now)s (%(answers)s in %(weeks)s): "
        "%(verdict)s",
        usual=_figure(line, standing.before, language), now=_figure(line, standing.now, language), **values,
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
            "A new level is what the weekly verdicts tell: a moving average (EWMA, Roberts 1959, weight 0.1) of the "
            "weeks' distances from those before is beyond 2.6 standard errors. It counts here if it began in the last "
            "%(weeks)s weeks up to %(last)s.",
            weeks=WINDOW, last=last.key,
        ),
    ]  # fmt: skip


def _figure(line: Line, figure: float | None, language: Language) -> str:
    return "–" if figure is None else reports.figure(line.metric, figure, language)


def _name(line: Line, language: Language) -> str:
    return f"{_team(line, language)}, {language.say(line.metric.title)}"


def _team(line: Line, language: Language) -> str:
    return line.team or language.say("All teams")

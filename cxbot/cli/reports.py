"""`cxbot report` and `cxbot digest`."""

from __future__ import annotations

import importlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from cxbot.chart_process import ChartProcess
from cxbot.cli.common import deed, moment, nothing, opened, rejoined
from cxbot.clock import utc_now
from cxbot.config import Settings, set_up_logging
from cxbot.core.calendar import periods
from cxbot.core.calendar.hours import MonthlySlot, parse_slot
from cxbot.core.calendar.periods import Kind, Period
from cxbot.core.digests import monthly
from cxbot.core.digests import weekly as digest_rules
from cxbot.core.digests.monthly import RollUp
from cxbot.core.invitations import funnel as funnels
from cxbot.core.reports.kinds import Measured
from cxbot.core.reports.kinds import as_json as as_json_form
from cxbot.core.reports.metric_report import LEAST_FOR_LEADS, Report
from cxbot.core.teams.team import Team
from cxbot.errors import N_, ConfigError, UsageError
from cxbot.language import Language, language
from cxbot.service import reporting
from cxbot.slack.messages.digests import weekly as digest_messages
from cxbot.slack.messages.parts.blocks import bare
from cxbot.slack.messages.reports import any_report, funnel
from cxbot.slack.messages.reports import explained as explanations
from cxbot.slack.outgoing.files import draw_funnel
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.sender_lock import SenderLock
from cxbot.store.records import audit, teams
from cxbot.store.records import digests as claimed_digests
from cxbot.store.reports import answer_rows, funnel_facts, weekly_digest


@click.command()
@click.argument("metric")
@click.argument("words", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Unrounded figures as JSON.")
@click.option("--explain", "explained", is_flag=True, help="How the figures are counted.")
@click.option("--rows", "as_rows", is_flag=True, help="The answers that count, as CSV; names only with consent.")
@click.option("--picture", metavar="FILE.png", help="Draw the agents of a report with by:agent into FILE.png.")
@click.option("--at", "at", metavar="TIME", help="Use TIME as the present (default: now).")
def report(
    metric: str, words: tuple[str, ...], as_json: bool, explained: bool, as_rows: bool, picture: str | None,
    at: str | None,
) -> None:  # fmt: skip
    """A report, as an admin sees it.

    WORDS are those of the slash command: a period, filters, by: and vs:, such as

        cxbot report nps last week team:Support by:agent
    """
    settings = Settings.load()
    now = moment(at, settings)
    with opened(settings) as database:
        shown = reporting.ask_as_admin(database.reader, metric.lower(), rejoined(words), now, settings.timezone)
        left_out = reporting.left_out(database.reader, shown, now) if explained else {}
        asked = _funnel(database.reader, shown) if as_json else {}
        rows = []
        if as_rows and isinstance(shown, Report):
            deed(database, audit.ANSWERS_SEEN, f"{metric} {rejoined(words)}", nothing)
            rows = answer_rows.answers(database.reader, shown, now)
    if picture is not None:
        _draw(shown, Path(picture), language(settings.locale))
    elif as_rows:
        if not isinstance(shown, Report):
            raise UsageError(N_("Only a report on a metric has single answers to list."))
        click.echo(answer_rows.as_csv(rows), nl=False)
    elif explained:
        click.echo(bare(explanations.explained(shown, language(settings.locale), left_out)["text"]))
    elif as_json:
        click.echo(json.dumps({**as_json_form(shown), **asked}, ensure_ascii=False, indent=2))
    else:
        click.echo(any_report.text(shown, language(settings.locale)))


def _draw(shown: Measured, path: Path, speech: Language) -> None:
    """Draw the agents of a report as a funnel. Raises UsageError if there is nothing to draw."""
    if not funnel.drawable(shown) or not isinstance(shown, Report):
        raise UsageError(
            N_("A picture takes a report with `by:agent` in which %(agents)s agents have %(answers)s answers each."),
            agents=funnel.LEAST_AGENTS, answers=LEAST_FOR_LEADS,
        )  # fmt: skip
    process = ChartProcess()
    try:
        path.write_bytes(draw_funnel(process, shown, str, speech))
    finally:
        process.close()
    click.echo(funnel.picture_text(shown, str, speech))


def _funnel(db: Connection, shown: Measured) -> dict[str, Any]:
    """What became of the conversations that were closed in the period of a report about customers' answers."""
    if not isinstance(shown, Report) or shown.metric.employees or set(shown.query.filters) - {"team"}:
        return {}
    period = shown.query.period
    closed = funnel_facts.tallies(db, shown.query.filters.get("team"), period.start, period.end)
    return {"funnel": funnels.as_json(funnels.funnel(closed))}


@click.command()
@click.argument("team")
@click.option("--week", metavar="WEEK", help="The week, such as 2026-W46 (default: the last complete one).")
@click.option("--month", metavar="MONTH", help="The month, such as 2026-10: the roll-up over all teams.")
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON.")
@click.option("--post", is_flag=True, help="Post it to the team's channel, unless that was done already.")
def digest(team: str, week: str | None, month: str | None, as_json: bool, post: bool) -> None:
    """Show the digest of TEAM, or post it: the weekly one, or the roll-up of a team whose digest is monthly."""
    settings = Settings.load()
    if week and month:
        raise UsageError(N_("Give a week or a month, not both."))
    now = utc_now()
    if post:
        set_up_logging(settings.log_level)
        importlib.import_module("cxbot.app").identify(settings)
    with opened(settings) as database:
        chosen = teams.named(database.reader, team)
        span = _span(chosen, week, month, now)
        if post:
            about = f"{chosen.name} {span.key}"
            done = deed(database, audit.DIGEST_POSTED, about, lambda db: claimed_digests.claim(db, chosen, span, now))
            text = N_("%(team)s, %(period)s: posting.") if done else N_("%(team)s, %(period)s: posted already.")
            click.echo(language(settings.locale).say(text, team=chosen.name, period=span.key))
        else:
            if as_json:
                told = weekly_digest.about(database.reader, chosen, span, now)
                figures = monthly.as_dict(told) if isinstance(told, RollUp) else digest_rules.as_dict(told)
                click.echo(json.dumps(figures, ensure_ascii=False, indent=2))
            else:
                told = weekly_digest.for_channel(database.reader, chosen, span, now)
                speech = language(chosen.locale)
                for message in (digest_messages.render(told, speech), digest_messages.details(told, speech)):
                    if message["text"]:
                        click.echo(bare(message["text"]) + "\n")
    if post and done and not _serving(settings):
        importlib.import_module("cxbot.app").tick_once(settings, now)


def _span(team: Team, week: str | None, month: str | None, now: datetime) -> Period:
    """The named week or month, else the last complete one. Months are for teams whose digest is monthly."""
    if week:
        return periods.week(week, team.timezone)
    if month:
        return periods.month(month, team.timezone)
    if isinstance(parse_slot(team.digest), MonthlySlot):
        return periods.containing(Kind.MONTH, now, team.timezone).previous()
    return periods.last_weeks(1, now, team.timezone)[0]


def _serving(settings: Settings) -> bool:
    """Whether another process sends from this database. If so, it posts the digest."""
    try:
        SenderLock(settings.database).release()
    except ConfigError:
        return True
    return False

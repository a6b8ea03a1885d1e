"""`cxbot campaign start | list | show | pause | resume | stop`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from cxbot.cli.common import bot_without_slack, deed, opened
from cxbot.cli.common import moment as moment_of
from cxbot.cli.hooks import as_json
from cxbot.cli.imports import GUESSED
from cxbot.config import Settings
from cxbot.core.csv_files.columns import Source
from cxbot.core.invitations import campaigns as rules
from cxbot.core.teams.team import Team
from cxbot.errors import N_, CxbotError, UsageError
from cxbot.language import Language, language
from cxbot.service import campaigns as service
from cxbot.service.bot import Bot
from cxbot.service.campaigns import Plan
from cxbot.slack.messages import campaigns as messages
from cxbot.slack.messages.parts.blocks import bare
from cxbot.spreadsheets import open_sheet
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.records import audit, campaigns, teams

SHOWN = 20
AT = click.option("--at", "at", metavar="TIME", help="Use TIME as the present (default: now).")


@click.group()
def campaign() -> None:
    """Ask a list of people over some working days: relationship surveys. See docs/campaigns.md."""


@campaign.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--survey", required=True, metavar="nps|csat|…", help="What is asked.")
@click.option("--over", required=True, metavar="10d|2w", help="The working days over which people are asked: 1 to 90.")
@click.option("--team", "team_name", metavar="TEAM", help="The team that asks (default: the only one).")
@click.option("--name", metavar="NAME", help="The campaign's name (default: that of FILE).")
@click.option("--sheet", "sheet_name", metavar="NAME", default="", help="The sheet of a workbook (default: the first).")
@click.option("--dry-run", is_flag=True, help="Say how many are asked, when, and who is left out; start nothing.")
@AT
def start(
    file: Path, survey: str, over: str, team_name: str | None, name: str | None, sheet_name: str, dry_run: bool,
    at: str | None,
) -> None:  # fmt: skip
    """Ask the people of FILE, a CSV file or an Excel workbook.

    Columns: email, slack or customer (one of them), company, locale, timezone; name is for you and is not stored.
    A running bot asks everybody in working hours, in random order, as many on each day. If rows are wrong, they are
    named by line, and nobody is asked. Starting the same name twice is refused.
    """
    settings = Settings.load()
    now, speech = moment_of(at, settings), language(settings.locale)
    sheet = open_sheet(file, sheet_name)
    if sheet.is_guessed:
        click.echo(speech.say(GUESSED, path=file.name), err=True)
    source = Source(file.name, sheet)
    with opened(settings) as database:
        bot = bot_without_slack(settings, database, lambda: now)
        team = _team(database.reader, team_name)
        plan = service.prepare(bot, team, file.stem if name is None else name, survey, over, source)
        if dry_run:
            click.echo("\n".join(_tried(bot, plan, speech)))
            return
        deed(database, audit.CAMPAIGN_STARTED, plan.name, lambda db: service.begin(db, plan, now))
    click.echo("\n".join(_planned(N_("Started %(name)s: %(people)s, %(days)s, %(daily)s."), plan, speech)))


def _planned(text: str, plan: Plan, speech: Language) -> Iterator[str]:
    """What a campaign will do."""
    people = speech.count(len(plan.people), "%(n)s person", "%(n)s people")
    days = speech.count(plan.days, "%(n)s working day", "%(n)s working days")
    fewest, most = plan.per_day
    daily = speech.say("%(n)s a day", n=str(most) if fewest == most else f"{fewest}–{most}")
    yield speech.say(text, name=plan.name, people=people, days=days, daily=daily)
    first = min(at for _, at in plan.people)
    yield speech.say(
        "The first is asked on %(first)s, and it ends on %(last)s.",
        first=speech.moment(first, plan.team.zone), last=speech.moment(plan.ends_at, plan.team.zone),
    )  # fmt: skip
    yield from messages.doubled(plan.doubled, speech)


def _tried(bot: Bot, plan: Plan, speech: Language) -> Iterator[str]:
    """What a campaign would do, without doing it."""
    yield from _planned(N_("Would start %(name)s: %(people)s, %(days)s, %(daily)s."), plan, speech)
    left_out = sorted(service.forecast(bot, plan), key=lambda each: each[0].line)
    reasons = Counter(str(refusal.values.get("code", "")) for _, refusal in left_out)
    for code, n in reasons.most_common():
        why = speech.say(messages.WHY.get(code, messages.NOT_ELIGIBLE))
        yield speech.say("Left out as things are now: %(n)s (%(why)s).", n=n, why=why)
    for member, refusal in left_out[:SHOWN]:
        where = speech.say(N_("Line %(line)s"), line=member.line)
        yield f"  {where}: {bare(speech.error(refusal, plan.team.timezone))}"
    if len(left_out) > SHOWN:
        yield speech.say("… and %(n)s more", n=len(left_out) - SHOWN)


def _team(db: Connection, name: str | None) -> Team:
    if name is not None:
        return teams.named(db, name)
    every = teams.every(db)
    if len(every) == 1:
        return every[0]
    raise UsageError(
        N_("Say which team asks: --team NAME. Teams: %(all)s."), all=", ".join(t.name for t in every) or "–"
    )


@campaign.command("list")
def list_() -> None:
    """Every campaign, the latest first."""
    settings = Settings.load()
    speech = language(settings.locale)
    with opened(settings) as database:
        found = [service.progress(database.reader, each) for each in campaigns.every(database.reader)]
    if not found:
        click.echo(speech.say("No campaign yet. Start one: cxbot campaign start FILE.csv --survey nps --over 10d"))
    for each in found:
        counted = f"{each.sent}/{each.people}"
        click.echo(f"{each.campaign.name:<30}  {counted:>15}  {messages.in_short(each, speech, settings.timezone)}")


@campaign.command()
@click.argument("name")
@click.option("--json", "raw", is_flag=True, help="The progress as JSON.")
def show(name: str, raw: bool) -> None:
    """How far the campaign NAME is: who waits, was asked, answered, and who was not asked and why."""
    settings = Settings.load()
    with opened(settings) as database:
        found = service.progress(database.reader, campaigns.named(database.reader, name))
    if raw:
        click.echo(as_json(rules.as_json(found)))
        return
    speech = language(settings.locale)
    click.echo(bare(messages.headline(found, speech, settings.timezone)))
    for what, n in messages.figures(found, speech):
        click.echo(f"{what:<42}{speech.number(n):>10}")


@campaign.command()
@click.argument("name")
@AT
def pause(name: str, at: str | None) -> None:
    """Ask nobody of the campaign NAME for the time being. Its end moves by the working time of the pause."""
    _change(name, service.PAUSE, at)


@campaign.command()
@click.argument("name")
@AT
def resume(name: str, at: str | None) -> None:
    """Let the campaign NAME go on after a pause."""
    _change(name, service.RESUME, at)


@campaign.command()
@click.argument("name")
@AT
def stop(name: str, at: str | None) -> None:
    """End the campaign NAME: whoever waits is not asked. Answers that come later still count."""
    _change(name, service.STOP, at)


def _change(name: str, what: str, at: str | None) -> None:
    settings = Settings.load()
    now, speech = moment_of(at, settings), language(settings.locale)
    with opened(settings) as database:
        _do(database, name, what, now)
        found = service.progress(database.reader, campaigns.named(database.reader, name))
    click.echo(bare(messages.headline(found, speech, settings.timezone)))


def _do(database: Database, name: str, what: str, now: datetime) -> None:
    known = campaigns.named(database.reader, name)

    def write(db: Connection) -> None:
        if not service.change(db, known, what, now):
            raise CxbotError(UNCHANGED[what], name=known.name)

    deed(database, service.DEEDS[what], known.name, write)


UNCHANGED = {
    service.PAUSE: N_("The campaign “%(name)s” is not running, so it can't be paused."),
    service.RESUME: N_("The campaign “%(name)s” is not paused, so it can't go on."),
    service.STOP: N_("The campaign “%(name)s” is over or was stopped before."),
}

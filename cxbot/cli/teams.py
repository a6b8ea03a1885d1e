"""`cxbot team add | list | set | remove`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from cxbot.cli.common import deed, opened
from cxbot.cli.day_files import with_days_of_files
from cxbot.cli.named import with_ids
from cxbot.clock import utc_now
from cxbot.config import Settings
from cxbot.core.calendar.hours import OFF
from cxbot.core.surveys.catalogue import Catalogue
from cxbot.core.teams import settings as team_settings
from cxbot.core.teams.conditions import WORDS
from cxbot.core.teams.team import AGENT_VIEWS, DELIVERIES, REACTION_MEANINGS, Team
from cxbot.errors import N_, CxbotError, UsageError
from cxbot.language import Language, language, settings_in_english
from cxbot.store.records import audit, endings, surveys
from cxbot.store.records import teams as store

F = TypeVar("F", bound=Callable[..., Any])

OPTIONS = (
    click.option("--channel", metavar="C…|#name", help="The team's channel, for the digest."),
    click.option("--leads-channel", metavar="C…|#name",
                 help="Where leads get notices about customers who were let down."),
    click.option("--lead", "leads", metavar="U…|S…|e-mail", multiple=True,
                 help="A lead (person or user group); repeatable."),
    click.option("--member", "members", metavar="U…|S…|e-mail", multiple=True,
                 help="A member (or a user group); repeatable."),
    click.option("--source-channel", "source_channels", metavar="C…|#name", multiple=True,
                 help="A channel in which customers are served; repeatable."),
    click.option("--timezone", metavar="ZONE", help="Time zone, such as Europe/Helsinki (default: CXBOT_TIMEZONE)."),
    click.option("--locale", metavar="LANG", help="Language: en, fi or sv (default: CXBOT_LOCALE)."),
    click.option("--digest", metavar='"mon 09:00"|monthly|off',
                 help="When the weekly digest is posted (default: mon 09:00), or a monthly roll-up over all teams."),
    click.option("--survey", metavar="csat|nps|…", help="What is asked after a conversation (default: csat)."),
    click.option("--delay", "delay_minutes", metavar="MINUTES", help="Wait before asking (default: 10)."),
    click.option("--throttle", "throttle_days", metavar="DAYS", help="Days between two surveys (default: 30)."),
    click.option("--hours", metavar='"mon-fri 8-18"|always', help="When to ask, in the customer's zone."),
    click.option("--reaction", metavar="NAME", help="Emoji that ends a conversation."),
    click.option("--delivery", type=click.Choice(DELIVERIES), help="Where to ask (default: auto)."),
    click.option("--agents", type=click.Choice(AGENT_VIEWS), help="Who sees agents' figures (default: own)."),
    click.option("--reaction-means", type=click.Choice(REACTION_MEANINGS),
                 help="What the reaction is: the rule for every conversation, or somebody's choice (default: close)."),
    click.option("--sampling", metavar="PERCENT", help="Of how many closed interactions is asked (default: 100)."),
    click.option("--never-company", "never_companies", metavar="NAME", multiple=True,
                 help="Nobody of this company is asked: its name, or a domain such as example.com; repeatable."),
    click.option("--company-days", metavar="DAYS", help="Days between two surveys to one company (default: 0, off)."),
    click.option("--silence", metavar="4h|off",
                 help="Working hours after which a quiet thread is closed (default: off); needs the feature history."),
    click.option("--only", "conditions", metavar="CONDITIONS",
                 help="Which closes count, such as \"source:desk topic:billing handling>=2m -tag:internal\"; all must "
                      f"hold. Words: {', '.join(WORDS)}. An empty text: all closes."),
    click.option("--holidays", metavar="FI|DE-BY|FILE,…|off",
                 help="Days on which nobody is asked: a country or a part of it, a file of days (.ics, .csv, .txt), or "
                      "days such as 2026-12-24; with commas between (default: off)."),
    click.option("--reminder", "reminder_days", metavar="DAYS|off",
                 help="Days after which somebody who has not answered is reminded once (default: off)."),
    click.option("--relationship-days", metavar="DAYS",
                 help="Days between two relationship questions to one person (default: 90)."),
    click.option("--survey-for", "surveys", metavar="SOURCE=SURVEY", multiple=True,
                 help="What is asked about closes from a source, such as desk=ces; repeatable."),
    click.option("--quiet", metavar="30m|off",
                 help="How long nobody may have written in a thread before its survey goes there (default: off); needs "
                      "the feature history."),
    click.option("--rehearsal/--no-rehearsal", default=None, help="Ask nobody; show the leads who would be asked."),
)  # fmt: skip


def _with_options(function: F) -> F:
    for option in reversed(OPTIONS):
        function = option(function)
    return function


@click.group()
def team() -> None:
    """Add, list, change and remove teams. Changes reach a running bot at once."""


@team.command()
@click.argument("name")
@_with_options
def add(name: str, **given: Any) -> None:
    """Add the team NAME. Options that are not given take their defaults."""
    settings = Settings.load()
    if not given["channel"]:
        raise UsageError(N_("Say which channel gets the digest: --channel C…"))
    with opened(settings, new=True) as database:
        read = _read({"name": name, **given}, surveys.catalogue(database.reader), settings)
        values = {**team_settings.defaults(settings.timezone, settings.locale), **read}
        values["rehearsal"] = int(values["rehearsal"])
        deed(database, audit.TEAM_ADDED, values["name"], lambda db: store.add(db, values, utc_now()))
    speech = language(settings.locale)
    click.echo(speech.say("Added %(name)s. Invite the bot to its channels: /invite @cxbot", name=values["name"]))


@team.command("set")
@click.argument("name")
@click.option("--name", "new_name", help="A new name. The team's answers go along, and the old name still finds them.")
@_with_options
def set_(name: str, new_name: str | None, **given: Any) -> None:
    """Change settings of the team NAME; what is not given stays. An empty text clears a list: --lead ""."""
    settings = Settings.load()
    with opened(settings) as database:
        named = {"name": new_name} if new_name else {}
        values = _read({**named, **given}, surveys.catalogue(database.reader), settings)
        if "rehearsal" in values:
            values["rehearsal"] = int(values["rehearsal"])
        if not values:
            raise UsageError(N_("Nothing to change: give at least one option, such as --survey nps."))
        known = store.named(database.reader, name)
        deed(database, audit.TEAM_CHANGED, known.name, lambda db: store.change(db, known.id, values))
    click.echo(language(settings.locale).say("Changed %(name)s.", name=values.get("name", known.name)))


def _read(given: dict[str, Any], catalogue: Catalogue, settings: Settings) -> dict[str, Any]:
    """The given options, checked. An empty text clears a list of people or channels; names are looked up in Slack."""
    said = {name: value for name, value in given.items() if value is not None and value != ()}
    said = settings_in_english(said)
    if "holidays" in said:
        said["holidays"] = with_days_of_files(said["holidays"])
    for name in ("leads", "members", "source_channels"):
        if name in said:
            said[name] = [entry for entry in said[name] if entry]
    said = with_ids(said, settings)
    try:
        return team_settings.read(said, catalogue)
    except UsageError:
        raise
    except CxbotError as error:
        raise UsageError(error.msgid, **error.values) from error


@team.command("list")
def list_() -> None:
    """Every team with its settings."""
    settings = Settings.load()
    speech = language(settings.locale)
    with opened(settings) as database:
        teams = store.every(database.reader)
    if not teams:
        click.echo(speech.say("No team yet. Add one: cxbot team add NAME --channel C…"))
    for known in teams:
        click.echo(_described(known, speech))


def _described(team: Team, speech: Language) -> str:
    asked = speech.say(
        "%(survey)s, %(minutes)s minutes after :%(reaction)s:, %(hours)s, %(delivery)s",
        survey=team.survey.name, minutes=team.delay_minutes, reaction=team.reaction, hours=speech.hours(team.hours),
        delivery=team.delivery,
    )  # fmt: skip
    settings = {
        speech.say("channel"): team.channel,
        speech.say("leads' channel"): team.leads_channel or "–",
        speech.say("leads"): ", ".join(team.leads) or "–",
        speech.say("members"): ", ".join(team.members) or "–",
        speech.say("source channels"): ", ".join(team.source_channels) or "–",
        speech.say("survey"): asked,
        speech.say("closed by silence"): speech.hours(team.silence),
        speech.say("conditions"): speech.conditions(team.conditions) or "–",
        speech.say("holidays"): speech.hours(team.holidays) if team.holidays == OFF else team.holidays,
        speech.say("waits for quiet"): speech.hours(team.quiet),
        speech.say("reminder"): _days(team.reminder_days, speech),
        speech.say("surveys by source"): ", ".join(f"{source}={asked.name}" for source, asked in team.surveys) or "–",
        speech.say("relationship"): _days(team.relationship_days, speech),
        speech.say("throttle"): speech.count(team.throttle_days, "%(n)s day", "%(n)s days"),
        speech.say("digest"): f"{speech.hours(team.digest)} {team.timezone}, {team.locale}",
        speech.say("agents' figures"): team.agents,
    }
    states = [speech.say("paused")] * team.paused + [speech.say("rehearsal")] * team.rehearsal
    title = " ".join([team.name, *(f"({state})" for state in states)])
    width = max(16, *map(len, settings))
    return "\n".join([title, *(f"  {name:<{width}} {value}" for name, value in settings.items())])


def _days(days: int, speech: Language) -> str:
    return speech.count(days, "%(n)s day", "%(n)s days") if days else speech.hours(OFF)


@team.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove the team NAME: nothing is sent for it any more. Its answers stay under its name."""
    settings = Settings.load()
    with opened(settings) as database:
        known = store.named(database.reader, name)
        deed(database, audit.TEAM_REMOVED, known.name, lambda db: endings.team_goes(db, known.id, utc_now()))
    click.echo(language(settings.locale).say("Removed %(name)s. Its answers are still there.", name=known.name))

"""`cxbot incident add | list | remove`."""

from __future__ import annotations

import click

from cxbot.cli.common import deed, opened
from cxbot.clock import utc_now
from cxbot.config import Settings
from cxbot.core.calendar import incidents as rules
from cxbot.errors import N_, UsageError
from cxbot.language import language, vocabulary
from cxbot.slack.messages import incidents as messages
from cxbot.store.engine.connection import Connection
from cxbot.store.records import audit, teams, waiting
from cxbot.store.records import incidents as store


@click.group()
def incident() -> None:
    """Add, list and remove known incidents.

    Nobody is asked about their days, charts show them, and their weeks are left out of the baseline.
    """


@incident.command()
@click.argument("name")
@click.argument("days", nargs=-1, required=True)
@click.option("--team", metavar="TEAM", help="The team it concerns (default: every team).")
def add(name: str, days: tuple[str, ...], team: str | None) -> None:
    """Add the incident NAME on DAYS: one, such as 2026-11-03, or 2026-11-03..2026-11-04."""
    settings = Settings.load()
    now = utc_now()
    words = " ".join(days)
    period = vocabulary().period(words)
    if period is None:
        raise UsageError(
            N_("`%(days)s` is not a day or a range of days. Write 2026-11-03 or 2026-11-03..2026-11-04."), days=words
        )
    with opened(settings, new=True) as database:
        chosen = teams.named(database.reader, team) if team else None
        zone = chosen.timezone if chosen else settings.timezone
        about = {"team_id": chosen.id, "team": chosen.name} if chosen else {}
        made = rules.made(name, period, now, zone, **about)  # type: ignore[arg-type]

        def write(db: Connection) -> None:
            store.add(db, made)
            waiting.hold_during(db, made, now)

        deed(database, audit.INCIDENT_ADDED, f"{made.name} {made.key}", write)
    click.echo(messages.added(made, language(settings.locale)))


@incident.command("list")
def list_() -> None:
    """Every known incident, the latest first."""
    settings = Settings.load()
    speech = language(settings.locale)
    with opened(settings) as database:
        incidents = store.every(database.reader)
    if not incidents:
        click.echo(speech.say('No incident is known. Add one: cxbot incident add "outage" 2026-11-03..2026-11-04'))
    for known in incidents:
        click.echo(f"{known.key:<22}  {known.team or speech.say('every team'):<20}  {known.name}")


@incident.command()
@click.argument("name")
@click.option("--team", metavar="TEAM", help="The team it concerns, if several teams have one with that name.")
def remove(name: str, team: str | None) -> None:
    """Remove the incident NAME: its days count like all others again."""
    settings = Settings.load()
    with opened(settings) as database:
        if team:
            of = frozenset({teams.named(database.reader, team).id})
        else:
            of = frozenset(known.team_id for known in store.every(database.reader))
        removed = store.named(database.reader, name, of)
        about = f"{removed.name} {removed.key}"
        deed(database, audit.INCIDENT_REMOVED, about, lambda db: store.remove(db, removed))
    click.echo(messages.removed(removed, language(settings.locale)))

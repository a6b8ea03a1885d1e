"""`cxbot hook add | list | show | test | remove`."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from cxbot.cli.common import LARGEST, bot_without_slack, deed, opened
from cxbot.clock import utc_now
from cxbot.config import Settings
from cxbot.core.hooks import bodies, kinds
from cxbot.core.hooks.event import Event
from cxbot.core.hooks.kind import Kind
from cxbot.core.hooks.signatures import check_secret
from cxbot.core.teams.conditions import OWN_SOURCES
from cxbot.errors import N_, ConfigError, CxbotError, UsageError
from cxbot.language import language
from cxbot.service import hooks as telling
from cxbot.service import ledger
from cxbot.slack.messages import ledger as words
from cxbot.slack.messages.parts.blocks import bare
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.records import audit, conversations, teams
from cxbot.store.records import hooks as store
from cxbot.store.records.hooks import Hook
from cxbot.store.records.sources import SLACK

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-_"
LONGEST_NAME = 60


@click.group()
def hook() -> None:
    """Where helpdesks tell about conversations: add, list, show, test and remove hooks. See docs/hooks.md."""


@hook.command()
@click.argument("name")
@click.option(
    "--kind",
    "kind_name",
    required=True,
    metavar="KIND|FILE.toml",
    help=f"The tool that sends: {', '.join(kinds.shipped())}; or a file of your own.",
)
@click.option("--team", "team_name", required=True, help="The team whose conversations these are.")
@click.option(
    "--secret",
    "given",
    multiple=True,
    help="The secret that signs; twice while one is replaced. Without it a new one is made and shown.",
)
def add(name: str, kind_name: str, team_name: str, given: tuple[str, ...]) -> None:
    """Add the hook NAME, or change the one of this name. Shows what to do in the tool."""
    settings = Settings.load()
    name = _name(name)
    kind, definition = _kind(kind_name)
    chosen = given or (new_secret(),)
    for secret in chosen:
        _check_secret(kind, secret)
    with opened(settings) as database:
        team = teams.named(database.reader, team_name)
        made = Hook(name, kind_name if not definition else kind.name, definition, team.id, chosen, utc_now())
        deed(database, audit.HOOK_ADDED, name, lambda db: _keep(db, made))
    click.echo(f"Added the hook {name} for {team.name}.\n")
    click.echo(_steps(settings, made, kind))


def _keep(db: Connection, made: Hook) -> None:
    """Add or change a hook. Raises UsageError if its name stands for the conversations of another tool."""
    before = store.named(db, made.name)
    if before is not None and before.kind != made.kind and conversations.any_of(db, made.name):
        raise UsageError(
            N_("The hook “%(name)s” was one of the kind `%(kind)s`, and another tool's conversations could have "
               "the same ids. Choose another name; for the same tool, a file of your own has `name = \"%(kind)s\"`."),
            name=made.name, kind=before.kind,
        )  # fmt: skip
    store.keep(db, made)


@hook.command("list")
def list_() -> None:
    """The hooks in use."""
    with opened(Settings.load()) as database:
        found = store.every(database.reader)
        by_id = {team.id: team.name for team in teams.every(database.reader)}
    if not found:
        click.echo("No hook yet. Add one: cxbot hook add NAME --kind generic --team TEAM")
    for each in found:
        click.echo(f"{each.name:<20} {each.kind:<12} {by_id.get(each.team_id, 'a team that is gone')}")


@hook.command()
@click.argument("name")
def show(name: str) -> None:
    """What to paste into the tool for the hook NAME, step by step."""
    settings = Settings.load()
    with opened(settings) as database:
        found = _found(database, name)
    click.echo(_steps(settings, found, _kind_of(found)))


@hook.command()
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--header", "headers", multiple=True, metavar='"NAME: VALUE"', help="A header of the delivery; repeatable."
)
def test(name: str, file: Path, headers: tuple[str, ...]) -> None:
    """What the body in FILE would do at the hook NAME, without doing it, and why. It is tried as of the time that it
    tells. Its signature is not checked, and Slack is not asked about anybody."""
    if file.stat().st_size > LARGEST:
        raise UsageError(N_("%(file)s is too large for a delivery."), file=str(file))
    given = {name.strip(): value.strip() for name, _, value in (header.partition(":") for header in headers)}
    settings = Settings.load()
    with opened(settings) as database:
        found = _found(database, name)
        kind = _kind_of(found)
        events = bodies.read(kind, given, file.read_bytes(), utc_now())
        at = _told_at(events)
        bot = bot_without_slack(settings, database, lambda: at)
        taken = telling.would_take(bot, found, events, partial(_why, settings), strict=kind.strict)
    if not events:
        click.echo("It means nothing here: nothing would be recorded, and the answer is 200.")
    for event, (outcome, why) in zip(events, taken, strict=True):
        click.echo(f"{event.conversation or 'A person'}: {event.meaning}")
        click.echo(f"  outcome      {outcome.outcome}{'' if outcome.news else ' (no news: it was told before)'}")
        told = {
            "customer": event.customer.slack or event.customer.email or "no address, so nobody can be asked",
            "company": event.customer.company,
            "agents": ", ".join(agent.name or agent.email or agent.slack for agent in event.agents),
            "topic": event.topic,
            "touchpoint": event.touchpoint,
            "channel": event.channel,
            "closed": "" if event.closed_at is None else event.closed_at.isoformat(),
        }
        for label, value in told.items():
            if value:
                click.echo(f"  {label:<12} {value}")
        for line in why:
            click.echo(f"  {line}")


def _told_at(events: Sequence[Event]) -> datetime:
    """The time of what a body tells, so that a recorded one is not too old to ask about; now if it tells none."""
    told = [at for event in events if (at := event.at or event.closed_at) is not None]
    return min(max(told, default=utc_now()), utc_now())


def _why(settings: Settings, db: Connection, taken: telling.Taken) -> list[str]:
    """The story of the close that a body tells."""
    story = ledger.of_interaction(db, taken.interaction) if taken.news else None
    if story is None:
        return []
    return bare(words.told([story], language(settings.locale), settings.timezone)).splitlines()[1:]


@hook.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove the hook NAME. Its tool hears that it is gone for good (410)."""
    with opened(Settings.load()) as database:
        _found(database, name)
        deed(database, audit.HOOK_REMOVED, name, lambda db: store.remove(db, name, utc_now()))
    click.echo(f"Removed the hook {name}.")


def _name(text: str) -> str:
    if not text or len(text) > LONGEST_NAME or set(text) - set(LETTERS):
        raise UsageError(
            N_("“%(name)s” can't be part of an address. Use small letters, digits, - and _, at most %(most)s."),
            name=text, most=LONGEST_NAME,
        )  # fmt: skip
    if text in (SLACK, *OWN_SOURCES):
        raise UsageError(
            N_("“%(name)s” is a source of cxbot's own, so its conversations would be mixed up. Choose another name."),
            name=text,
        )  # fmt: skip
    return text


def _kind(text: str) -> tuple[Kind, str]:
    """A kind by its name, or from a file, then with its text."""
    if text in kinds.shipped():
        return kinds.shipped()[text], ""
    path = Path(text)
    if path.suffix != ".toml":
        raise UsageError(
            N_("There is no kind of hook `%(name)s`. There are: %(all)s; or give a file.toml."),
            name=text, all=", ".join(kinds.shipped()),
        )  # fmt: skip
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(N_("%(file)s is too large for a kind of hook."), file=text)
        definition = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(N_("%(file)s can't be read (%(why)s)."), file=text, why=error.strerror or "") from error
    except UnicodeDecodeError as error:
        raise UsageError(N_("%(file)s is not UTF-8 text."), file=text) from error
    return kinds.read(definition, path.stem), definition


def _kind_of(found: Hook) -> Kind:
    return kinds.read(found.definition, found.kind) if found.definition else kinds.shipped()[found.kind]


def _check_secret(kind: Kind, secret: str) -> None:
    """Raise the complaint of the usual way of signing unless one of the kind's ways can use the secret."""
    complaint: CxbotError | None = None
    for scheme in kind.schemes.values():
        try:
            check_secret(scheme, secret)
        except CxbotError as error:
            complaint = complaint or error
        else:
            return
    assert complaint is not None
    raise complaint


def new_secret() -> str:
    """A fresh secret, as Standard Webhooks writes them."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _found(database: Database, name: str) -> Hook:
    found = store.named(database.reader, name)
    if found is None or found.removed:
        known = ", ".join(each.name for each in store.every(database.reader)) or "–"
        raise ConfigError(N_("There is no hook “%(name)s”. Hooks: %(all)s."), name=name, all=known)
    return found


def _steps(settings: Settings, found: Hook, kind: Kind) -> str:
    address = f"{settings.public_url or 'https://YOUR-ADDRESS'}/hooks/{found.name}"
    steps = [f"{number}. {step}" for number, step in enumerate(kind.steps(address, found.secrets[0]), 1)]
    if not settings.public_url:
        steps.append("\nSet CXBOT_PUBLIC_URL to the address at which the internet reaches the bot.")
    return "\n".join([f"{kind.title}: {address}", *steps])


def as_json(value: object) -> str:
    """Data as people can read it."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)

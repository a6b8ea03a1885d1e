"""`cxbot doctor` and `cxbot manifest`."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from slack_sdk.errors import SlackApiError

from cxbot.app import identify, make_bot
from cxbot.cli.common import opened
from cxbot.clock import utc_now
from cxbot.config import Settings
from cxbot.core.teams.team import Team
from cxbot.errors import CxbotError
from cxbot.slack.bot import SlackBot
from cxbot.slack.web_api import manifest as manifests
from cxbot.slack.web_api.client import make_client
from cxbot.slack.web_api.directory import FAILURES
from cxbot.store.engine import file_systems
from cxbot.store.engine.connection import VERSION, WAL_IS_SAFE
from cxbot.store.engine.database import Database
from cxbot.store.records import names, outbox

MOST_SKEW = 60  # seconds; Slack refuses requests that are 300 seconds off


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check: what was checked, whether it is fine, and what to do if not. A failed `grave` check
    ends with exit code 1."""

    what: str
    well: bool
    says: str
    grave: bool = True


@click.command()
def doctor() -> None:
    """Check tokens, scopes, channels, outsiders in channels, database, clock and SQLite; say what to do."""
    settings = Settings.load()
    findings = list(_findings(settings))
    for finding in findings:
        ill = click.style("FIX " if finding.grave else "note", fg="red")
        mark = click.style("ok  ", fg="green") if finding.well else ill
        click.echo(f"{mark} {finding.what}: {finding.says}")
    if any(finding.grave and not finding.well for finding in findings):
        sys.exit(1)


def _findings(settings: Settings) -> Iterator[Finding]:
    yield _sqlite()
    yield from _places(settings)
    with _database(settings) as database:
        if settings.database.exists():
            yield from _file(database)
        yield from _transports(settings)
        try:
            identity = identify(settings)
        except CxbotError as error:
            yield Finding("bot token", False, str(error))
            yield Finding(
                "Slack", True, "without it channels, scopes, admins and the clock were not checked", grave=False
            )
            return
        yield Finding("bot token", True, f"accepted; bot user {identity.user} in workspace {identity.workspace}")
        bot = make_bot(settings, database, identity, utc_now)
        yield from _scopes(bot)
        yield _clock(bot)
        yield from _teams(bot)
        yield from _admins(bot)


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    """The database; an empty one for the time of the checks if there is none, because the doctor makes nothing."""
    if settings.database.exists():
        with opened(settings) as database:
            yield database
    else:
        with TemporaryDirectory() as folder, closing(Database(Path(folder) / "empty.db")) as database:
            yield database


def _places(settings: Settings) -> Iterator[Finding]:
    """Whether the database is there, who may read it and the settings, and whether it outlives a restart."""
    path = settings.database
    if not path.exists():
        yield Finding("database", False, f"there is none at {path.absolute()} yet; `cxbot serve` makes it", grave=False)
    files = [path, *(path.with_name(path.name + ending) for ending in ("-wal", "-shm", ".lock")), Path(".env")]
    for file in files:
        if file.exists() and (mode := stat.S_IMODE(file.stat().st_mode)) & 0o077:
            says = f"{file} can be read or written by other users of this machine ({mode:03o}): `chmod 600 {file}`"
            yield Finding("file modes", False, says)
    kind = file_systems.kind_of(path)
    if kind in file_systems.FORGETFUL:
        says = (
            f"{path.absolute()} is on {kind}, which is gone when the container or machine restarts: mount a volume and "
            "set CXBOT_DB to a file in it"
        )
        yield Finding("database", False, says, grave=False)


def _sqlite() -> Finding:
    if WAL_IS_SAFE:
        return Finding("SQLite", True, f"{VERSION}, journal WAL with synchronous FULL")
    says = (
        f"{VERSION} can corrupt a WAL file, so the slower rollback journal is used. Install the package pysqlite3, or "
        "SQLite 3.51.3 or newer"
    )
    return Finding("SQLite", False, says, grave=False)


def _file(database: Database) -> Iterator[Finding]:
    well = database.whole
    says = "undamaged" if well else "damaged: stop the bot, move the file away, and `cxbot restore` the last back-up"
    yield Finding("database", well, f"{database.path} is {says}")
    yield from _names(database)
    counts = outbox.counts(database.reader)
    unknown = counts.get("unknown", 0)
    if unknown:
        says = (
            f"{unknown} messages may or may not have arrived and are not sent again: "
            + ", ".join(f"{task.kind} {task.subject}" for task in outbox.in_state(database.reader, "unknown")[:10])
            + ". With the feature `history` the bot looks them up itself"
        )
        yield Finding("outbox", False, says, grave=False)
    else:
        yield Finding("outbox", True, f"{counts.get('due', 0)} waiting, {counts.get('dead', 0)} given up")


def _names(database: Database) -> Iterator[Finding]:
    """Said once: which names of earlier versions have become one."""
    merged = names.merged(database.reader)
    if not merged:
        return
    shown = [f"{kind} {name} ({n})" for kind, name, n in merged if kind != "customer"][:10]
    people = sum(kind == "customer" for kind, _, _ in merged)
    shown += [f"{people} customers"] if people else []
    says = (
        f"{len(merged)} names were on file in several spellings and are one now; their figures have changed: "
        f"{', '.join(shown)}"
    )
    yield Finding("names", False, says, grave=False)
    database.write(names.told)


def _transports(settings: Settings) -> Iterator[Finding]:
    if settings.app_token:
        try:
            make_client(settings.app_token, settings.api_url).apps_connections_open(app_token=settings.app_token)
            yield Finding("app token", True, "accepted; Socket Mode can be used")
        except SlackApiError as error:
            says = f"Slack says `{error.response.get('error')}`: make an app-level token with connections:write"
            yield Finding("app token", False, says)
        except FAILURES as error:
            yield Finding("app token", False, f"Slack can't be reached ({type(error).__name__})")
    if settings.signing_secret:
        yield Finding("signing secret", True, "set; HTTP at /slack/events can be used")
    if not settings.app_token and not settings.signing_secret:
        yield Finding("connection", False, "set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)")


def _scopes(bot: SlackBot) -> Iterator[Finding]:
    granted = bot.identity.scopes
    if granted is None:
        yield Finding("scopes", False, "Slack did not say which scopes are granted", grave=False)
        return
    missing = [scope for scope in manifests.BASE_SCOPES if scope not in granted]
    says = f"add {', '.join(missing)} under “OAuth & Permissions” and install the app again" if missing else "complete"
    yield Finding("scopes", not missing, says)
    off = [name for name, feature in manifests.FEATURES.items() if not set(feature.scopes) <= granted]
    if off:
        yield Finding("features", True, f"off without their scopes: {', '.join(off)} (`cxbot manifest --with …`)")


def _clock(bot: SlackBot) -> Finding:
    headers = {name.lower(): value for name, value in bot.client.auth_test().headers.items()}
    date = headers.get("date")
    if not date:
        return Finding("clock", True, "Slack sent no time to compare with", grave=False)
    skew = abs((utc_now() - parsedate_to_datetime(date)).total_seconds())
    if skew <= MOST_SKEW:
        return Finding("clock", True, "agrees with Slack's")
    return Finding("clock", False, f"is {skew:.0f} s off: turn on time synchronisation (NTP)")


def _teams(bot: SlackBot) -> Iterator[Finding]:
    teams = bot.teams()
    if not teams:
        yield Finding("teams", False, "none yet: `cxbot team add NAME --channel C…` or `/cx team`", grave=False)
    for team in teams:
        if not team.leads:
            says = "has no leads: people who were let down reach the admins instead; `cxbot team set … --lead U…`"
            yield Finding(f"team {team.name}", False, says, grave=False)
        for channel, internal in _channels(team):
            yield _channel(bot, team, channel, internal)


def _channels(team: Team) -> list[tuple[str, bool]]:
    internal = [(channel_id, True) for channel_id in (team.channel, team.leads_channel) if channel_id]
    return [*dict.fromkeys(internal), *((channel_id, False) for channel_id in team.source_channels)]


def _channel(bot: SlackBot, team: Team, channel: str, internal: bool) -> Finding:
    what = f"team {team.name}, channel {channel}"
    try:
        known = bot.directory.channel(channel)
        outsiders = internal and known.member and bot.directory.has_outsiders(channel)
    except CxbotError as error:
        return Finding(what, False, f"{error} Is the id right, and is the bot invited (`/invite @cxbot`)?")
    if known.archived:
        return Finding(what, False, "is archived: choose another one with `cxbot team set`")
    if not known.member:
        return Finding(what, False, "the bot is not in it: `/invite @cxbot`")
    if outsiders:
        return Finding(what, False, "has guests or people of other companies: nothing internal is posted there")
    return Finding(what, True, "fine")


def _admins(bot: SlackBot) -> Iterator[Finding]:
    if not bot.admins:
        yield Finding("admins", False, "CXBOT_ADMINS is empty: nobody can use `/cx team`", grave=False)
    for admin in sorted(bot.admins):
        try:
            well = bot.directory.person(admin).full_member
            says = "fine" if well else "is not a full member of the workspace"
        except CxbotError as error:
            well, says = False, str(error)
        yield Finding(f"admin {admin}", well, says)


@click.command()
@click.option("--with", "features", metavar="FEATURE,…", default="", help=f"Of {', '.join(manifests.FEATURES)}.")
@click.option("--url", metavar="URL", default="", help="Address of /slack/events for HTTP (default: Socket Mode).")
def manifest(features: str, url: str) -> None:
    """Print the Slack app manifest as JSON: paste it at “Create New App → From a manifest”.

    Why each feature needs its scopes is said on stderr.
    """
    names = manifests.chosen(features)
    click.echo(json.dumps(manifests.manifest(names, url), ensure_ascii=False, indent=2))
    for name in names:
        feature = manifests.FEATURES[name]
        click.echo(f"{name} ({', '.join(feature.scopes) or 'no scopes'}): {feature.why}", err=True)

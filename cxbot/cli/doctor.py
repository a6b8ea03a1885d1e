"""`cxbot doctor` and `cxbot manifest`."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from slack_sdk.errors import SlackApiError

from cxbot.app import identify, make_bot, make_post
from cxbot.cli.common import opened
from cxbot.clock import utc_now
from cxbot.config import Settings
from cxbot.core.calendar.hours import OFF
from cxbot.core.queries.vocabulary import QUERY_WORDS
from cxbot.core.teams.team import Team
from cxbot.errors import N_, CxbotError, Joined, Typed
from cxbot.language import language
from cxbot.slack.bot import SlackBot
from cxbot.slack.web_api import manifest as manifests
from cxbot.slack.web_api.client import FAILURES, make_client
from cxbot.store.engine import file_systems
from cxbot.store.engine.connection import VERSION, WAL_IS_SAFE
from cxbot.store.engine.database import Database
from cxbot.store.records import names, outbox

MOST_SKEW = 60  # seconds; Slack refuses requests that are 300 seconds off
MARKS = OK, FIX, NOTE = N_("ok"), N_("FIX"), N_("note")
COLOURS = {OK: "green", FIX: "red", NOTE: "yellow"}
BOT_TOKEN, APP_TOKEN, SCOPES = N_("bot token"), N_("app token"), N_("scopes")
DATABASE, OUTBOX, CLOCK = N_("database"), N_("outbox"), N_("clock")


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check: what was checked, whether it is fine, and what to do if not. A failed `grave` check
    ends with exit code 1. Both texts are message ids, with `values` for both."""

    what: str
    well: bool
    says: str
    grave: bool
    values: Mapping[str, object]

    @property
    def mark(self) -> str:
        """How it went, as a message id."""
        return OK if self.well else FIX if self.grave else NOTE


def _finding(what: str, well: bool, says: str, /, *, grave: bool = True, **values: object) -> Finding:
    return Finding(what, well, says, grave, values)


@click.command()
def doctor() -> None:
    """Check tokens, scopes, channels, outsiders in them, mail server, database, clock and SQLite; say what to do."""
    settings = Settings.load()
    speech = language(settings.locale)
    findings = list(_findings(settings))
    width = max(len(speech.say(mark)) for mark in MARKS)
    for finding in findings:
        mark = click.style(f"{speech.say(finding.mark):<{width}}", fg=COLOURS[finding.mark])
        what, says = (speech.error(CxbotError(text, **finding.values)) for text in (finding.what, finding.says))
        click.echo(f"{mark} {what}: {says}")
    if any(finding.grave and not finding.well for finding in findings):
        sys.exit(1)


def _findings(settings: Settings) -> Iterator[Finding]:
    yield _sqlite()
    yield from _places(settings)
    with _database(settings) as database:
        if settings.database.exists():
            yield from _file(database)
        yield from _transports(settings)
        yield from _mail(settings)
        try:
            identity = identify(settings)
        except CxbotError as error:
            yield _finding(BOT_TOKEN, False, "%(why)s", why=error)
            yield _finding(
                N_("Slack"),
                False,
                N_("not checked without the bot token: channels, scopes, admins and the clock"),
                grave=False,
            )
            return
        says = N_("accepted; bot user %(user)s in workspace %(workspace)s")
        yield _finding(BOT_TOKEN, True, says, user=identity.user, workspace=identity.workspace)
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
        says = N_("there is none at %(path)s yet; `cxbot serve` makes it")
        yield _finding(DATABASE, False, says, grave=False, path=path.absolute())
    files = [path, *(path.with_name(path.name + ending) for ending in ("-wal", "-shm", ".lock")), Path(".env")]
    for file in files:
        if file.exists() and (mode := stat.S_IMODE(file.stat().st_mode)) & 0o077:
            says = N_("%(file)s can be read or written by other users of this machine (%(mode)s): `chmod 600 %(file)s`")
            yield _finding(N_("file modes"), False, says, file=file, mode=f"{mode:03o}")
    kind = file_systems.kind_of(path)
    if kind in file_systems.FORGETFUL:
        says = N_(
            "%(path)s is on %(kind)s, which is gone when the container or machine restarts: mount a volume and set "
            "CXBOT_DB to a file in it"
        )
        yield _finding(DATABASE, False, says, grave=False, path=path.absolute(), kind=kind)


def _sqlite() -> Finding:
    if WAL_IS_SAFE:
        says = N_("%(version)s, journal WAL with synchronous FULL")
        return _finding(N_("SQLite"), True, says, version=VERSION)
    says = N_(
        "%(version)s can corrupt a WAL file, so the slower rollback journal is used. Install the package pysqlite3, or "
        "SQLite 3.51.3 or newer"
    )
    return _finding(N_("SQLite"), False, says, grave=False, version=VERSION)


def _file(database: Database) -> Iterator[Finding]:
    well = database.whole
    damaged = N_("%(path)s is damaged: stop the bot, move the file away, and `cxbot restore` the last back-up")
    yield _finding(DATABASE, well, N_("%(path)s is undamaged") if well else damaged, path=database.path)
    yield from _names(database)
    counts = outbox.counts(database.reader)
    unknown = counts.get("unknown", 0)
    if unknown:
        says = N_(
            "messages that may or may not have arrived and are not sent again: %(n)s (%(first)s). With the feature "
            "`history` the bot looks them up itself"
        )
        first = ", ".join(f"{task.kind} {task.subject}" for task in outbox.in_state(database.reader, "unknown")[:10])
        yield _finding(OUTBOX, False, says, grave=False, n=unknown, first=first)
    else:
        says = N_("%(waiting)s waiting, %(dead)s given up")
        yield _finding(OUTBOX, True, says, waiting=counts.get("due", 0), dead=counts.get("dead", 0))


def _names(database: Database) -> Iterator[Finding]:
    """Said once: which names of earlier versions have become one."""
    merged = names.merged(database.reader)
    if not merged:
        return
    shown = [Joined((Typed(kind, QUERY_WORDS), f"{name} ({n})"), " ") for kind, name, n in merged if kind != "customer"]
    people = sum(kind == "customer" for kind, _, _ in merged)
    others = [CxbotError(N_("customers (%(n)s)"), n=people)] if people else []
    says = N_("%(n)s names were on file in several spellings and are one now; their figures have changed: %(names)s")
    yield _finding(N_("names"), False, says, grave=False, n=len(merged), names=Joined((*shown[:10], *others)))
    database.write(names.told)


def _transports(settings: Settings) -> Iterator[Finding]:
    if settings.app_token:
        try:
            make_client(settings.app_token, settings.api_url).apps_connections_open(app_token=settings.app_token)
            yield _finding(APP_TOKEN, True, N_("accepted; Socket Mode can be used"))
        except SlackApiError as error:
            says = N_("Slack says `%(error)s`: make an app-level token with connections:write")
            yield _finding(APP_TOKEN, False, says, error=error.response.get("error"))
        except FAILURES as error:
            yield _finding(APP_TOKEN, False, N_("Slack can't be reached (%(error)s)"), error=type(error).__name__)
    if settings.signing_secret:
        yield _finding(N_("signing secret"), True, N_("set; HTTP at /slack/events can be used"))
    if not settings.app_token and not settings.signing_secret:
        yield _finding(N_("connection"), False, N_("set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)"))


def _mail(settings: Settings) -> Iterator[Finding]:
    """Whether the mail server takes mails from this bot. None is sent."""
    post = make_post(settings)
    if post is None:
        return
    mailer, url = post.mailer, post.head.public_url
    outcome = mailer.check()
    finding = partial(
        _finding, N_("mail server"), outcome.kind == "ok", host=mailer.host, port=mailer.port, error=outcome.error
    )
    if outcome.kind == "ok":
        says = N_("%(host)s, port %(port)s takes mails; they come from %(sender)s and link to %(url)s")
        yield finding(says, sender=post.head.sender.addr_spec, url=url)
    elif outcome.kind == "refused":
        yield finding(N_("%(host)s, port %(port)s refuses the bot (%(error)s): check user, password and encryption in "
                         "CXBOT_SMTP_URL"))  # fmt: skip
    else:
        yield finding(N_("%(host)s, port %(port)s does not answer (%(error)s): check host and port in CXBOT_SMTP_URL"))
    if not url.startswith("https://"):
        says = N_("CXBOT_PUBLIC_URL is %(url)s: the links in mails work on this machine only")
        yield _finding(N_("pages"), False, says, grave=False, url=url)


def _scopes(bot: SlackBot) -> Iterator[Finding]:
    granted = bot.identity.scopes
    if granted is None:
        yield _finding(SCOPES, False, N_("Slack did not say which scopes are granted"), grave=False)
        return
    missing = [scope for scope in manifests.BASE_SCOPES if scope not in granted]
    add = N_("add %(missing)s under “OAuth & Permissions” and install the app again")
    yield _finding(SCOPES, not missing, add if missing else N_("complete"), missing=", ".join(missing))
    off = [name for name, feature in manifests.FEATURES.items() if not set(feature.scopes) <= granted]
    if off:
        says = N_("off without their scopes: %(off)s (`cxbot manifest --with …`)")
        yield _finding(N_("features"), True, says, off=", ".join(off))


def _clock(bot: SlackBot) -> Finding:
    headers = {name.lower(): value for name, value in bot.client.auth_test().headers.items()}
    date = headers.get("date")
    if not date:
        return _finding(CLOCK, True, N_("Slack sent no time to compare with"), grave=False)
    skew = abs((utc_now() - parsedate_to_datetime(date)).total_seconds())
    if skew <= MOST_SKEW:
        return _finding(CLOCK, True, N_("agrees with Slack's"))
    return _finding(CLOCK, False, N_("is %(skew)s s off: turn on time synchronisation (NTP)"), skew=f"{skew:.0f}")


DEAF = N_("silence closes nothing without the feature history: `cxbot manifest --with history`")
HEARS_NOBODY = N_(
    "without the feature history it is not known when a thread is quiet, so quiet counts from the close: "
    "`cxbot manifest --with history`"
)


def _teams(bot: SlackBot) -> Iterator[Finding]:
    teams = bot.teams()
    if not teams:
        says = N_("none yet: `cxbot team add NAME --channel C…` or `/cx team`")
        yield _finding(N_("teams"), False, says, grave=False)
    for team in teams:
        if not team.leads:
            says = N_("has no leads: people who were let down reach the admins instead; `cxbot team set … --lead U…`")
            yield _finding(N_("team %(team)s"), False, says, grave=False, team=team.name)
        for setting, says in ((team.silence, DEAF), (team.quiet, HEARS_NOBODY)):
            if setting != OFF and not bot.identity.has(*manifests.FEATURES["history"].scopes):
                yield _finding(N_("team %(team)s"), False, says, grave=False, team=team.name)
        for channel, internal in _channels(team):
            yield _channel(bot, team, channel, internal)


def _channels(team: Team) -> list[tuple[str, bool]]:
    internal = [(channel_id, True) for channel_id in (team.channel, team.leads_channel) if channel_id]
    return [*dict.fromkeys(internal), *((channel_id, False) for channel_id in team.source_channels)]


def _channel(bot: SlackBot, team: Team, channel: str, internal: bool) -> Finding:
    finding = partial(_finding, N_("team %(team)s, channel %(channel)s"), team=team.name, channel=channel)
    try:
        known = bot.directory.channel(channel)
        outsiders = internal and known.member and bot.directory.has_outsiders(channel)
    except CxbotError as error:
        says = N_("%(why)s Is the id right, and is the bot invited (`/invite @cxbot`)?")
        return finding(False, says, why=error)
    if known.archived:
        return finding(False, N_("is archived: choose another one with `cxbot team set`"))
    if not known.member:
        return finding(False, N_("the bot is not in it: `/invite @cxbot`"))
    if outsiders:
        return finding(False, N_("has guests or people of other companies: nothing internal is posted there"))
    return finding(True, N_("fine"))


def _admins(bot: SlackBot) -> Iterator[Finding]:
    if not bot.admins:
        yield _finding(N_("admins"), False, N_("CXBOT_ADMINS is empty: nobody can use `/cx team`"), grave=False)
    for admin in sorted(bot.admins):
        finding = partial(_finding, N_("admin %(admin)s"), admin=admin)
        try:
            well = bot.directory.person(admin).full_member
            yield finding(well, N_("fine") if well else N_("is not a full member of the workspace"))
        except CxbotError as error:
            yield finding(False, "%(why)s", why=error)


@click.command()
@click.option("--with", "features", metavar="FEATURE,…", default="", help=f"Of {', '.join(manifests.FEATURES)}.")
@click.option("--url", metavar="URL", default="", help="Address of /slack/events for HTTP (default: Socket Mode).")
def manifest(features: str, url: str) -> None:
    """Print the Slack app manifest as JSON: paste it at “Create New App → From a manifest”.

    Why each feature needs its scopes is said on stderr.
    """
    names, speech = manifests.chosen(features), language(Settings.spoken())
    click.echo(json.dumps(manifests.manifest(names, url), ensure_ascii=False, indent=2))
    for name in names:
        feature = manifests.FEATURES[name]
        click.echo(f"{name} ({', '.join(feature.scopes) or '–'}): {speech.say(feature.why)}", err=True)

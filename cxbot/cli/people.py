"""`cxbot why`, `link`, `person` and `erase`: about one conversation or one person."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import click

from cxbot.cli.common import deed, nothing, opened
from cxbot.cli.hooks import as_json
from cxbot.clock import utc_now
from cxbot.config import Settings
from cxbot.core import names
from cxbot.errors import N_, ConfigError, CxbotError, UsageError
from cxbot.jobs import KEEP_SENT
from cxbot.language import language
from cxbot.service import ledger
from cxbot.slack.messages import ledger as words
from cxbot.slack.messages.parts.blocks import bare
from cxbot.store.engine.connection import Connection
from cxbot.store.records import audit, erasures, links
from cxbot.store.records import people as store
from cxbot.store.records import retention as kept

LINKING = 3  # words of `person link WHO OTHER`


@click.command()
@click.argument("what")
@click.option("--json", "raw", is_flag=True, help="The story as JSON.")
def why(what: str, raw: bool) -> None:
    """Why somebody was or was not asked. WHAT is the link of a message, the id of a conversation, a Slack id or an
    e-mail address."""
    settings = Settings.load()
    with opened(settings) as database:
        found = ledger.why(database.reader, what)
        told = words.told(found, language(settings.locale), settings.timezone)
        click.echo(as_json([_as_data(each) for each in found]) if raw else bare(told))


def _as_data(story: ledger.Story | ledger.OnFile) -> dict[str, object]:
    if isinstance(story, ledger.OnFile):
        known = {"outcome": None, **asdict(story.about)}
        shown = {name: value for name, value in known.items() if name in TOLD}
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in shown.items()}
    invitation = story.invitation
    interaction = story.interaction
    return {
        "interaction": interaction.id if interaction else None,
        "source": interaction.source if interaction else None,
        "id": interaction.source_id if interaction else None,
        "team": invitation.team,
        "closed_at": invitation.closed_at.isoformat(),
        "outcome": story.outcome,
        "reason": invitation.reason,
        "delivery": invitation.delivery,
        "asked_by": invitation.asked_by,
        "asked_via": invitation.asked_via,
        "send_at": invitation.send_at.isoformat(),
        "sent_at": invitation.sent_at.isoformat() if invitation.sent_at else None,
        "history": [{"at": at.isoformat(), "state": state, "reason": reason} for at, state, reason in story.past],
        "corrections": [asdict(each) | {"at": each.at.isoformat()} for each in story.corrections],
    }


TOLD = (
    "outcome", "id", "source", "source_id", "team", "state", "opened_at", "closed_at", "reopened_at", "sent_at",
    "imported_at",
)  # fmt: skip
"""What the JSON tells about a conversation that nobody here was asked about."""


@click.command()
@click.argument("what")
def link(what: str) -> None:
    """Make a personal link to a survey by hand, for a mail of your own. WHAT is the id of a conversation or an e-mail
    address with a survey that was sent."""
    settings = Settings.load()
    if not settings.public_url:
        raise ConfigError(N_("Set CXBOT_PUBLIC_URL to the address at which customers reach the bot."))
    with opened(settings) as database:
        stories = [each for each in ledger.why(database.reader, what) if isinstance(each, ledger.Story)]
        open_now = [each.invitation for each in stories if each.invitation.state == "sent"]
        if not open_now:
            raise UsageError(N_("No survey about `%(what)s` is open now. See `cxbot why`."), what=what)
        token = deed(database, audit.LINK_MADE, open_now[0].key, lambda db: links.make(db, open_now[0], utc_now()))
    click.echo(f"{settings.public_url}/s/{token}")


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="WHO | link WHO OTHER")
def person(words: tuple[str, ...]) -> None:
    """Everything that is on file about WHO (a Slack id or an e-mail address), as JSON.

    `cxbot person link U0CARLA carla@example.com` says that two addresses are one person's: figures count one customer,
    and budgets, wishes and erasure hold for both.
    """
    link_two = len(words) == LINKING and words[0] == "link"
    if len(words) > 1 and not link_two:
        raise UsageError(N_("Write `cxbot person WHO`, or `cxbot person link WHO OTHER`."))
    with opened(Settings.load()) as database:
        one = _address(words[1] if link_two else words[0])
        about = store.in_audit(database.reader, one)
        if link_two:
            other = _address(words[2])
            deed(database, audit.PERSON_LINKED, about, lambda db: _link(db, one, other))
            click.echo(f"{one}, {other}")
            return
        deed(database, audit.PERSON_SEEN, about, nothing)
        click.echo(as_json(store.held(database.reader, one)))


def _link(db: Connection, one: str, other: str) -> None:
    if not store.link(db, one, other, utc_now()):
        raise CxbotError(N_("Surveys to both of them are being sent just now. Try again in a few minutes."))


@click.command()
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do it without asking.")
def erase(who: str, yes: bool) -> None:
    """Forget WHO (a Slack id, an e-mail address, or the name of an agent), as a customer and as an agent: names,
    addresses and comments go. Scores stay, and are nobody's."""
    settings = Settings.load()
    address = _address(who)
    with opened(settings) as database:
        if not yes:
            click.confirm(f"Erase everything about {address}? This can't be undone.", abort=True)
        about = store.in_audit(database.reader, address)
        erasures.note(settings.database, store.known_as(database.reader, [address]))
        n = deed(database, audit.PERSON_ERASED, about, lambda db: store.erase(db, [address], utc_now()))
        database.truncate_wal()
    click.echo(
        language(settings.locale).count(n, "Erased; %(n)s survey was theirs.", "Erased; %(n)s surveys were theirs.")
    )


def _address(who: str) -> str:
    return names.key(who) if "@" in who else who.strip()


@click.command()
def retention() -> None:
    """How long data are kept, and what goes with the next tick."""
    settings = Settings.load()
    speech = language(settings.locale)
    keep = settings.retention
    with opened(settings) as database:
        due = kept.due(database.reader, keep, utc_now())
    for name, months, variable in (
        ("comments", keep.comments, "CXBOT_KEEP_COMMENTS"),
        ("identities", keep.identities, "CXBOT_KEEP_IDENTITIES"),
        ("interactions", keep.identities, "CXBOT_KEEP_IDENTITIES"),
        ("campaigns", keep.identities, "CXBOT_KEEP_IDENTITIES"),
        ("audit", keep.audit, "CXBOT_KEEP_AUDIT"),
    ):
        span = speech.count(months, "%(n)s month", "%(n)s months") if months else speech.say("for good")
        line = speech.say("%(what)s: %(span)s (%(variable)s); %(n)s due to go", what=speech.say(WHAT_GOES[name]),
                          span=span, variable=variable, n=due[name])  # fmt: skip
        click.echo(line)
    click.echo(speech.say("What was sent: %(n)s days. Scores stay, and are nobody's.", n=KEEP_SENT.days))


WHAT_GOES = {
    "comments": N_("Comments"),
    "identities": N_("Who answered and who served"),
    "interactions": N_("Interactions that a helpdesk told"),
    "campaigns": N_("People of campaigns"),
    "audit": N_("The audit log"),
}

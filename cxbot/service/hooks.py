"""What a helpdesk tells about its conversations: opened, closed, reopened, merged; and people who leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from cxbot.core import names
from cxbot.core.hooks.event import Event
from cxbot.core.invitations.rules import Invitation
from cxbot.service import imported_closes
from cxbot.service.asking import HELPDESK as VIA
from cxbot.service.bot import Bot
from cxbot.service.deciding import decide, outcome_of
from cxbot.service.event_facts import About, addresses, conversation, look_up, merged
from cxbot.store.engine.connection import Connection
from cxbot.store.records import (
    audit,
    conversations,
    endings,
    erasures,
    hooks,
    invitations,
    links,
    people,
    told_twice,
)
from cxbot.store.records.conversations import Interaction
from cxbot.store.records.hooks import Hook
from cxbot.store.records.sources import SLACK

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an event. `news` is False if it was told before or changes nothing. `link` is the personal link of
    a survey that the helpdesk itself has to send; `until` is the moment at which a survey goes out that waits."""

    interaction: int
    outcome: str
    news: bool
    until: datetime | None = None
    link: str = ""


def take(bot: Bot, hook: Hook, events: Sequence[Event], *, strict: bool) -> list[Taken]:
    """Record events and decide about closes, all in one commit.

    With `strict`, an unknown team or survey is an error; tools have groups of their own. Raises BodyError.
    """
    found = [look_up(bot, hook.team_id, hook.name, event, strict=strict) for event in events]
    leaving = [who for event in events if event.meaning == "erase" for who in addresses(hook.name, event.customer)]
    if leaving:
        erasures.note(bot.database.path, people.known_as(bot.database.reader, leaving))
    taken = bot.database.write(lambda db: [_take(db, bot, hook, about) for about in found])
    if leaving:
        bot.database.truncate_wal()
    return taken


def would_take(
    bot: Bot, hook: Hook, events: Sequence[Event], tell: Callable[[Connection, Taken], T], *, strict: bool
) -> list[tuple[Taken, T]]:
    """What `take` would return, and what `tell` says of each, without anything of it: it is undone."""
    found = [look_up(bot, hook.team_id, hook.name, event, strict=strict) for event in events]
    taken: list[tuple[Taken, T]] = []

    def work(db: Connection) -> None:
        for about in found:
            one = _take(db, bot, hook, about)
            taken.append((one, tell(db, one)))
        raise _UndoneError

    with suppress(_UndoneError):
        bot.database.write(work)
    return taken


class _UndoneError(Exception):
    """Nothing of it is to be kept."""


def _take(db: Connection, bot: Bot, hook: Hook, about: About) -> Taken:
    event, now = about.event, bot.clock()
    repeated = hooks.seen(db, hook.name, event.key, now)
    if event.meaning == "erase":
        if not repeated:
            leaving = addresses(hook.name, event.customer)
            people.erase(db, leaving, now)
            audit.note(db, f"hook:{hook.name}", audit.PERSON_ERASED, people.in_audit(db, leaving[0]), now)
        return Taken(0, "erased", not repeated)
    source, source_id, _ = conversation(hook.name, about.team, event)
    at = min(event.at or event.closed_at or now, now)
    known = conversations.find(db, source, source_id) or _from_file(db, about, source, source_id, at)
    slack, address = event.customer.slack, names.mailbox(event.customer.email)
    if slack and address and not repeated:  # who somebody is, is no state, and holds also if the rest is no news
        people.link(db, slack, address, now)
    if repeated or (known is not None and _is_old(known, event, at)):
        if known is not None and not repeated and known.source != SLACK and event.meaning in ("closed", "reopened"):
            conversations.told(db, known.id, at)
        return _as_it_is(db, bot, known)
    if event.meaning == "closed":
        return _closed(db, bot, hook, about, known, at)
    kept = conversations.keep(db, _changed(merged(hook.name, about, known), event.meaning, at), now)
    if event.meaning in ("reopened", "merged"):
        for invitation in invitations.of_interaction(db, kept.id):
            endings.withdraw(db, invitation.key, event.meaning, now)
    return Taken(kept.id, {"opened": "open", "reopened": "open"}.get(event.meaning, event.meaning), True)


def _from_file(db: Connection, about: About, source: str, source_id: str, at: datetime) -> Interaction | None:
    """The conversation of which a file told first, and the helpdesk tells from now on: it has the same id and the same
    customer, or nobody knows the customer and no more than a day lies between."""
    found = None if source == SLACK else conversations.find(db, imported_closes.VIA, source_id)
    if found is None:
        return None
    told = addresses(source, about.event.customer)
    if people.are_apart(db, found.customer, told):
        return None
    if not (found.customer and told) and (found.closed_at is None or abs(found.closed_at - at) > told_twice.SAME):
        return None
    conversations.move(db, found.id, source)
    return replace(found, source=source)


def _is_old(known: Interaction, event: Event, at: datetime) -> bool:
    """Whether an event is no news: its state is known, something newer has been told, or the conversation goes on in
    another one for good."""
    if known.state == "merged":
        return True
    if event.meaning in ("closed", "reopened"):
        since = known.reopened_at if event.meaning == "closed" else known.closed_at
        # Newer states count, too, that were no news. A thread's last moment is that of a message.
        moments = (since, known.last_at if known.source != SLACK else None)
        outrun = any(moment is not None and at < moment for moment in moments)
        return outrun or (known.state == "closed") == (event.meaning == "closed")
    if event.meaning == "merged":
        return False
    return known.opened_at is not None or known.closes > 0


def _as_it_is(db: Connection, bot: Bot, known: Interaction | None) -> Taken:
    """What there is about a conversation. A tool that missed the first answer gets the same link again."""
    if known is None:
        return Taken(0, "ignored", False)
    about = invitations.of_interaction(db, known.id)
    if known.state != "closed" or not about:
        return Taken(known.id, known.state, False)
    return Taken(known.id, outcome_of(db, about[-1]), False, _until(about[-1]), _link(db, bot, about[-1]))


def _link(db: Connection, bot: Bot, invitation: Invitation) -> str:
    """The personal link that the helpdesk has to send, as long as its customer is awaited; "" if there is none."""
    if invitation.delivery != "link" or not endings.awaited(db, invitation):
        return ""
    return f"{bot.public_url}/s/{links.of(db, invitation, bot.clock())}"


def _until(invitation: Invitation) -> datetime | None:
    return invitation.send_at if invitation.state == "due" else None


def _changed(interaction: Interaction, meaning: str, at: datetime) -> Interaction:
    if meaning == "opened":
        return replace(interaction, opened_at=interaction.opened_at or at)
    if meaning == "reopened":
        return replace(interaction, state="open", reopened_at=at, last_at=_last_at(interaction, at))
    return replace(interaction, state="merged")


def _last_at(interaction: Interaction, at: datetime) -> datetime | None:
    """The last moment of an interaction of which a state is told: of a thread that is followed, silence begins anew."""
    if interaction.source == SLACK:
        return interaction.last_at and max(interaction.last_at, at)
    return max(interaction.last_at or at, at)


def _closed(db: Connection, bot: Bot, hook: Hook, about: About, known: Interaction | None, at: datetime) -> Taken:
    now = bot.clock()
    closed_at = _closed_at(about.event, known, at, now)
    told = replace(merged(hook.name, about, known), closed_at=closed_at, state="open")
    told = told if told.source == SLACK else replace(told, last_at=_last_at(told, at))
    kept = conversations.closed(db, told, now)
    invitation = decide(db, bot, about, kept, closed_at, VIA)
    return Taken(kept.id, outcome_of(db, invitation), True, _until(invitation), _link(db, bot, invitation))


def _closed_at(event: Event, known: Interaction | None, at: datetime, now: datetime) -> datetime:
    """When a conversation was closed. Some tools tell when that was first, but no close is before the reopening."""
    told = min(event.closed_at or at, now)
    return at if known is not None and known.reopened_at is not None and told < known.reopened_at else told

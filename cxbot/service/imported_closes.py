"""Closes of a file that was imported: whom they ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cxbot.core import names
from cxbot.core.hooks.event import Event
from cxbot.service.bot import Bot
from cxbot.service.deciding import decide, outcome_of
from cxbot.service.event_facts import About, addresses, look_up, merged, with_customer
from cxbot.store.engine.connection import Connection
from cxbot.store.records import conversations, people, told_twice
from cxbot.store.records.conversations import Interaction

VIA = "import"


def ask_about(bot: Bot, closes: Sequence[tuple[str, Event]]) -> list[str]:
    """Decide about closes of a file that was imported, by the same rules: each is the id of its row and what is known.
    Returns their outcomes. Closes of teams that are not set up here, and such as were decided before, are left out."""
    teams_here = {names.key(team.name): team for team in bot.teams()}
    outcomes = []
    for row_id, event in closes:
        team = teams_here.get(names.key(event.team))
        if team is None:
            continue
        told = with_customer(event, conversations.at_helpdesk(bot.database.reader, row_id))
        about = look_up(bot, team.id, VIA, told, strict=False)
        outcomes += bot.database.write(lambda db, about=about, row_id=row_id: _ask_once(db, bot, about, row_id))  # type: ignore[misc]
    return outcomes


def _is_news(known: Interaction, closed_at: datetime) -> bool:
    """Whether a close is a later one than a helpdesk has told of."""
    if known.state == "closed" and known.closed_at is not None:
        return closed_at > known.closed_at + told_twice.SAME
    return known.state == "open" and (known.reopened_at is None or closed_at > known.reopened_at)


def _at_helpdesk(db: Connection, about: About, row_id: str) -> Interaction | None:
    """The conversation with the id of a row of which a helpdesk has told, if its customer is no other one."""
    known = conversations.at_helpdesk(db, row_id)
    if known is None or people.are_apart(db, known.customer, addresses(known.source, about.event.customer)):
        return None
    return known


def _ask_once(db: Connection, bot: Bot, about: About, row_id: str) -> list[str]:
    closed_at = about.event.closed_at
    assert closed_at is not None
    known = conversations.find(db, VIA, row_id) or _at_helpdesk(db, about, row_id)
    if known is not None and (known.source == VIA or not _is_news(known, closed_at)):
        return []
    source = VIA if known is None else known.source
    told = replace(merged(source, about, known), source_id=row_id, closed_at=closed_at)
    kept = conversations.closed(db, told, bot.clock())
    return [outcome_of(db, decide(db, bot, about, kept, closed_at, VIA))]

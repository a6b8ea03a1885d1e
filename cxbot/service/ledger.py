"""Why somebody was or was not asked: the story of each close."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from cxbot.core import names
from cxbot.core.invitations.rules import Invitation
from cxbot.errors import N_, UsageError
from cxbot.service.asking import LINK
from cxbot.service.hooks import outcome_of
from cxbot.store.engine.connection import Connection
from cxbot.store.records import answers, attributions, conversations, invitations
from cxbot.store.records.attributions import Correction
from cxbot.store.records.conversations import Interaction

MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
MAILTO = re.compile(r"<mailto:([^|>]+)(?:\|[^>]*)?>")
MOST = 10  # closes in a story


@dataclass(frozen=True, slots=True)
class Story:
    """A close, what became of it, and how: moments, states and reasons, oldest first. `paused` says whether what waits
    is held by a pause. `corrections` say whose it was before."""

    invitation: Invitation
    interaction: Interaction | None
    outcome: str
    past: tuple[tuple[datetime, str, str], ...]
    corrections: tuple[Correction, ...] = ()


def why(db: Connection, what: str, *, paused: bool = False) -> list[Story]:
    """The stories of a message (its link), of a conversation (its id), or of a person (a mention, a Slack id or an
    e-mail address), the newest first. Raises UsageError if nothing is known about it."""
    found = _found(db, what.strip())
    if not found:
        raise UsageError(
            N_("Nothing is known about `%(what)s`. Give the link of a message, the id of a conversation, a customer or "
               "an e-mail address."), what=what.strip()[:200],
        )  # fmt: skip
    newest = sorted(found, key=lambda each: (each.closed_at, each.key), reverse=True)[:MOST]
    return [_story(db, each, paused) for each in newest]


def _story(db: Connection, invitation: Invitation, paused: bool) -> Story:
    interaction = conversations.by_number(db, invitation.interaction) if invitation.interaction else None
    past = invitations.past(db, invitation.key)
    given = answers.current(db, invitation).answers.values()
    if moments := [answer.answered_at for answer in given if answer.answered_at is not None]:
        past.append((min(moments), "answered", ""))
    told = tuple(sorted(past, key=lambda line: line[0]))
    corrections = tuple(attributions.of_invitation(db, invitation.key))
    return Story(invitation, interaction, outcome_of(db, invitation, paused=paused), told, corrections)


def _found(db: Connection, what: str) -> list[Invitation]:
    person = MENTION.fullmatch(what) or MAILTO.fullmatch(what)
    if person or names.SLACK_ID.fullmatch(what) or names.is_address(names.key(what)):
        who = person[1] if person else what
        who = names.key(who) if "@" in who else who
        of_email = [each for one in conversations.of_person(db, who) for each in invitations.of_interaction(db, one.id)]
        of_person = invitations.of_customer(db, who, MOST)
        return list({each.key: each for each in (*of_person, *of_email)}.values())
    return closes_of(db, what)


def closes_of(db: Connection, what: str) -> list[Invitation]:
    """What became of the closes of a conversation, by the link of a message, an id, or a survey's key."""
    if link := LINK.search(what):
        channel, seconds, micros, thread = link.groups()
        return _of_message(db, channel, thread or f"{seconds}.{micros}", f"{seconds}.{micros}")
    if what.isascii() and what.isdigit() and len(what) < 15:
        numbered = conversations.by_number(db, int(what))
        by_id = conversations.by_id_anywhere(db, what)
        about = by_id or ([numbered] if numbered else [])
    else:
        about = conversations.by_id_anywhere(db, what)
    if not about:
        at_source = conversations.find(db, *what.split(":", 1)) if ":" in what else None
        about = [at_source] if at_source else []
    found = [each for one in about for each in invitations.of_interaction(db, one.id)]
    direct = invitations.by_key(db, what)
    return found or ([direct] if direct else [])


def _of_message(db: Connection, channel: str, thread: str, ts: str) -> list[Invitation]:
    conversation = conversations.find(db, "slack", f"{channel}:{thread}")
    found = invitations.of_interaction(db, conversation.id) if conversation else []
    shown = invitations.by_message(db, channel, ts)
    return list({each.key: each for each in (*found, *shown)}.values())

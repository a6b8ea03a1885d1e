"""Why somebody was or was not asked: the story of each close."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from cxbot.core import names
from cxbot.core.invitations.rules import Invitation
from cxbot.core.queries.tokens import echo
from cxbot.errors import N_, Joined, Somebody, UsageError
from cxbot.service.asking import LINK
from cxbot.service.deciding import outcome_of
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.times import stamp
from cxbot.store.files import filed
from cxbot.store.files.filed import Filed
from cxbot.store.records import answers, attributions, conversations, endings, history, invitations
from cxbot.store.records.attributions import Correction
from cxbot.store.records.conversations import Interaction, place
from cxbot.store.records.sources import SLACK

MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
MAILTO = re.compile(r"<mailto:([^|>]+)(?:\|[^>]*)?>")
MARKED = re.compile(r"^<(https?://[^|>]+)(?:\|[^>]*)?>$")
MOST = 10  # closes in a story
LONGEST_NUMBER = 15  # digits


@dataclass(frozen=True, slots=True)
class Story:
    """A close, what became of it, and how: moments, states and reasons, oldest first. `corrections` say whose it was
    before."""

    invitation: Invitation
    interaction: Interaction | None
    outcome: str
    past: tuple[tuple[datetime, str, str], ...]
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class OnFile:
    """What is known about a conversation that nobody here was asked about: one that was never closed, or that came with
    a file."""

    about: Interaction | Filed

    @property
    def team(self) -> str:
        """The name of its team; "" if none is known."""
        return self.about.team

    @property
    def at(self) -> datetime:
        """When it was last heard of."""
        about = self.about
        known = [about.opened_at, about.closed_at, about.answered_at]
        known += [about.imported_at] if isinstance(about, Filed) else [about.last_at]
        return max((each for each in known if each is not None), default=datetime.min.replace(tzinfo=UTC))


def why(db: Connection, what: str, may_know: Callable[[Story | OnFile], bool] | None = None) -> list[Story | OnFile]:
    """The stories of a message (its link), of a conversation (its id), or of a person (a mention, a Slack id or an
    e-mail address), the newest first; then what else is on file.

    Raises UsageError if nothing is known about it. Somebody who `may_know` only some of it gets the same error for what
    others know as for what nobody knows: else it would tell whom other teams serve.
    """
    person = _person(what.strip())
    closes, others = _of_person(db, person) if person else _of(db, what.strip())
    newest = sorted(closes, key=lambda each: each.closed_at)[::-1][:MOST]  # of equal ones the later first
    rest = sorted((OnFile(each) for each in others), key=lambda each: each.at, reverse=True)[: MOST - len(newest)]
    found: list[Story | OnFile] = [*(_story(db, each) for each in newest), *rest]
    if may_know is not None:
        found = [each for each in found if may_know(each)]
    if not found:
        raise _nothing_known(person, what, of_teams=may_know is not None)
    return found


def _nothing_known(person: str, what: str, *, of_teams: bool) -> UsageError:
    known_in_slack = names.SLACK_ID.fullmatch(person)
    if of_teams:
        about = Somebody(person) if known_in_slack else Joined(("`", person or echo(what), "`"), "")
        return UsageError(
            N_("Nothing is known about %(what)s in your teams. Give the link of a message, the id of a conversation, a "
               "customer or an e-mail address."), what=about,
        )  # fmt: skip
    if known_in_slack:
        return UsageError(
            N_("Nobody has asked %(person)s yet, and no conversation with them is on file."), person=Somebody(person)
        )
    return UsageError(
        N_("Nothing is known about `%(what)s`. Give the link of a message, the id of a conversation, a customer or "
           "an e-mail address."), what=person or echo(what),
    )  # fmt: skip


def _story(db: Connection, invitation: Invitation) -> Story:
    interaction = conversations.by_number(db, invitation.interaction) if invitation.interaction else None
    past = history.past(db, invitation.key)
    given = answers.current(db, invitation).answers.values()
    if moments := [answer.answered_at for answer in given if answer.answered_at is not None]:
        past.append((min(moments), "answered", ""))
    if (task := endings.on_the_way(db, invitation)) is not None and task.tried_at is not None:
        missed = "unknown" if task.state != "due" else f"put off|{stamp(task.due_at)}|{task.error}"
        past.append((task.tried_at, "sending", missed))
    told = tuple(sorted(past, key=lambda line: line[0]))
    corrections = tuple(attributions.of_invitation(db, invitation.key))
    return Story(invitation, interaction, outcome_of(db, invitation), told, corrections)


def _person(what: str) -> str:
    """The Slack id or e-mail address that a text is; "" if it is something else."""
    person = MENTION.fullmatch(what) or MAILTO.fullmatch(what)
    if person or names.SLACK_ID.fullmatch(what) or names.is_address(names.key(what)):
        who = person[1] if person else what
        return names.key(who) if "@" in who else who
    return ""


Known = tuple[list[Invitation], list[Interaction | Filed]]
"""What became of closes, the oldest first, and what nobody here was asked about."""


def _of_person(db: Connection, who: str) -> Known:
    told = conversations.of_person(db, who)
    return _known(db, told, invitations.of_customer(db, who, MOST)[::-1], filed.of_person(db, who))


def _of(db: Connection, what: str) -> Known:
    if link := LINK.search(what):
        channel, seconds, micros, thread = link.groups()
        conversation = conversations.find(db, SLACK, place(channel, thread or f"{seconds}.{micros}"))
        asked = invitations.by_message(db, channel, f"{seconds}.{micros}")
        if conversation is not None or asked:
            return _known(db, [] if conversation is None else [conversation], asked, [])
    # The link of another team's thread may be an id at a helpdesk, too. Slack writes <> around links.
    what = MARKED.sub(r"\1", what)
    told = _with_id(db, what)
    direct = None if told else invitations.by_key(db, what)
    return _known(db, told, [] if direct is None else [direct], filed.by_id(db, what))


def _with_id(db: Connection, what: str) -> list[Interaction]:
    """Conversations with an id at any source, else the one with a number here, else at the source that is named."""
    if about := conversations.by_id_anywhere(db, what):
        return about
    found = None
    if what.isascii() and what.isdigit() and len(what) < LONGEST_NUMBER:
        found = conversations.by_number(db, int(what))
    elif ":" in what:
        found = conversations.find(db, *what.split(":", 1))
    return [] if found is None else [found]


def _known(db: Connection, told: list[Interaction], direct: list[Invitation], of_files: list[Filed]) -> Known:
    of_told = {each.id: invitations.of_interaction(db, each.id) for each in told}
    closes = list({each.key: each for found in (direct, *of_told.values()) for each in found}.values())
    asked_about = {each.key for each in closes} | {each.source_id for each in told}
    others: list[Interaction | Filed] = [each for each in told if not of_told[each.id]]
    return closes, others + [each for each in of_files if each.id not in asked_about]


def of_interaction(db: Connection, number: int) -> Story | None:
    """The story of the latest close of an interaction; None if it was never closed."""
    closes = invitations.of_interaction(db, number)
    return _story(db, closes[-1]) if closes else None


def closes_of(db: Connection, what: str) -> list[Invitation]:
    """What became of the closes of a conversation, by the link of a message, an id, or a survey's key; the oldest
    first."""
    return _of(db, what)[0]

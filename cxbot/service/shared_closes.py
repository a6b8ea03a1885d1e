"""Two agents who close one conversation: it has one survey, which is about the one who did most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from cxbot.core.invitations.close import Close
from cxbot.core.invitations.rules import Invitation
from cxbot.core.teams.team import Team
from cxbot.store.engine.connection import Connection
from cxbot.store.records import attributions, conversations, invitations
from cxbot.store.records.conversations import place
from cxbot.store.records.sources import SLACK

REACTION = "reaction"
Shares = tuple[tuple[str, float], ...]


def first(team: Team, close: Close) -> Shares:
    """The agents of a close when it is told for the first time."""
    return ((close.agent, 1.0),) if close.via == REACTION and team.agents != "off" else ()


def also_closed(db: Connection, team: Team, close: Close, now: datetime) -> Invitation | None:
    """The survey about a thread that waits because an agent has closed it with the reaction before; None if there is
    none. Until it is sent, it is about the agent of the two who wrote more in the thread; about the first one if they
    wrote as much, or if that is not known."""
    thread = conversations.find(db, SLACK, place(close.channel, close.thread_ts)) if close.via == REACTION else None
    about = invitations.of_interaction(db, thread.id) if thread is not None else []
    if thread is None or not about:
        return None
    waiting = about[-1]
    if waiting.asked_via != REACTION or waiting.customer != close.customer or waiting.state not in ("due", "sending"):
        return None
    if team.agents != "off" and waiting.state == "due":
        closers = dict.fromkeys((*(who for who, _ in thread.agents), close.agent))
        _share(db, waiting, _shares(close, closers), now)
    return waiting


def goes_on(db: Connection, channel: str, ts: str, agent: str, now: datetime) -> bool:
    """Whether a survey goes on although somebody has taken the reaction back, because another agent has closed the
    thread as well; then it is about that one. It also goes on if the reaction was nobody's who closed it."""
    waiting = invitations.by_trigger(db, channel, ts)
    thread = conversations.by_number(db, waiting.interaction) if waiting is not None else None
    if waiting is None or thread is None or waiting.state != "due" or waiting.asked_via != REACTION:
        return False
    others = tuple((who, share) for who, share in thread.agents if who != agent)
    if others and others != thread.agents:
        _share(db, waiting, others, now)
    return bool(others)


def _shares(close: Close, closers: Iterable[str]) -> Shares:
    """What part of the messages each of the agents wrote, in the order in which they closed; 0 if it is not known."""
    wrote = {who: close.wrote.get(who, 0) for who in closers}
    total = sum(wrote.values()) or 1
    return tuple((who, n / total) for who, n in wrote.items())


def _share(db: Connection, waiting: Invitation, shares: Shares, now: datetime) -> None:
    thread = conversations.by_number(db, waiting.interaction)
    assert thread is not None
    conversations.keep(db, replace(thread, agents=shares), now)
    most, _ = max(shares, key=lambda each: each[1])  # the first of equals
    if most != waiting.agent and not attributions.of_invitation(db, waiting.key):  # what a lead has said stands
        attributions.give(db, waiting, most)

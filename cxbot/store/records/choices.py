"""Closes whose customer is unclear: the agent who closed is asked which of two people it was."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import insert, row, run
from cxbot.store.engine.times import moment, stamp


@dataclass(frozen=True, slots=True)
class Choice:
    """One question to an agent. `key` is opaque, and the only thing about it in Slack's messages.

    `via` is `reaction` or `shortcut`, `ts` the message on which it was used, and `close` identifies the close. `one`
    is the likelier customer of the two. `closed_at` is when the agent closed; the answer does not move it.
    """

    key: str
    team_id: int
    agent: str
    channel: str
    ts: str
    thread_ts: str
    via: str
    close: str
    one: str
    other: str
    closed_at: datetime


def ask(db: Connection, choice: Choice) -> None:
    """Store a question. It takes the place of an earlier one to the same agent about the same thread; if Slack tells
    one use of the shortcut twice, the first one stands."""
    values = {each.name: getattr(choice, each.name) for each in fields(choice)}
    run(
        db,
        "DELETE FROM choices WHERE channel = :channel AND thread_ts = :thread AND agent = :agent "
        "AND (close != :close OR via = 'reaction')",
        channel=choice.channel,
        thread=choice.thread_ts,
        agent=choice.agent,
        close=choice.close,
    )
    insert(db, "choices", values | {"closed_at": stamp(choice.closed_at)},
           "ON CONFLICT (channel, thread_ts, agent) DO NOTHING")  # fmt: skip


def by_key(db: Connection, key: str) -> Choice | None:
    """The question with this key; None if it was answered, taken back, or is too old."""
    kept = row(db, "SELECT * FROM choices WHERE key = :key", key=key)
    return None if kept is None else Choice(**kept | {"closed_at": moment(kept["closed_at"])})


def take(db: Connection, key: str) -> bool:
    """End a question with its answer; False if it has ended before."""
    return bool(run(db, "DELETE FROM choices WHERE key = :key", key=key))


def take_back(db: Connection, channel: str, ts: str, agent: str) -> None:
    """The agent has taken the reaction back: the question is over."""
    run(
        db,
        "DELETE FROM choices WHERE channel = :channel AND ts = :ts AND agent = :agent AND via = 'reaction'",
        channel=channel,
        ts=ts,
        agent=agent,
    )


def forget(db: Connection, before: datetime) -> None:
    """Delete questions about what was closed before a moment."""
    run(db, "DELETE FROM choices WHERE closed_at < :before", before=stamp(before))


def forget_person(db: Connection, who: str) -> None:
    """Delete the questions to somebody, and those in which they are named as a customer."""
    run(db, "DELETE FROM choices WHERE :who IN (one, other, agent)", who=who)


def rename_channel(db: Connection, old: str, new: str) -> None:
    """A channel's id has changed: the answers belong to the new one."""
    run(db, "UPDATE choices SET channel = :new WHERE channel = :old", old=old, new=new)

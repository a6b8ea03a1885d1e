"""Invitations: one survey for one customer, with its state and its history. `waiting` and `endings` say what follows
what."""

from __future__ import annotations

import secrets
from dataclasses import fields, replace
from datetime import datetime

from cxbot.core.invitations.rules import Invitation
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import Row, insert, row, rows, run
from cxbot.store.engine.times import moment, stamp
from cxbot.store.records import (
    answers,
    closes,
    history,
    names,
    people,
    reminders,
    steps,
    surveys,
)

MOMENTS = ("closed_at", "send_at", "sent_at", "expires_at")
NAMED = ("team", "agent", "topic", "touchpoint", "company")
"""Columns with ids of names. Those of channels and messages hold Slack's own ids: they are addresses."""
NAMES = ", ".join(f"(SELECT name FROM names WHERE id = invitations.{kind}) AS name_of_{kind}" for kind in NAMED)
EVERY = f"SELECT invitations.*, {NAMES} FROM invitations"


UNCLEAR = "unclear"
"""Why nobody was asked about a close as long as its agent has not said who the customer was."""


def new_key() -> str:
    """An opaque key: 96 random bits, safe in URLs and action values."""
    return secrets.token_urlsafe(12)


def of_row(db: Connection, kept: Row) -> Invitation:
    """The invitation of a row that `EVERY` has found."""
    moments = {name: moment(kept[name]) for name in MOMENTS}
    named = {kind: kept.pop(f"name_of_{kind}") for kind in NAMED}
    kept["customer"] = kept.pop("address")
    return Invitation(**{**kept, **moments, **named, "survey": surveys.named(db, kept["survey"])})


def by_key(db: Connection, key: str) -> Invitation | None:
    """The invitation with this key, or None."""
    kept = row(db, f"{EVERY} WHERE key = :key", key=key)
    return None if kept is None else of_row(db, kept)


def by_trigger(db: Connection, channel: str, trigger_ts: str) -> Invitation | None:
    """The newest invitation from a message (or from a command's trigger)."""
    kept = row(
        db,
        f"{EVERY} WHERE channel = :channel AND trigger_ts = :trigger ORDER BY closed_at DESC LIMIT 1",
        channel=channel,
        trigger=trigger_ts,
    )
    return None if kept is None else of_row(db, kept)


NOTED = "(SELECT MIN(id) FROM ledger WHERE invitation = invitations.key)"
IN_ORDER = f"closed_at, {NOTED}, invitations.key"
"""Closes one after another; several at the same moment in the order in which they were told."""


def of_interaction(db: Connection, number: int) -> list[Invitation]:
    """The invitations about an interaction, oldest close first."""
    found = rows(db, f"{EVERY} WHERE interaction = :number AND interaction != 0 ORDER BY {IN_ORDER}", number=number)
    return [of_row(db, kept) for kept in found]


def of_customer(db: Connection, customer: str, limit: int) -> list[Invitation]:
    """A customer's newest invitations at any address of theirs, the latest first."""
    found = rows(
        db,
        f"{EVERY} WHERE customer = :customer ORDER BY closed_at DESC, {NOTED} DESC LIMIT :limit",
        customer=people.of(db, customer),
        limit=limit,
    )
    return [of_row(db, kept) for kept in found]


def by_message(db: Connection, channel: str, ts: str) -> list[Invitation]:
    """The invitation that a message in Slack shows."""
    sql = f"{EVERY} WHERE message_channel = :channel AND message_ts = :ts"
    return [of_row(db, kept) for kept in rows(db, sql, channel=channel, ts=ts)]


def latest_in_dm(db: Connection, channel: str, now: datetime) -> Invitation | None:
    """The answered survey in a direct message that the next message can comment on; None if there is none."""
    kept = row(
        db,
        f"{EVERY} WHERE message_channel = :channel AND key IN "
        "(SELECT external_id FROM ratings WHERE external_id = key AND score IS NOT NULL) "
        "AND state = 'sent' AND expires_at > :now ORDER BY sent_at DESC LIMIT 1",
        channel=channel,
        now=stamp(now),
    )
    return None if kept is None else of_row(db, kept)


def latest_of(db: Connection, customer: str) -> Invitation | None:
    """A customer's newest invitation that was sent to this address."""
    kept = row(
        db,
        f"{EVERY} WHERE customer = :customer AND address = :address AND sent_at IS NOT NULL "
        "ORDER BY sent_at DESC LIMIT 1",
        customer=people.of(db, customer),
        address=customer,
    )
    return None if kept is None else of_row(db, kept)


def keep(db: Connection, invitation: Invitation, now: datetime, reason: str = "") -> None:
    """Store an invitation, with the first line of its history."""
    values = {field.name: getattr(invitation, field.name) for field in fields(invitation)}
    values["survey"] = invitation.survey.name
    for name in MOMENTS:
        values[name] = None if values[name] is None else stamp(values[name])
    values |= {kind: names.keep(db, kind, values[kind]) for kind in NAMED}
    values |= {"address": invitation.customer, "customer": names.keep(db, "customer", invitation.customer)}
    insert(db, "invitations", values)
    closes.add(db, invitation)
    if invitation.state == "due":
        reason = f"{invitation.reason}|{stamp(invitation.send_at)}"
    history.note(db, invitation.key, invitation.state, reason or invitation.reason, now)


def rename_channel(db: Connection, old: str, new: str) -> None:
    """A channel's id has changed: update waiting and sent surveys."""
    for column in ("channel", "message_channel"):
        run(db, f"UPDATE invitations SET {column} = :new WHERE {column} = :old", old=old, new=new)


def end(db: Connection, invitation: Invitation, state: str, reason: str, now: datetime, noted: str = "") -> Invitation:
    """Bring an invitation into another state, and tell everybody who waits for that. Its history has `noted`, or else
    the reason."""
    if invitation.state in ("sent", "declined"):
        reminders.over(db, invitation.key, now)
    history.note(db, invitation.key, state, noted or reason, now)
    run(
        db,
        "UPDATE invitations SET state = :state, reason = :reason WHERE key = :key",
        key=invitation.key,
        state=state,
        reason=reason,
    )
    ended = replace(invitation, state=state, reason=reason)
    if ended.asked_via == steps.VIA:
        steps.tell(db, ended, answers.current(db, ended), now)
    return ended


def counts(db: Connection) -> dict[str, int]:
    """The number of invitations in each state."""
    states = rows(db, "SELECT state, COUNT(*) AS n FROM invitations GROUP BY state")
    return {state["state"]: state["n"] for state in states}

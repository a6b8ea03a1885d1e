"""Invitations: one survey for one customer, waiting, sent, answered or over."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime

from cxbot.core.calendar.incidents import Incident, after
from cxbot.core.calendar.periods import local_date
from cxbot.core.invitations.replies import Reply
from cxbot.core.invitations.rules import WINDOW, Invitation, check_budget
from cxbot.core.teams.team import Team
from cxbot.errors import Refused
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import Row, insert, row, rows, run
from cxbot.store.engine.times import moment, stamp
from cxbot.store.records import (
    answers,
    closes,
    history,
    incidents,
    limits,
    names,
    outbox,
    people,
    reminders,
    steps,
    surveys,
    teams,
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


def _invitation(db: Connection, kept: Row) -> Invitation:
    moments = {name: moment(kept[name]) for name in MOMENTS}
    named = {kind: kept.pop(f"name_of_{kind}") for kind in NAMED}
    kept["customer"] = kept.pop("address")
    return Invitation(**{**kept, **moments, **named, "survey": surveys.named(db, kept["survey"])})


def by_key(db: Connection, key: str) -> Invitation | None:
    """The invitation with this key, or None."""
    kept = row(db, f"{EVERY} WHERE key = :key", key=key)
    return None if kept is None else _invitation(db, kept)


def by_trigger(db: Connection, channel: str, trigger_ts: str) -> Invitation | None:
    """The newest invitation from a message (or from a command's trigger)."""
    kept = row(
        db,
        f"{EVERY} WHERE channel = :channel AND trigger_ts = :trigger ORDER BY closed_at DESC LIMIT 1",
        channel=channel,
        trigger=trigger_ts,
    )
    return None if kept is None else _invitation(db, kept)


NOTED = "(SELECT MIN(id) FROM ledger WHERE invitation = invitations.key)"
IN_ORDER = f"closed_at, {NOTED}, invitations.key"
"""Closes one after another; several at the same moment in the order in which they were told."""


def of_interaction(db: Connection, number: int) -> list[Invitation]:
    """The invitations about an interaction, oldest close first."""
    found = rows(db, f"{EVERY} WHERE interaction = :number AND interaction != 0 ORDER BY {IN_ORDER}", number=number)
    return [_invitation(db, kept) for kept in found]


def of_customer(db: Connection, customer: str, limit: int) -> list[Invitation]:
    """A customer's newest invitations at any address of theirs, the latest first."""
    found = rows(
        db,
        f"{EVERY} WHERE customer = :customer ORDER BY closed_at DESC, {NOTED} DESC LIMIT :limit",
        customer=people.of(db, customer),
        limit=limit,
    )
    return [_invitation(db, kept) for kept in found]


def by_message(db: Connection, channel: str, ts: str) -> list[Invitation]:
    """The invitation that a message in Slack shows."""
    sql = f"{EVERY} WHERE message_channel = :channel AND message_ts = :ts"
    return [_invitation(db, kept) for kept in rows(db, sql, channel=channel, ts=ts)]


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
    return None if kept is None else _invitation(db, kept)


def latest_of(db: Connection, customer: str) -> Invitation | None:
    """A customer's newest invitation that was sent to this address."""
    kept = row(
        db,
        f"{EVERY} WHERE customer = :customer AND address = :address AND sent_at IS NOT NULL "
        "ORDER BY sent_at DESC LIMIT 1",
        customer=people.of(db, customer),
        address=customer,
    )
    return None if kept is None else _invitation(db, kept)


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


def ask(db: Connection, invitation: Invitation, team: Team, now: datetime) -> Invitation:
    """Store a new invitation, and send it at once if it is due.

    Raises Refused if a budget forbids it. If two people ask at the same time, the writer serves one after the other,
    so the second finds the first one's invitation waiting.
    """
    check_budget(limits.history(db, invitation, team), team, invitation.closed_at, now)
    keep(db, invitation, now)
    return dispatch(db, invitation, team, now) if invitation.send_at <= now else invitation


def refuse(db: Connection, invitation: Invitation, refusal: Refused, now: datetime) -> Invitation:
    """Record in the ledger that a close was not asked about, and why."""
    refused = replace(invitation, state="refused", reason=str(refusal.values.get("code", "")))
    keep(db, refused, now, _reason(refusal))
    return refused


def clear_up(db: Connection, decided: Invitation) -> None:
    """The customer of a close is clear now: what was decided goes on with the history of the close."""
    unclear = row(
        db,
        "SELECT i.key FROM invitations AS i JOIN interactions AS c ON c.id = i.interaction "
        "WHERE i.interaction = :interaction AND i.interaction != 0 AND i.state = 'refused' AND i.reason = :unclear "
        "AND i.key != :key "
        "AND (c.reopened_at IS NULL OR i.closed_at >= c.reopened_at)",
        interaction=decided.interaction,
        unclear=UNCLEAR,
        key=decided.key,
    )
    if unclear is not None:
        run(db, "UPDATE ledger SET invitation = :key WHERE invitation = :old", key=decided.key, old=unclear["key"])
        run(db, "DELETE FROM invitations WHERE key = :old", old=unclear["key"])


def _reason(refusal: Refused) -> str:
    """The reason of a refusal in the history: its code, and the moment from which asking is possible, or the condition
    that is not met."""
    code, free = str(refusal.values.get("code", "")), refusal.values.get("free")
    detail = stamp(free) if isinstance(free, datetime) else str(refusal.values.get("rule", ""))
    return f"{code}|{detail}" if detail else code


def due(db: Connection, now: datetime) -> list[Invitation]:
    """The invitations that are due."""
    waiting = f"{EVERY} WHERE state = 'due' AND send_at <= :now ORDER BY send_at"
    kept = rows(db, waiting, now=stamp(now))
    return [_invitation(db, invitation) for invitation in kept]


def next_due(db: Connection, after: datetime) -> datetime | None:
    """When the next waiting invitation is due after a moment; None if none is."""
    sql = "SELECT MIN(send_at) AS at FROM invitations WHERE state = 'due' AND send_at > :after"
    first = row(db, sql, after=stamp(after))
    return None if first is None else moment(first["at"])


def dispatch(db: Connection, invitation: Invitation, team: Team, now: datetime) -> Invitation:
    """Queue a due invitation in the outbox, or record why it is not sent.

    Budgets are checked again, because much can happen between a close and the next working hour. During a known
    incident the survey waits for the first working day afterwards.
    """
    ripe = invitation.closed_at + invitation.survey.after
    if limits.paused(db, team):
        return invitation
    try:
        check_budget(limits.history(db, invitation, team), team, ripe, now)
    except Refused as refusal:
        code = str(refusal.values.get("code", ""))
        if code == "too_old":
            outbox.put(db, "too_late", invitation.key, now)
        return _end(db, invitation, "refused", code, now, _reason(refusal))
    if (incident := incidents.on(db, team, now)) is not None:
        if invitation.delivery == "link":  # it goes into the answer to the helpdesk, now or never
            return _end(db, invitation, "refused", INCIDENT, now)
        return _postpone(db, invitation, after(incident, invitation.send_at, team.working_hours, team.timezone), now)
    if team.rehearsal:
        outbox.put(db, "rehearsal", invitation.key, now)
        return _end(db, invitation, "rehearsed", "", now)
    if invitation.delivery == "link":  # whoever asked sends it
        return sent(db, _end(db, invitation, "sending", "", now).key, "", "", now) or invitation
    outbox.put(db, task_of(invitation), invitation.key, now)
    return _end(db, invitation, "sending", "", now)


def task_of(invitation: Invitation) -> str:
    """The kind of task that sends a survey."""
    return "survey" if invitation.in_slack else "mail"


def _postpone(db: Connection, invitation: Invitation, send_at: datetime, now: datetime) -> Invitation:
    """Let a survey wait for the end of a known incident."""
    history.note(db, invitation.key, "due", f"{INCIDENT}|{stamp(send_at)}", now)
    run(db, "UPDATE invitations SET send_at = :at WHERE key = :key", at=stamp(send_at), key=invitation.key)
    return replace(invitation, send_at=send_at)


def postponed(db: Connection, key: str) -> bool:
    """Whether a survey had to wait for the end of a known incident."""
    lines = history.past(db, key)
    return any(state == "due" and reason.partition("|")[0] == INCIDENT for _, state, reason in lines)


INCIDENT = "incident"  # the reason of a line in the history


def hold(db: Connection, paused: Iterable[Team]) -> None:
    """At the start of a pause: take back surveys that the outbox has not tried yet. They are checked again after the
    pause."""
    for team in paused:
        held = rows(db, "SELECT key FROM invitations WHERE team_id = :team AND state = 'sending'", team=team.id)
        for invitation in held:
            if _drop(db, invitation["key"]):
                run(db, "UPDATE invitations SET state = 'due' WHERE key = :key", key=invitation["key"])


def _drop(db: Connection, key: str) -> bool:
    """Take back a survey that the outbox has not sent; False if it is too late."""
    return outbox.drop(db, "survey", key) or outbox.drop(db, "mail", key)


def take_back(db: Connection, key: str, send_at: datetime, why: str, now: datetime) -> bool:
    """Take a survey back that the outbox has not sent, to be checked again at `send_at`; False if it is too late. `why`
    is for its history, which has a line about it if the survey has to wait."""
    if not _drop(db, key):
        return False
    if send_at > now:
        history.note(db, key, "due", f"{why}|{stamp(send_at)}", now)
    run(
        db,
        "UPDATE invitations SET state = 'due', send_at = :at WHERE key = :key AND state = 'sending'",
        key=key,
        at=stamp(send_at),
    )
    return True


def hold_during(db: Connection, incident: Incident, now: datetime) -> None:
    """Take back surveys that the outbox has not tried yet, for the teams that a new incident concerns now."""
    concerned = [team for team in teams.every(db) if incident.team_id in (0, team.id)]
    hold(db, [team for team in concerned if incident.covers(local_date(now, team.timezone))])


def rename_channel(db: Connection, old: str, new: str) -> None:
    """A channel's id has changed: update waiting and sent surveys."""
    for column in ("channel", "message_channel"):
        run(db, f"UPDATE invitations SET {column} = :new WHERE {column} = :old", old=old, new=new)


def _end(db: Connection, invitation: Invitation, state: str, reason: str, now: datetime, noted: str = "") -> Invitation:
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


def sent(db: Connection, key: str, channel: str, ts: str, now: datetime) -> Invitation | None:
    """Record that Slack has the survey: its window opens, and it counts as sent.

    Does nothing if this was recorded before. None for an unknown key.
    """
    invitation = by_key(db, key)
    if invitation is None or invitation.state != "sending":
        return invitation
    run(
        db,
        "UPDATE invitations SET state = 'sent', sent_at = :now, expires_at = :expires, "
        "message_channel = :channel, message_ts = :ts WHERE key = :key",
        key=key,
        now=stamp(now),
        expires=stamp(now + WINDOW),
        channel=channel,
        ts=ts,
    )
    invitation = replace(
        invitation, state="sent", sent_at=now, expires_at=now + WINDOW, message_channel=channel, message_ts=ts
    )
    history.note(db, key, "sent", "", now)
    answers.open_ratings(db, invitation, delivered=True)
    steps.tell(db, invitation, Reply(), now)
    reminders.plan(db, key, invitation.delivery, invitation.team_id, now)
    return invitation


def reminded(db: Connection, key: str, error: str, now: datetime) -> None:
    """Record in the history that the customer was reminded, or the error if that was refused."""
    history.note(db, key, "not reminded" if error else "reminded", error, now)


def awaited(db: Connection, invitation: Invitation) -> bool:
    """Whether a survey waits for its customer: it was sent, nothing is answered, and nobody wishes to be left alone."""
    return (
        invitation.state == "sent"
        and invitation.customer != ""
        and not answers.any_given(db, invitation.key)
        and not limits.opted_out(db, invitation.customer)
    )


def proven(db: Connection, key: str, channel: str, ts: str, now: datetime) -> Invitation | None:
    """Record that somebody clicked on a survey whose sending had an unknown outcome."""
    for kind in ("survey", "mail"):
        outbox.prove(db, kind, key, ts)
    return sent(db, key, channel, ts, now)


def by_direct_message_instead(db: Connection, key: str, now: datetime) -> bool:
    """Send a survey by direct message that Slack refused in the thread that a helpdesk named, if its team leaves it to
    the bot where to ask; False if that is not so."""
    changed = rows(
        db,
        "UPDATE invitations SET delivery = 'dm' WHERE key = :key AND state = 'sending' AND delivery = 'thread' "
        "AND asked_via = 'hook' AND team_id IN (SELECT id FROM teams WHERE delivery = 'auto') RETURNING key",
        key=key,
    )
    if changed:
        history.note(db, key, "sending", "by direct message instead", now)
        outbox.put(db, "survey", key, now, once="dm")
    return bool(changed)


def by_mail_instead(db: Connection, key: str, now: datetime) -> bool:
    """Send a survey by e-mail that Slack refused for good, if an address is known; False if there is none."""
    invitation = by_key(db, key)
    known = None
    if invitation is not None and invitation.in_slack and invitation.state == "sending":
        sql = (
            "SELECT email FROM interactions WHERE id = :id AND email != '' UNION ALL "
            "SELECT email FROM campaign_people WHERE invitation = :key AND invitation != '' AND email != ''"
        )
        known = row(db, sql, id=invitation.interaction, key=key)
    if invitation is None or known is None:
        return False
    run(
        db,
        "UPDATE invitations SET address = :email, delivery = 'email' WHERE key = :key",
        key=key,
        email=known["email"],
    )
    history.note(db, key, "sending", "by mail instead", now)
    outbox.put(db, "mail", key, now)
    return True


def undeliverable(db: Connection, key: str, reason: str, now: datetime) -> None:
    """Record that Slack refused the survey for good: it counts as sent but not delivered."""
    invitation = by_key(db, key)
    if invitation is None or invitation.state != "sending":
        return
    ended = replace(_end(db, invitation, "undeliverable", reason, now), sent_at=now)
    run(db, "UPDATE invitations SET sent_at = :now WHERE key = :key", key=key, now=stamp(now))
    answers.open_ratings(db, ended, delivered=False)
    outbox.put(db, "undeliverable", key, now)


def withdraw(db: Connection, key: str, reason: str, now: datetime) -> bool:
    """Withdraw an invitation: a waiting survey is not sent, a sent one without an answer is deleted.

    False if it is too late: answered, over, or being sent at this moment.
    """
    invitation = by_key(db, key)
    if invitation is None or answers.any_given(db, key):
        return False
    if invitation.state == "sending" and not _drop(db, key):
        return False
    if invitation.state == "sent":
        answers.close_ratings(db, invitation)
        outbox.put(db, "survey_delete", key, now)
    elif invitation.state not in ("due", "sending"):
        return False
    _end(db, invitation, "withdrawn", reason, now)
    return True


def team_goes(db: Connection, team_id: int, now: datetime) -> None:
    """A team is removed: what waits for its customers is not sent."""
    of_team = "SELECT key FROM invitations WHERE team_id = :team AND state IN ('due', 'sending')"
    for kept in rows(db, of_team, team=team_id):
        withdraw(db, kept["key"], TEAM_REMOVED, now)
    teams.remove(db, team_id)


def withdraw_reaction(db: Connection, channel: str, trigger_ts: str, agent: str, now: datetime) -> bool:
    """Withdraw the survey that a reaction started, unless it was sent. Afterwards the reaction has no effect."""
    invitation = by_trigger(db, channel, trigger_ts)
    if invitation is None or invitation.asked_via != "reaction":
        return False
    reason = f"{people.REACTION_REMOVED} by {agent}"
    if invitation.reason == UNCLEAR:
        _end(db, invitation, "withdrawn", reason, now)
    elif invitation.state not in ("due", "sending") or not withdraw(db, invitation.key, reason, now):
        return False
    closes.take_out(db, invitation.key)
    return True


def on_the_way(db: Connection, invitation: Invitation) -> outbox.Task | None:
    """What the outbox has tried to send of an invitation, and has not settled; None if there is nothing of the kind."""
    return outbox.unsettled(db, invitation.key, SENDS) if invitation.state == "sending" else None


SENDS = ("survey", "mail")  # the kinds of tasks that send a survey
TEAM_REMOVED = "team removed"
OPTED_OUT = "opted out"  # the reason of what ends with this wish


def decline(db: Connection, invitation: Invitation, now: datetime, reason: str = "") -> None:
    """*Not now*, or another `reason`: close this survey. Later ones are possible."""
    if invitation.state == "sent" and not answers.any_given(db, invitation.key):
        _end(db, invitation, "declined", reason, now)
        outbox.put(db, "survey_close", invitation.key, now)


def opt_out(db: Connection, customer: str, now: datetime) -> None:
    """*Don't ask me again*: store the wish, and withdraw what waits for this customer, at any address."""
    number = names.keep(db, "customer", customer)
    insert(db, "opt_outs", {"customer": number, "since": stamp(now)}, "ON CONFLICT (customer) DO NOTHING")
    for invitation in rows(
        db,
        "SELECT key FROM invitations WHERE customer = :customer AND state IN ('due', 'sending')",
        customer=number,
    ):
        withdraw(db, invitation["key"], OPTED_OUT, now)


def opt_in(db: Connection, customer: str) -> None:
    """*Ask me again*: end a *Don't ask me again*."""
    run(db, "DELETE FROM opt_outs WHERE customer = :customer", customer=people.of(db, customer))
    for known in people.addresses(db, customer):
        run(db, "DELETE FROM erased_opt_outs WHERE person = :person", person=people.erased(db, known))


def give_up_unknown(db: Connection, now: datetime) -> None:
    """End invitations whose outcome never became known, so that the customer can be asked again."""
    for kept in rows(db, f"{EVERY} WHERE state = 'sending' AND send_at <= :before", before=stamp(now - WINDOW)):
        _end(db, _invitation(db, kept), "expired", "outcome unknown", now)


def expire(db: Connection, now: datetime) -> int:
    """Close windows that are over: an unanswered survey's message is deleted, an answered one shrinks to one line."""
    over = f"{EVERY} WHERE state IN ('sent', 'declined') AND expires_at <= :now"
    expired = rows(db, over, now=stamp(now))
    for kept in expired:
        invitation = _invitation(db, kept)
        _end(db, invitation, "expired", invitation.reason, now)
        if answers.any_given(db, invitation.key):
            outbox.put(db, "survey_close", invitation.key, now)
        elif invitation.state == "sent":
            outbox.put(db, "survey_delete", invitation.key, now)
    return len(expired)


def counts(db: Connection) -> dict[str, int]:
    """The number of invitations in each state."""
    states = rows(db, "SELECT state, COUNT(*) AS n FROM invitations GROUP BY state")
    return {state["state"]: state["n"] for state in states}

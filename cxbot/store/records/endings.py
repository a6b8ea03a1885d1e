"""What becomes of a survey that goes out: sent, refused, withdrawn, declined, over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cxbot.core.invitations.replies import Reply
from cxbot.core.invitations.rules import WINDOW, Invitation
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import insert, row, rows, run
from cxbot.store.engine.times import stamp
from cxbot.store.records import (
    answers,
    closes,
    history,
    invitations,
    limits,
    names,
    outbox,
    people,
    reminders,
    steps,
    teams,
)

SENDS = ("survey", "mail")  # the kinds of tasks that send a survey
TEAM_REMOVED = "team removed"
OPTED_OUT = "opted out"  # the reason of what ends with this wish


def drop(db: Connection, key: str) -> bool:
    """Take back a survey that the outbox has not sent; False if it is too late."""
    return outbox.drop(db, "survey", key) or outbox.drop(db, "mail", key)


def sent(db: Connection, key: str, channel: str, ts: str, now: datetime) -> Invitation | None:
    """Record that Slack has the survey: its window opens, and it counts as sent.

    Does nothing if this was recorded before. None for an unknown key.
    """
    invitation = invitations.by_key(db, key)
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
    invitation = invitations.by_key(db, key)
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
    invitation = invitations.by_key(db, key)
    if invitation is None or invitation.state != "sending":
        return
    ended = replace(invitations.end(db, invitation, "undeliverable", reason, now), sent_at=now)
    run(db, "UPDATE invitations SET sent_at = :now WHERE key = :key", key=key, now=stamp(now))
    answers.open_ratings(db, ended, delivered=False)
    outbox.put(db, "undeliverable", key, now)


def withdraw(db: Connection, key: str, reason: str, now: datetime) -> bool:
    """Withdraw an invitation: a waiting survey is not sent, a sent one without an answer is deleted.

    False if it is too late: answered, over, or being sent at this moment.
    """
    invitation = invitations.by_key(db, key)
    if invitation is None or answers.any_given(db, key):
        return False
    if invitation.state == "sending" and not drop(db, key):
        return False
    if invitation.state == "sent":
        answers.close_ratings(db, invitation)
        outbox.put(db, "survey_delete", key, now)
    elif invitation.state not in ("due", "sending"):
        return False
    invitations.end(db, invitation, "withdrawn", reason, now)
    return True


def team_goes(db: Connection, team_id: int, now: datetime) -> None:
    """A team is removed: what waits for its customers is not sent."""
    of_team = "SELECT key FROM invitations WHERE team_id = :team AND state IN ('due', 'sending')"
    for kept in rows(db, of_team, team=team_id):
        withdraw(db, kept["key"], TEAM_REMOVED, now)
    teams.remove(db, team_id)


def withdraw_reaction(db: Connection, channel: str, trigger_ts: str, agent: str, now: datetime) -> bool:
    """Withdraw the survey that a reaction started, unless it was sent. Afterwards the reaction has no effect."""
    invitation = invitations.by_trigger(db, channel, trigger_ts)
    if invitation is None or invitation.asked_via != "reaction":
        return False
    reason = f"{people.REACTION_REMOVED} by {agent}"
    if invitation.reason == invitations.UNCLEAR:
        invitations.end(db, invitation, "withdrawn", reason, now)
    elif invitation.state not in ("due", "sending") or not withdraw(db, invitation.key, reason, now):
        return False
    closes.take_out(db, invitation.key)
    return True


def on_the_way(db: Connection, invitation: Invitation) -> outbox.Task | None:
    """What the outbox has tried to send of an invitation, and has not settled; None if there is nothing of the kind."""
    return outbox.unsettled(db, invitation.key, SENDS) if invitation.state == "sending" else None


def decline(db: Connection, invitation: Invitation, now: datetime, reason: str = "") -> None:
    """*Not now*, or another `reason`: close this survey. Later ones are possible."""
    if invitation.state == "sent" and not answers.any_given(db, invitation.key):
        invitations.end(db, invitation, "declined", reason, now)
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
    for kept in rows(
        db, f"{invitations.EVERY} WHERE state = 'sending' AND send_at <= :before", before=stamp(now - WINDOW)
    ):
        invitations.end(db, invitations.of_row(db, kept), "expired", "outcome unknown", now)


def expire(db: Connection, now: datetime) -> int:
    """Close windows that are over: an unanswered survey's message is deleted, an answered one shrinks to one line."""
    over = f"{invitations.EVERY} WHERE state IN ('sent', 'declined') AND expires_at <= :now"
    expired = rows(db, over, now=stamp(now))
    for kept in expired:
        invitation = invitations.of_row(db, kept)
        invitations.end(db, invitation, "expired", invitation.reason, now)
        if answers.any_given(db, invitation.key):
            outbox.put(db, "survey_close", invitation.key, now)
        elif invitation.state == "sent":
            outbox.put(db, "survey_delete", invitation.key, now)
    return len(expired)

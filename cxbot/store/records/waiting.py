"""Surveys that wait: whether a close is asked about, and when its survey goes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from cxbot.core.calendar.incidents import Incident, after
from cxbot.core.calendar.periods import local_date
from cxbot.core.invitations.rules import Invitation, check_budget
from cxbot.core.teams.team import Team
from cxbot.errors import Refused
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import row, rows, run
from cxbot.store.engine.times import moment, stamp
from cxbot.store.records import endings, history, incidents, invitations, limits, outbox, teams

INCIDENT = "incident"  # the reason of a line in the history


def ask(db: Connection, invitation: Invitation, team: Team, now: datetime) -> Invitation:
    """Store a new invitation, and send it at once if it is due.

    Raises Refused if a budget forbids it. If two people ask at the same time, the writer serves one after the other,
    so the second finds the first one's invitation waiting.
    """
    check_budget(limits.history(db, invitation, team), team, invitation.closed_at, now)
    invitations.keep(db, invitation, now)
    return dispatch(db, invitation, team, now) if invitation.send_at <= now else invitation


def refuse(db: Connection, invitation: Invitation, refusal: Refused, now: datetime) -> Invitation:
    """Record in the ledger that a close was not asked about, and why."""
    refused = replace(invitation, state="refused", reason=str(refusal.values.get("code", "")))
    invitations.keep(db, refused, now, _reason(refusal))
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
        unclear=invitations.UNCLEAR,
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
    waiting = f"{invitations.EVERY} WHERE state = 'due' AND send_at <= :now ORDER BY send_at"
    kept = rows(db, waiting, now=stamp(now))
    return [invitations.of_row(db, invitation) for invitation in kept]


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
        return invitations.end(db, invitation, "refused", code, now, _reason(refusal))
    if (incident := incidents.on(db, team, now)) is not None:
        if invitation.delivery == "link":  # it goes into the answer to the helpdesk, now or never
            return invitations.end(db, invitation, "refused", INCIDENT, now)
        return _postpone(db, invitation, after(incident, invitation.send_at, team.working_hours, team.timezone), now)
    if team.rehearsal:
        outbox.put(db, "rehearsal", invitation.key, now)
        return invitations.end(db, invitation, "rehearsed", "", now)
    if invitation.delivery == "link":  # whoever asked sends it
        return endings.sent(db, invitations.end(db, invitation, "sending", "", now).key, "", "", now) or invitation
    outbox.put(db, task_of(invitation), invitation.key, now)
    return invitations.end(db, invitation, "sending", "", now)


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


def hold(db: Connection, paused: Iterable[Team]) -> None:
    """At the start of a pause: take back surveys that the outbox has not tried yet. They are checked again after the
    pause."""
    for team in paused:
        held = rows(db, "SELECT key FROM invitations WHERE team_id = :team AND state = 'sending'", team=team.id)
        for invitation in held:
            if endings.drop(db, invitation["key"]):
                run(db, "UPDATE invitations SET state = 'due' WHERE key = :key", key=invitation["key"])


def take_back(db: Connection, key: str, send_at: datetime, why: str, now: datetime) -> bool:
    """Take a survey back that the outbox has not sent, to be checked again at `send_at`; False if it is too late. `why`
    is for its history, which has a line about it if the survey has to wait."""
    if not endings.drop(db, key):
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

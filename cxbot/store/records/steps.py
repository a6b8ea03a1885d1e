"""Steps of workflows that wait for what becomes of a survey."""

from __future__ import annotations

from datetime import datetime

from cxbot.core.invitations.outcomes import outcome
from cxbot.core.invitations.replies import Reply
from cxbot.core.invitations.rules import Invitation
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import insert, row, run
from cxbot.store.records import outbox

VIA = "workflow"


def begin(db: Connection, step: str, invitation: Invitation, now: datetime, *, for_answer: bool) -> None:
    """Have a step wait until the survey is sent, or with `for_answer` until it is answered; at most until it is
    over."""
    insert(db, "steps", {"invitation": invitation.key, "id": step, "for_answer": int(for_answer)})
    tell(db, invitation, Reply(), now)


def tell(db: Connection, invitation: Invitation, reply: Reply, now: datetime) -> None:
    """Complete the step of an invitation, if there is one and it has waited long enough. It is told once."""
    if invitation.asked_via != VIA or invitation.state in ("due", "sending"):
        return
    step = row(db, "SELECT id, for_answer FROM steps WHERE invitation = :key", key=invitation.key)
    if step is None or (step["for_answer"] and invitation.state == "sent" and not reply.complete(invitation.survey)):
        return
    answered = bool(reply.given(invitation.survey))
    word = outcome(invitation.state, invitation.reason, answered=answered, commented=bool(reply.comment))
    _complete(db, step["id"], invitation.key, word, now, answered=answered)


def give_up(db: Connection, key: str, now: datetime) -> None:
    """Complete the step of an invitation whose customer was forgotten, or whose team is gone."""
    if (step := row(db, "SELECT id FROM steps WHERE invitation = :key", key=key)) is not None:
        _complete(db, step["id"], key, "withdrawn", now, answered=False)


def _complete(db: Connection, step: str, key: str, word: str, now: datetime, *, answered: bool) -> None:
    run(db, "DELETE FROM steps WHERE id = :step", step=step)
    outbox.put(db, "step_done", step, now, outcome=word, invitation=key, answered=answered)

"""Answers: the log of what was clicked and written, and the current answer to each question."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from cxbot.core.answering import Action, Answer, outcome
from cxbot.core.asking import Invitation
from cxbot.core.metrics import METRICS, check_score
from cxbot.core.surveys import REASONS, SURVEYS, Survey
from cxbot.store import cases, outbox
from cxbot.store.database import Row, insert, moment, row, run, stamp
from cxbot.store.migrations import FOREVER

COMMENT_LIMIT = 3000


@dataclass(frozen=True, slots=True)
class Taken:
    """What an action did: `outcome` is `counted`, `late`, `older`, `locked` or (no change) `same`."""

    outcome: str
    invitation: Invitation
    answer: Answer


def current(db: Connection, invitation: Invitation) -> Answer:
    """The answer as it stands; one without a score where nothing came yet."""
    found = row(
        db,
        "SELECT score, reasons, comment, contact, answered_at, late, action_ts FROM ratings "
        "WHERE external_id = :key AND metric = :metric AND until_batch = :forever",
        key=invitation.key,
        metric=SURVEYS[invitation.survey].metric,
        forever=FOREVER,
    )
    return Answer(score=None) if found is None else _answer(found)


def _answer(found: Row) -> Answer:
    return Answer(
        score=found["score"],
        reasons=tuple(code for code in found["reasons"].split(",") if code),
        comment=found["comment"],
        contact=bool(found["contact"]),
        answered_at=moment(found["answered_at"]),
        late=bool(found["late"]),
        action_ts=found["action_ts"],
    )


def open_rating(db: Connection, invitation: Invitation, survey: Survey, *, delivered: bool) -> None:
    """Enter a survey that was sent into the figures: with it the response rate's cohort grows by one."""
    assert invitation.sent_at is not None
    insert(
        db,
        "ratings",
        {
            "external_id": invitation.key,
            "metric": survey.metric,
            "survey": survey.name,
            "version": survey.version,
            "asked_by": invitation.asked_by,
            "sent_at": stamp(invitation.sent_at),
            "delivered": int(delivered),
            "team": invitation.team,
            "agent": invitation.agent,
            "customer": invitation.customer,
            "touchpoint": invitation.touchpoint,
            "channel": invitation.channel,
            "topic": invitation.topic,
            "closed_at": stamp(invitation.closed_at),
            "sample": sample_of(invitation.customer),
        },
    )
    count_sent(
        db, survey.metric, invitation.asked_by, invitation.team, invitation.sent_at, sent=1, delivered=int(delivered)
    )


def close_rating(db: Connection, invitation: Invitation) -> None:
    """Take a withdrawn, unanswered survey out of the figures: it counts as never sent."""
    assert invitation.sent_at is not None
    metric = SURVEYS[invitation.survey].metric
    run(db, "DELETE FROM ratings WHERE external_id = :key AND metric = :metric", key=invitation.key, metric=metric)
    count_sent(db, metric, invitation.asked_by, invitation.team, invitation.sent_at, sent=-1, delivered=-1)


def count_sent(
    db: Connection,
    metric: str,
    asked_by: str,
    team: str,
    sent_at: datetime | str,
    *,
    sent: int = 0,
    delivered: int = 0,
    answered: int = 0,
    batch: int = 0,
) -> None:
    """Add to the daily counts of surveys sent, delivered and answered in time, by UTC day of sending."""
    day = sent_at[:10] if isinstance(sent_at, str) else stamp(sent_at)[:10]
    insert(
        db,
        "daily_sent",
        {
            "metric": metric,
            "asked_by": asked_by,
            "team": team,
            "day": day,
            "batch": batch,
            "sent": sent,
            "delivered": delivered,
            "answered": answered,
        },
        "ON CONFLICT (metric, day, asked_by, team, batch) DO UPDATE SET sent = daily_sent.sent + excluded.sent, "
        "delivered = daily_sent.delivered + excluded.delivered, answered = daily_sent.answered + excluded.answered",
    )


def count_answer(
    db: Connection,
    metric: str,
    asked_by: str,
    team: str,
    answered_at: datetime | str,
    score: int,
    n: int,
    batch: int = 0,
) -> None:
    """Add to the daily counts of answers per score, by UTC day of the first answer."""
    day = answered_at[:10] if isinstance(answered_at, str) else stamp(answered_at)[:10]
    insert(
        db,
        "daily_answers",
        {"metric": metric, "asked_by": asked_by, "team": team, "day": day, "score": score, "batch": batch, "n": n},
        "ON CONFLICT (metric, asked_by, team, day, score, batch) DO UPDATE SET n = daily_answers.n + excluded.n",
    )


def take_score(db: Connection, invitation: Invitation, score: int, action: Action) -> Taken:
    """Store a click on a score button and write down everything that follows from it.

    A click that was already stored changes nothing (outcome `same`). Raises UsageError for a score that is
    not on the survey's scale.
    """
    survey = SURVEYS[invitation.survey]
    check_score(METRICS[survey.metric], score)
    before = current(db, invitation)
    result = outcome(
        before, action.ts, action.at, open_now=invitation.open_at(action.at), locked_at=invitation.locked_at
    )
    if not _log(db, invitation, "score", str(score), action, result):
        return Taken("same", invitation, before)
    if result in ("older", "locked"):
        return Taken(result, invitation, before)
    if before.score is None:
        invitation = _first_answer(db, invitation, action.at)
        after = replace(before, score=score, answered_at=action.at, late=result == "late", action_ts=action.ts)
    else:
        after = replace(before, score=score, action_ts=action.ts)
    if before.score is not None and survey.reasons(before.score) != survey.reasons(score):
        after = replace(after, reasons=())
    _keep(db, invitation, before, after)
    _tell(db, invitation, after, action, first=before.score is None)
    return Taken(result, invitation, after)


def toggle_reason(db: Connection, invitation: Invitation, code: str, action: Action) -> Taken:
    """Set a one-tap reason, or take it back at the second tap; ignored where it doesn't fit the score."""
    before = current(db, invitation)
    fitting = [] if before.score is None else [r.code for r in SURVEYS[invitation.survey].reasons(before.score)]
    if code not in fitting or not invitation.open_at(action.at):
        return Taken("locked", invitation, before)
    chosen = set(before.reasons) ^ {code}
    after = replace(before, reasons=tuple(each for each in REASONS if each in chosen))
    if not _log(db, invitation, "reasons", code, action, "counted"):
        return Taken("same", invitation, before)
    _keep(db, invitation, before, after)
    _tell(db, invitation, after, action, first=before.score is None)
    return Taken("counted", invitation, after)


def take_comment(db: Connection, invitation: Invitation, text: str, action: Action) -> Taken:
    """Store a comment in the person's own words (at most 3,000 characters); open till the window closes."""
    before = current(db, invitation)
    if not invitation.open_at(action.at):
        return Taken("locked", invitation, before)
    after = replace(before, comment=text.strip()[:COMMENT_LIMIT])
    if after == before or not _log(db, invitation, "comment", after.comment, action, "counted"):
        return Taken("same", invitation, before)
    _keep(db, invitation, before, after)
    _tell(db, invitation, after, action, first=before.score is None)
    return Taken("counted", invitation, after)


def ask_contact(db: Connection, invitation: Invitation, action: Action) -> Taken:
    """*Please contact me*: opens a case for the leads, whatever the score; a second press changes nothing."""
    before = current(db, invitation)
    after = replace(before, contact=True)
    if before.contact or not _log(db, invitation, "contact", "yes", action, "counted"):
        return Taken("same", invitation, before)
    _keep(db, invitation, before, after)
    _tell(db, invitation, after, action, first=before.score is None)
    return Taken("counted", invitation, after)


def _log(db: Connection, invitation: Invitation, kind: str, value: str, action: Action, result: str) -> bool:
    """Append to the log; False where this very action is in it already (a repeated request)."""
    return bool(
        insert(
            db,
            "answer_events",
            {
                "invitation": invitation.key,
                "metric": SURVEYS[invitation.survey].metric,
                "kind": kind,
                "value": value,
                "action_ts": action.ts,
                "received_at": stamp(action.at),
                "outcome": result,
            },
            "ON CONFLICT (invitation, metric, kind, action_ts) DO NOTHING",
        )
    )


def _first_answer(db: Connection, invitation: Invitation, now: datetime) -> Invitation:
    if invitation.state == "declined":
        # An answer after *Not now* reopens what is left of the window.
        run(db, "UPDATE invitations SET state = 'sent' WHERE key = :key", key=invitation.key)
        return replace(invitation, answered_at=now, state="sent")
    return replace(invitation, answered_at=now)


def _keep(db: Connection, invitation: Invitation, before: Answer, after: Answer) -> None:
    """Write the current answer and move the daily counts along."""
    metric = SURVEYS[invitation.survey].metric
    values: dict[str, Any] = {
        "reasons": ",".join(after.reasons),
        "comment": after.comment,
        "contact": int(after.contact),
    }
    if (after.score, after.action_ts) != (before.score, before.action_ts):
        values |= {"score": after.score, "action_ts": after.action_ts}
        _move_counts(db, metric, invitation, before, after)
    if before.answered_at is None and after.answered_at is not None:
        values |= {
            "answered_at": stamp(after.answered_at),
            "late": int(after.late),
        }
    changes = [f"{name} = :{name}" for name in values]
    if "answered_at" in values:
        changes.append(f"previous_at = ({PREVIOUS})")
    run(
        db,
        f"UPDATE ratings SET {', '.join(changes)} "
        "WHERE external_id = :key AND metric = :metric AND until_batch = :forever",
        key=invitation.key,
        metric=metric,
        forever=FOREVER,
        **values,
    )


def _move_counts(db: Connection, metric: str, invitation: Invitation, before: Answer, after: Answer) -> None:
    if after.late or after.answered_at is None or after.score is None:
        return
    if before.score is not None:
        count_answer(db, metric, invitation.asked_by, invitation.team, after.answered_at, before.score, -1)
    elif invitation.sent_at is not None:
        count_sent(db, metric, invitation.asked_by, invitation.team, invitation.sent_at, answered=1)
    count_answer(db, metric, invitation.asked_by, invitation.team, after.answered_at, after.score, 1)


def sample_of(customer: str) -> int:
    """A fixed number 0-999 for a customer, so that large slices can be sampled by whole customers."""
    return zlib.crc32(customer.encode()) % 1000


# When the same customer last answered the same question: this finds repeaters fast.
PREVIOUS = (
    "SELECT MAX(earlier.answered_at) FROM ratings AS earlier WHERE earlier.customer = ratings.customer "
    "AND earlier.customer != '' AND earlier.metric = :metric AND earlier.answered_at <= :answered_at "
    "AND earlier.score IS NOT NULL"
)


def _tell(db: Connection, invitation: Invitation, answer: Answer, action: Action, *, first: bool) -> None:
    """Write down what is to be shown: the survey message as it is now, the private follow-up, the case."""
    shown = invitation.state == "sent"
    if shown and (first or invitation.delivery == "dm"):
        outbox.refresh(db, "survey_update", invitation.key, action.at)
    if not shown or invitation.delivery == "thread":
        outbox.refresh(db, "followup", invitation.key, action.at, reply_to=action.reply_to)
    low = answer.score is not None and SURVEYS[invitation.survey].is_low(answer.score)
    if first and not low and not answer.contact:
        return  # nothing calls for a case, and there can be none yet
    cases.consider(db, invitation.key, low=low, contact=answer.contact, now=action.at)

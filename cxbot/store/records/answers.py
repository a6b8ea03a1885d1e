"""Answers: the log of clicks and comments, and the current answer to each item."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from cxbot.core.invitations.replies import Action, Answer, Reply, newer, outcome
from cxbot.core.invitations.rules import Invitation
from cxbot.core.metrics.estimates import check_score
from cxbot.core.names import harmless
from cxbot.core.surveys.survey import Item
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import Row, insert, row, rows, run
from cxbot.store.engine.times import day, moment, stamp
from cxbot.store.records import cases, closes, names, outbox, reminders, steps, ways
from cxbot.store.records.published import FOREVER

COMMENT_LIMIT = 3000


@dataclass(frozen=True, slots=True)
class Taken:
    """The effect of an action. `outcome` is `counted`, `late`, `older`, `locked` or (no change) `same`."""

    outcome: str
    invitation: Invitation
    reply: Reply


def current(db: Connection, invitation: Invitation) -> Reply:
    """The current reply to an invitation.

    Reasons, comment and the wish to be contacted are about the whole survey. They are stored on the row of its first
    item, which exists from the moment the survey is sent.
    """
    kept = rows(
        db,
        "SELECT metric, score, reasons, comment, contact, answered_at, late, action_ts FROM ratings "
        "WHERE external_id = :key AND metric != '' AND until_batch = :forever",
        key=invitation.key,
        forever=FOREVER,
    )
    first = invitation.survey.first.metric.name
    words = next((answer for answer in kept if answer["metric"] == first), None)
    answers = {answer["metric"]: _answer(answer) for answer in kept}
    if words is None:
        return Reply(answers)
    reasons = tuple(code for code in words["reasons"].split(",") if code)
    return Reply(answers, reasons, words["comment"], bool(words["contact"]))


ANSWERED, COMMENTED = (
    f"EXISTS (SELECT 1 FROM ratings AS r WHERE r.external_id = i.key AND r.{given})"
    for given in ("score IS NOT NULL", "comment != ''")
)
"""Whether the survey of an invitation `i` has a score, and whether it has a comment."""


def any_given(db: Connection, key: str) -> bool:
    """Whether any item of a survey has a score."""
    return row(db, "SELECT 1 AS one FROM ratings WHERE external_id = :key AND score IS NOT NULL", key=key) is not None


def first_scored(db: Connection, key: str) -> str:
    """The timestamp of the first score of a survey; "" if there is none."""
    return min(_done(db, key, "score"), default="", key=Decimal)


def wished(db: Connection, key: str) -> str:
    """The timestamp of the wish to be contacted; "" if there is none."""
    return next(iter(_done(db, key, "contact")), "")


def _done(db: Connection, key: str, kind: str) -> list[str]:
    sql = "SELECT action_ts FROM answer_events WHERE invitation = :key AND kind = :kind"
    return [each["action_ts"] for each in rows(db, sql, key=key, kind=kind)]


def _answer(answer: Row) -> Answer:
    return Answer(answer["score"], moment(answer["answered_at"]), bool(answer["late"]), answer["action_ts"])


def open_ratings(db: Connection, invitation: Invitation, *, delivered: bool) -> None:
    """Add a sent survey to the figures: each item's number of sent surveys grows by one."""
    assert invitation.sent_at is not None
    survey = invitation.survey
    of_close = closes.about(db, invitation, closes.asked_about(db, invitation))
    for item in survey.items:
        insert(
            db,
            "ratings",
            {
                **of_close,
                "metric": item.metric.name,
                "survey": survey.name,
                "version": survey.version,
                "sent_at": stamp(invitation.sent_at),
                "delivered": int(delivered),
            },
        )
        _count_sent(db, item.metric.name, invitation, sent=1, delivered=int(delivered))


def close_ratings(db: Connection, invitation: Invitation) -> None:
    """Remove a withdrawn, unanswered survey from the figures: it counts as never sent."""
    gone = rows(db, "DELETE FROM ratings WHERE external_id = :key RETURNING *", key=invitation.key)
    for sent in gone[:1]:
        closes.not_asked_about(db, invitation, sent)
    for item in invitation.survey.items:
        _count_sent(db, item.metric.name, invitation, sent=-1, delivered=-1)


def _count_sent(db: Connection, metric: str, invitation: Invitation, **changes: int) -> None:
    assert invitation.sent_at is not None
    team = names.find(db, "team", invitation.team)
    count_sent(db, metric, ways.code(invitation.asked_by), team, day(stamp(invitation.sent_at)), **changes)


def count_sent(
    db: Connection,
    metric: str,
    asked_by: int,
    team: int,
    sent_day: str,
    *,
    sent: int = 0,
    delivered: int = 0,
    answered: int = 0,
    batch: int = 0,
) -> None:
    """Add to the daily counts of surveys sent, delivered and answered in time, by UTC day of sending."""
    insert(
        db,
        "daily_sent",
        {
            "metric": metric,
            "asked_by": asked_by,
            "team": team,
            "day": sent_day,
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
    asked_by: int,
    team: int,
    answered_day: str,
    score: int,
    n: int,
    batch: int = 0,
) -> None:
    """Add to the daily counts of answers per score, by UTC day of the first answer."""
    insert(
        db,
        "daily_answers",
        {
            "metric": metric,
            "asked_by": asked_by,
            "team": team,
            "day": answered_day,
            "score": score,
            "batch": batch,
            "n": n,
        },
        "ON CONFLICT (metric, asked_by, team, day, score, batch) DO UPDATE SET n = daily_answers.n + excluded.n",
    )


def rename_channel(db: Connection, old: str, new: str) -> None:
    """A channel's id has changed: its answers go along."""
    if (known := names.find(db, "channel", old)) != names.UNKNOWN:
        names.rename(db, known, new)


def take_score(db: Connection, invitation: Invitation, item: Item, score: int, action: Action) -> Taken:
    """Store a click on a score and queue everything that follows from it.

    A click that is already stored changes nothing (outcome `same`). Raises UsageError for a score outside the item's
    scale.
    """
    check_score(item.metric, score)
    survey = invitation.survey
    before = current(db, invitation)
    old = before.answer(item)
    result = outcome(
        old, action.ts, action.at, open_now=invitation.open_at(action.at), locked_at=invitation.locked_at(old)
    )
    if not _log(db, invitation, item, "score", str(score), action, result):
        return Taken("same", invitation, before)
    if result in ("older", "locked"):
        return Taken(result, invitation, before)
    if old.score is None:
        if invitation.state == "declined":
            invitation = _reopened(db, invitation)
        new = Answer(score, action.at, result == "late", action.ts)
    else:
        new = replace(old, score=score, action_ts=action.ts)
    after = before.answered(item, new)
    if after.reasons_for(survey) != before.reasons_for(survey):
        after = replace(after, reasons=())
    _keep_score(db, invitation, item, before, after, action.at)
    _tell(db, invitation, before, after, action)
    steps.tell(db, invitation, after, action.at)
    return Taken(result, invitation, after)


def tap_reason(db: Connection, invitation: Invitation, code: str, action: Action) -> Taken:
    """A tap on a reason: select it, or clear it at the second tap. A tap that is older than the score, or than a form,
    was about another card: it changes nothing, and the card is brought up to date."""
    before = current(db, invitation)
    scored = [answer.action_ts for answer in before.answers.values()]
    entered = [ts for ts in _done(db, invitation.key, "reasons") if ts.count(".") > 1]
    if any(newer(ts, action.ts) for ts in (*scored, *entered) if ts):
        if before.given(invitation.survey):
            _show(db, invitation, before, action)
        return Taken("older", invitation, before)
    return toggle_reason(db, invitation, code, action)


def toggle_reason(db: Connection, invitation: Invitation, code: str, action: Action) -> Taken:
    """Select a one-tap reason, or clear it at the second tap. A reason that doesn't fit the scores is not stored: it is
    on an older copy of the card, which is brought up to date."""
    before = current(db, invitation)
    fitting = [reason.code for reason in before.reasons_for(invitation.survey)]
    if code not in fitting or not invitation.open_at(action.at):
        if before.given(invitation.survey):
            _show(db, invitation, before, action)
        return Taken("locked", invitation, before)
    chosen = set(before.reasons) ^ {code}
    after = replace(before, reasons=tuple(reason for reason in fitting if reason in chosen))
    return _take_words(db, invitation, before, after, ("reasons", code), action)


def take_comment(db: Connection, invitation: Invitation, text: str, action: Action) -> Taken:
    """Store a comment (at most 3,000 characters, none of them harmful). Possible until the survey's window closes."""
    before = current(db, invitation)
    if not invitation.open_at(action.at):
        return Taken("locked", invitation, before)
    after = replace(before, comment=harmless(text).strip()[:COMMENT_LIMIT])
    return _take_words(db, invitation, before, after, ("comment", after.comment), action)


def ask_contact(db: Connection, invitation: Invitation, action: Action) -> Taken:
    """*Please contact me*: open a case for the leads, whatever the score. A second press changes nothing. Colleagues
    are promised that nobody is shown who answered what, so they have no such wish."""
    before = current(db, invitation)
    if invitation.survey.employees:
        return Taken("locked", invitation, before)
    if before.contact:
        _show(db, invitation, before, action)
    return _take_words(db, invitation, before, replace(before, contact=True), ("contact", "yes"), action)


def _take_words(
    db: Connection, invitation: Invitation, before: Reply, after: Reply, event: tuple[str, str], action: Action
) -> Taken:
    """Store reasons, comment and contact, which are about the whole survey, on the row of its first item."""
    first = invitation.survey.first
    if after == before or not _log(db, invitation, first, *event, action, "counted"):
        return Taken("same", invitation, before)
    _update(db, invitation, first, _words(after))
    _tell(db, invitation, before, after, action)
    return Taken("counted", invitation, after)


def _log(
    db: Connection, invitation: Invitation, item: Item, kind: str, value: str, action: Action, result: str
) -> bool:
    """Append to the log; False if this action is in it already (a repeated request)."""
    return bool(
        insert(
            db,
            "answer_events",
            {
                "invitation": invitation.key,
                "metric": item.metric.name,
                "kind": kind,
                "value": value,
                "action_ts": action.ts,
                "received_at": stamp(action.at),
                "outcome": result,
            },
            "ON CONFLICT (invitation, metric, kind, action_ts) DO NOTHING",
        )
    )


def _reopened(db: Connection, invitation: Invitation) -> Invitation:
    """An answer after *Not now* opens the survey again for the rest of its window."""
    run(db, "UPDATE invitations SET state = 'sent', reason = '' WHERE key = :key", key=invitation.key)
    return replace(invitation, state="sent", reason="")


def _words(reply: Reply) -> dict[str, Any]:
    return {"reasons": ",".join(reply.reasons), "comment": reply.comment, "contact": int(reply.contact)}


def _keep_score(db: Connection, invitation: Invitation, item: Item, before: Reply, after: Reply, now: datetime) -> None:
    """Store the current answer to an item and update the daily counts."""
    old, new = before.answer(item), after.answer(item)
    values: dict[str, Any] = {"score": new.score, "action_ts": new.action_ts}
    if old.answered_at is None and new.answered_at is not None:
        values |= {"answered_at": stamp(new.answered_at), "late": int(new.late)}
    if old.score is not None:
        values["changed_at"] = stamp(now)
    first = invitation.survey.first
    if after.reasons != before.reasons:
        if item == first:
            values |= _words(after)
        else:
            _update(db, invitation, first, _words(after))
    _move_counts(db, item.metric.name, invitation, old, new)
    _update(db, invitation, item, values)


def _update(db: Connection, invitation: Invitation, item: Item, values: dict[str, Any]) -> None:
    changes = ", ".join(f"{name} = :{name}" for name in values)
    run(
        db,
        f"UPDATE ratings SET {changes} WHERE external_id = :key AND metric = :metric AND until_batch = :forever",
        key=invitation.key,
        metric=item.metric.name,
        forever=FOREVER,
        **values,
    )


def _move_counts(db: Connection, metric: str, invitation: Invitation, old: Answer, new: Answer) -> None:
    if new.late or new.answered_at is None or new.score is None:
        return
    way, team = ways.code(invitation.asked_by), names.find(db, "team", invitation.team)
    answered = day(stamp(new.answered_at))
    if old.score is not None:
        count_answer(db, metric, way, team, answered, old.score, -1)
    elif invitation.sent_at is not None:
        count_sent(db, metric, way, team, day(stamp(invitation.sent_at)), answered=1)
    count_answer(db, metric, way, team, answered, new.score, 1)


def _tell(db: Connection, invitation: Invitation, before: Reply, after: Reply, action: Action) -> None:
    """Queue the updates after an answer: the survey's message, the private follow-up, the case. What everybody in a
    thread can read changes only when the last item is answered."""
    survey = invitation.survey
    if after.given(survey) and not before.given(survey):
        reminders.over(db, invitation.key, action.at)
    done = after.complete(survey) and not before.complete(survey)
    if done and invitation.delivery == "thread" and invitation.state == "sent":
        outbox.refresh(db, "survey_update", invitation.key, action.at)
    _show(db, invitation, after, action)
    low = after.low(survey)
    if not before.given(survey) and not low and not after.contact:
        return  # no answer calls for a case, so there is none yet
    cases.consider(db, invitation.key, low=low, contact=after.contact, now=action.at)


def _show(db: Connection, invitation: Invitation, reply: Reply, action: Action) -> None:
    """Queue what the customer sees of a reply: in a direct message the survey itself, else a private card, whose
    buttons come with the last answer. A page shows what is stored, so it needs no update."""
    if not invitation.in_slack:
        return
    kind = "survey_update" if invitation.delivery == "dm" and invitation.state == "sent" else "followup"
    live = reply.complete(invitation.survey)
    outbox.refresh(db, kind, invitation.key, action.at, reply_to=action.reply_to, live=live)

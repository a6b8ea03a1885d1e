"""The outbox: everything that is sent is stored here first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import Row, insert, row, rows, run
from cxbot.store.engine.times import moment, stamp

WAITING = "~"  # ends the key of a refresh that has not been claimed
BEGUN = f"CASE WHEN key LIKE '%:{WAITING}' THEN key || id ELSE key END"
RESTORED = "restored"  # in `if_unknown`: the attempt, if there was one, is in a file that is gone


STATES = ("due", "sending", "sent", "unknown", "dead")


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to send.

    `kind` says what to send and `subject` about what (an invitation's key, a case, a team and week). `details` hold
    ids only. `key` is unique for ever, so that the same thing is never queued twice. `if_unknown` is what to do if the
    outcome of the last attempt is unknown (see `outgoing/calls.py`), "" before the first attempt, and RESTORED
    if the task comes from a back-up and may have been sent since (see `doubt`).
    """

    id: int
    key: str
    kind: str
    subject: str
    details: dict[str, Any]
    state: str
    due_at: datetime
    attempts: int
    tried_at: datetime | None
    target: str
    error: str
    if_unknown: str
    created_at: datetime = field(compare=False)


def _task(kept: Row) -> Task:
    due, created = moment(kept["due_at"]), moment(kept["created_at"])
    assert due is not None
    assert created is not None
    return Task(
        id=kept["id"],
        key=kept["key"],
        kind=kept["kind"],
        subject=kept["subject"],
        details=json.loads(kept["details"]),
        state=kept["state"],
        due_at=due,
        attempts=kept["attempts"],
        tried_at=moment(kept["tried_at"]),
        target=kept["target"],
        error=kept["error"],
        if_unknown=kept["if_unknown"],
        created_at=created,
    )


def put(db: Connection, kind: str, subject: str, now: datetime, *, once: str = "", **details: Any) -> bool:
    """Queue a task; returns whether it is new.

    `once` is part of its key: a second task of the same kind, subject and `once` is not queued.
    """
    return bool(
        insert(
            db,
            "outbox",
            {
                "key": f"{kind}:{subject}:{once}",
                "kind": kind,
                "subject": subject,
                "details": json.dumps(details),
                "state": "due",
                "due_at": stamp(now),
                "created_at": stamp(now),
            },
            "ON CONFLICT (key) DO NOTHING",
        )
    )


def refresh(db: Connection, kind: str, subject: str, now: datetime, **details: Any) -> None:
    """Queue an update of something that was already posted. It is built when it is sent, so one waiting task covers
    any number of changes."""
    put(db, kind, subject, now, once=WAITING, **details)


def is_refresh(task: Task) -> bool:
    """Whether a task is a refresh that has not been claimed."""
    return task.key.endswith(f":{WAITING}")


def due(
    db: Connection, now: datetime, limit: int = 100, but: Iterable[str] = (), without: Sequence[str] = ()
) -> list[Task]:
    """The tasks that are due now, oldest first, except the kinds in `but` and the subjects in `without`."""
    left_out = "".join(f" AND kind != '{kind}'" for kind in sorted(but) if kind.isidentifier())
    subjects = {f"subject{number}": subject for number, subject in enumerate(without)}
    if subjects:
        left_out += f" AND subject NOT IN ({', '.join(f':{name}' for name in subjects)})"
    tasks = rows(
        db,
        f"SELECT * FROM outbox WHERE state = 'due' AND due_at <= :now{left_out} ORDER BY due_at, id LIMIT :limit",
        now=stamp(now),
        limit=limit,
        **subjects,
    )
    return [_task(kept) for kept in tasks]


def in_state(db: Connection, state: str) -> list[Task]:
    """Every task in state `sending` or `unknown`."""
    return [_task(kept) for kept in rows(db, "SELECT * FROM outbox WHERE state = :state ORDER BY id", state=state)]


def claim(db: Connection, task_id: int, now: datetime, if_unknown: str, target: str = "") -> bool:
    """Mark a due task as being sent, before the call is made; False if another process has it or it is gone.

    `if_unknown` says what to do if the outcome is unknown, `target` where its message can then be looked up ("" if it
    can't). From now on a refresh of the same thing is a new task, because what is being sent may be out of date.
    """
    return bool(
        run(
            db,
            "UPDATE outbox SET state = 'sending', attempts = attempts + 1, tried_at = :now, target = :target, "
            f"if_unknown = :if_unknown, key = {BEGUN} "
            "WHERE id = :id AND state = 'due'",
            id=task_id,
            now=stamp(now),
            if_unknown=if_unknown,
            target=target,
        )
    )


def specify(db: Connection, task_id: int, if_unknown: str, target: str) -> None:
    """Note what to do if the outcome of a claimed task is unknown, once its call has been built."""
    run(
        db,
        "UPDATE outbox SET if_unknown = :if_unknown, target = :target WHERE id = :id AND state = 'sending'",
        id=task_id,
        if_unknown=if_unknown,
        target=target,
    )


def settle(db: Connection, task_id: int, state: str, *, ts: str = "", error: str = "") -> bool:
    """Record the outcome of an attempt: `sent`, `unknown` or `dead`. False if the task was taken back meanwhile."""
    return bool(
        run(
            db,
            f"UPDATE outbox SET state = :state, ts = :ts, error = :error, key = {BEGUN} "
            "WHERE id = :id AND state <> 'sent'",
            id=task_id,
            state=state,
            ts=ts,
            error=error,
        )
    )


def nothing_to_send(db: Connection, task_id: int) -> None:
    """End a task about which there is nothing to send, or nothing any more."""
    _end(db, task_id, "nothing to do")


def decided(db: Connection, task_id: int) -> bool:
    """End a task that was decided while it was being prepared; False if it was taken back meanwhile."""
    return _end(db, task_id, "decided")


def _end(db: Connection, task_id: int, why: str) -> bool:
    """End a task without a message. Its details are not kept: they may name people."""
    ended = settle(db, task_id, "sent", error=why)
    run(db, "UPDATE outbox SET details = '{}' WHERE id = :id", id=task_id)
    return ended


def look_again(db: Connection, task_id: int, at: datetime) -> None:
    """Have an unknown outcome looked up again, not before `at`."""
    run(db, "UPDATE outbox SET due_at = :at WHERE id = :id AND state = 'unknown'", id=task_id, at=stamp(at))


def locate(db: Connection, task_id: int, target: str) -> None:
    """Store where the message of a task with an unknown outcome can be looked up."""
    run(db, "UPDATE outbox SET target = :target WHERE id = :id AND state = 'unknown'", id=task_id, target=target)


def doubt(db: Connection, since: datetime) -> int:
    """After a back-up was restored: whatever is open may have been sent since the back-up was made, so its outcome is
    unknown. Returns the number of tasks in doubt."""
    return _doubt(db, "state IN ('due', 'sending', 'unknown')", since)


@contextmanager
def following(db: Connection, task: Task) -> Iterator[None]:
    """What is queued inside follows from a task. If that may have happened before, in a file that is gone, this may
    have been sent as well."""
    if task.if_unknown != RESTORED or task.tried_at is None:
        yield
        return
    newest = row(db, "SELECT COALESCE(MAX(id), 0) AS id FROM outbox")
    yield
    _doubt(db, "state = 'due' AND id > :newest", task.tried_at, newest=0 if newest is None else newest["id"])


def _doubt(db: Connection, which: str, since: datetime, **values: object) -> int:
    """An attempt before the back-up stays the earliest that is known. One that ended is not: where the message went
    may have changed. A refresh counts as begun, so that a later change queues another one."""
    return run(
        db,
        "UPDATE outbox SET "
        "tried_at = CASE WHEN state <> 'due' AND tried_at < :since THEN tried_at ELSE :since END, "
        "target = CASE state WHEN 'due' THEN '' ELSE target END, "
        f"state = 'unknown', if_unknown = :restored, error = 'may have been sent since the back-up', key = {BEGUN} "
        f"WHERE {which}",
        since=stamp(since),
        restored=RESTORED,
        **values,
    )


def prove(db: Connection, kind: str, subject: str, ts: str) -> None:
    """Record that the message of a task with an unknown outcome was seen in Slack: the task is `sent`."""
    run(
        db,
        "UPDATE outbox SET state = 'sent', ts = :ts WHERE kind = :kind AND subject = :subject AND state = 'unknown'",
        kind=kind,
        subject=subject,
        ts=ts,
    )


def by_id(db: Connection, task_id: int) -> Task | None:
    """The task with a number as it is now, or None."""
    kept = row(db, "SELECT * FROM outbox WHERE id = :id", id=task_id)
    return None if kept is None else _task(kept)


def postpone(db: Connection, task_id: int, until: datetime, error: str, *, missed: int = 0) -> None:
    """Make a task due again at `until`; it was certainly not sent. `missed` is the number of attempts that ended
    before the call. A task that was taken back meanwhile stays so."""
    run(
        db,
        "UPDATE outbox SET state = 'due', due_at = :until, error = :error, attempts = attempts + :missed, "
        "if_unknown = '' WHERE id = :id AND state <> 'sent'",
        id=task_id,
        missed=missed,
        until=stamp(until),
        error=error,
    )


def posts(db: Connection, kind: str, subject: str) -> list[tuple[str, str]]:
    """Channel and timestamp of the messages sent by tasks of a kind about a subject, oldest first."""
    return [(channel, ts) for channel, ts, _ in addressed(db, kind, subject)]


def addressed(db: Connection, kind: str, subject: str) -> list[tuple[str, str, str]]:
    """The same, each with the person to whom it was sent directly; "" for a message to a channel."""
    sent = rows(
        db,
        "SELECT target, ts, details FROM outbox WHERE kind = :kind AND subject = :subject AND state = 'sent' "
        "AND ts != '' ORDER BY id",
        kind=kind,
        subject=subject,
    )
    return [
        (post["target"].partition(":")[0], post["ts"], str(json.loads(post["details"]).get("to", ""))) for post in sent
    ]


def any_about(db: Connection, subject: str, kinds: Iterable[str]) -> bool:
    """Whether there is a task of one of these kinds about a subject."""
    named = {f"kind{number}": kind for number, kind in enumerate(kinds)}
    one_of = ", ".join(f":{name}" for name in named)
    sql = f"SELECT 1 AS one FROM outbox WHERE subject = :subject AND kind IN ({one_of}) LIMIT 1"
    return row(db, sql, subject=subject, **named) is not None


def before(db: Connection, task: Task) -> Task | None:
    """The last task of the same kind and subject that was queued before this one; None if there is none any more."""
    kept = row(
        db,
        "SELECT * FROM outbox WHERE kind = :kind AND subject = :subject AND id < :id ORDER BY id DESC LIMIT 1",
        kind=task.kind,
        subject=task.subject,
        id=task.id,
    )
    return None if kept is None else _task(kept)


def drop(db: Connection, kind: str, subject: str) -> bool:
    """Take back a task that has not been tried; False if it is too late.

    The row stays, without its key: were it deleted, the next task would get its number, and a sender that is just
    looking at the old one would settle the new one. What it was about is not kept.
    """
    return bool(
        run(
            db,
            "UPDATE outbox SET state = 'sent', error = 'taken back', details = '{}', key = key || ':back:' || id "
            "WHERE kind = :kind AND subject = :subject AND state = 'due'",
            kind=kind,
            subject=subject,
        )
    )


def unsettled(db: Connection, subject: str, kinds: Iterable[str]) -> Task | None:
    """The newest task of these kinds about something that was tried, and is to be tried again or was given up; None if
    there is none."""
    kept = rows(
        db,
        "SELECT * FROM outbox WHERE subject = :subject AND state IN ('due', 'unknown', 'dead') "
        "AND tried_at IS NOT NULL ORDER BY id DESC",
        subject=subject,
    )
    return next((task for each in kept if (task := _task(each)).kind in kinds), None)


def rename_channel(db: Connection, old: str, new: str) -> None:
    """A channel's id has changed: what is still to be sent goes to the new one."""
    run(
        db,
        "UPDATE outbox SET details = REPLACE(details, :old, :new) WHERE state = 'due' AND details LIKE :any",
        old=json.dumps(old), new=json.dumps(new), any=f'%"channel": {json.dumps(old)}%',
    )  # fmt: skip


def forget(db: Connection, who: str) -> None:
    """Let go of tasks that are over and name a person, such as the author of a message with the team's reaction."""
    named = json.dumps(who).replace("!", "!!").replace("%", "!%").replace("_", "!_")
    over = "DELETE FROM outbox WHERE state IN ('sent', 'dead') AND details LIKE :named ESCAPE '!'"
    run(db, over, named=f"%{named}%")


def sweep(db: Connection, before: datetime) -> None:
    """Delete tasks that were sent or given up before a moment."""
    run(db, "DELETE FROM outbox WHERE state IN ('sent', 'dead') AND created_at < :before", before=stamp(before))


def counts(db: Connection) -> dict[str, int]:
    """The number of tasks in each state."""
    return {count["state"]: count["n"] for count in rows(db, "SELECT state, COUNT(*) AS n FROM outbox GROUP BY state")}


def oldest(db: Connection) -> dict[str, datetime]:
    """When the oldest task in state `due` became due, and when the oldest `unknown` one was last tried."""
    column = {"due": "due_at", "unknown": "tried_at"}
    oldest_rows = {
        state: row(db, f"SELECT MIN({name}) AS at FROM outbox WHERE state = :state", state=state)
        for state, name in column.items()
    }
    times = {state: moment(kept["at"]) for state, kept in oldest_rows.items() if kept is not None}
    return {state: at for state, at in times.items() if at is not None}


def seen(db: Connection, event_id: str, now: datetime) -> bool:
    """Whether an event of Slack's was received before. The first call for an id returns False and records it."""
    return not insert(db, "events_seen", {"id": event_id, "at": stamp(now)}, "ON CONFLICT (id) DO NOTHING")


def newest(db: Connection, thing: str, at: str) -> bool:
    """Whether what was done to a thing is newer, by Slack's clock, than what is known of it; then it is known from now
    on. `at` is a timestamp of Slack's; without one everything is new."""
    if not at:
        return True
    return bool(
        run(
            db,
            "INSERT INTO events_seen (id, at) VALUES (:id, :at) ON CONFLICT (id) DO UPDATE SET at = excluded.at "
            "WHERE excluded.at > events_seen.at",
            id=thing, at=stamp(datetime.fromtimestamp(float(at), UTC)),
        )
    )  # fmt: skip


def forget_events(db: Connection, before: datetime) -> None:
    """Delete event ids from before a moment. (Slack repeats an event for up to 25 hours.)"""
    run(db, "DELETE FROM events_seen WHERE at < :before", before=stamp(before))

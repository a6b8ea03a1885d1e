"""Cases: customers who were let down or asked to be contacted, and who takes care of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import insert, row, rows, run
from cxbot.store.engine.times import moment, stamp
from cxbot.store.records import outbox, teams

NUMBERS_AFTER = "cases_after"  # the switch that has the number after which new cases are numbered


@dataclass(frozen=True, slots=True)
class Case:
    """A promise to get in touch.

    `why` is `low` (a low score) or `contact` (*Please contact me*). `state` goes from `open` over `taken` to `done`.
    `owner` is the Slack id of the person who took it.
    """

    id: int
    invitation: str
    why: str
    state: str
    owner: str
    opened_at: datetime
    message_channel: str
    message_ts: str

    @property
    def settled_itself(self) -> bool:
        """Whether the case ended because the answer became a better one before anybody took it."""
        return self.state == "done" and not self.owner


def _case(kept: dict[str, object]) -> Case:
    opened = moment(str(kept["opened_at"]))
    assert opened is not None
    fields = ("invitation", "why", "state", "owner", "message_channel", "message_ts")
    return Case(id=int(str(kept["id"])), opened_at=opened, **{name: str(kept[name]) for name in fields})


def by_id(db: Connection, case_id: int) -> Case | None:
    """The case with a number, or None."""
    kept = row(db, "SELECT * FROM cases WHERE id = :id", id=case_id)
    return None if kept is None else _case(kept)


def of_invitation(db: Connection, key: str) -> Case | None:
    """The case of an invitation, or None."""
    kept = row(db, "SELECT * FROM cases WHERE invitation = :key", key=key)
    return None if kept is None else _case(kept)


def consider(db: Connection, key: str, *, low: bool, contact: bool, now: datetime) -> None:
    """Open a case if an answer calls for one, or have the notice of an existing case updated."""
    case = of_invitation(db, key)
    if case is None:
        if not (low or contact):
            return
        insert(
            db,
            "cases",
            {
                "id": _next_number(db),
                "invitation": key,
                "why": "contact" if contact else "low",
                "state": "open",
                "opened_at": stamp(now),
            },
        )
        case = of_invitation(db, key)
        assert case is not None
        outbox.put(db, "case_notice", str(case.id), now)
        return
    if contact and case.why != "contact":
        run(db, "UPDATE cases SET why = 'contact' WHERE id = :id", id=case.id)
        if case.state == "done":
            _reopen(db, case, now, "contact")
    elif case.settled_itself and low:
        _reopen(db, case, now, "low")
    elif case.state == "open" and case.why == "low" and not low:
        run(db, "UPDATE cases SET state = 'done', done_at = :now WHERE id = :id", id=case.id, now=stamp(now))
    outbox.refresh(db, "case_update", str(case.id), now)


def show_again(db: Connection, key: str, now: datetime) -> None:
    """Bring the notice of an invitation's case up to date, if there is one."""
    if (case := of_invitation(db, key)) is not None:
        outbox.refresh(db, "case_update", str(case.id), now)


def _next_number(db: Connection) -> int:
    newest = row(db, "SELECT COALESCE(MAX(id), 0) AS id FROM cases")
    return 1 + max(0 if newest is None else newest["id"], int(teams.switched(db, NUMBERS_AFTER) or 0))


def renumber(db: Connection, now: datetime) -> None:
    """After a back-up was restored: number new cases anew. Notices of cases that are not in the back-up are still in
    Slack, and their buttons must not act on later cases."""
    teams.switch(db, NUMBERS_AFTER, str(int(now.timestamp())))


def _reopen(db: Connection, case: Case, now: datetime, why: str) -> None:
    """A wish to be contacted that comes after *Done* is a new promise, so the leads get a new notice. So they do if an
    answer that had become better is bad again, but once: a customer who goes on changing it moves the state of the
    notices that are there."""
    run(db, "UPDATE cases SET state = 'open', owner = '', taken_at = NULL, done_at = NULL WHERE id = :id", id=case.id)
    outbox.put(db, "case_notice", str(case.id), now, once=f"again {why}")


def posted(db: Connection, case_id: int, channel: str, ts: str) -> None:
    """Store where the leads' notice is."""
    run(
        db,
        "UPDATE cases SET message_channel = :channel, message_ts = :ts WHERE id = :id",
        id=case_id,
        channel=channel,
        ts=ts,
    )


def rename_channel(db: Connection, old: str, new: str) -> None:
    """A channel's id has changed: update where the notices are."""
    run(db, "UPDATE cases SET message_channel = :new WHERE message_channel = :old", old=old, new=new)


def take(db: Connection, case_id: int, owner: str, now: datetime) -> bool:
    """*Take it*: the first person who presses owns the case. False if the case has an owner already."""
    done = run(
        db,
        "UPDATE cases SET state = 'taken', owner = :owner, taken_at = :now WHERE id = :id AND state = 'open'",
        id=case_id,
        owner=owner,
        now=stamp(now),
    )
    if done:
        outbox.refresh(db, "case_update", str(case_id), now)
    return bool(done)


def finish(db: Connection, case_id: int, by: str, now: datetime) -> bool:
    """*Done*: close the case. A case without an owner gets the person who pressed."""
    done = run(
        db,
        "UPDATE cases SET state = 'done', done_at = :now, "
        "owner = CASE owner WHEN '' THEN :by ELSE owner END WHERE id = :id AND state != 'done'",
        id=case_id,
        by=by,
        now=stamp(now),
    )
    if done:
        outbox.refresh(db, "case_update", str(case_id), now)
    return bool(done)


def waiting(db: Connection, team_id: int) -> list[Case]:
    """The cases of a team that are not done, oldest first."""
    waiting = rows(
        db,
        "SELECT c.* FROM cases c JOIN invitations i ON i.key = c.invitation "
        "WHERE c.state != 'done' AND i.team_id = :team ORDER BY c.opened_at",
        team=team_id,
    )
    return [_case(kept) for kept in waiting]

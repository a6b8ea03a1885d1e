"""Closes of interactions as rows of the figures, each of them once: for handling time, reopening and first contact.

A row is one question about one close, under an id that all rows of the close have. Imports write such rows as they are.
A close that is told here has one row from the moment at which it is decided whether to ask: without a question, until a
survey about it is sent, and then with those of the survey. So it counts whether or not anybody is asked.

The newest row of a close says where it belongs, and the newest handling time is the one that counts: an earlier one was
corrected.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from cxbot.core.invitations.rules import NO_CUSTOMERS, Invitation
from cxbot.core.signals.control_charts import Group
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import Row, insert, row, rows
from cxbot.store.engine.times import day, stamp
from cxbot.store.records import names, told_twice, ways
from cxbot.store.records.published import FOREVER, VISIBLE
from cxbot.store.records.sources import BY_FILE, SLACK

TOLD = frozenset({"reaction", "silence", "hook"})
"""What asks this way tells of a close, and not only that somebody wants to ask."""
WITHOUT = frozenset({"campaign", "import"})
"""What asks this way is about no close, or about one of which an import has brought the row."""


def newest(row: str = "ratings") -> str:
    """The SQL condition for the row of a close that says where it belongs."""
    return (
        # In an inner statement the columns of VISIBLE are those of the inner row.
        f"NOT EXISTS (SELECT 1 FROM ratings AS newer WHERE newer.external_id = {row}.external_id "
        f"AND newer.id > {row}.id AND newer.closed_at IS NOT NULL AND {VISIBLE})"
    )


SECONDS = (
    "COALESCE(handling_seconds, (SELECT other.handling_seconds FROM ratings AS other WHERE other.external_id = "
    "ratings.external_id AND other.closed_at IS NOT NULL AND other.handling_seconds IS NOT NULL "
    f"AND {VISIBLE} ORDER BY other.id DESC LIMIT 1))"
)
"""The handling time of a close, in seconds."""
_BEGAN, _NEXT_BEGAN = (f"COALESCE({row}.opened_at, {row}.closed_at)" for row in ("ratings", "next"))
FOLLOWING = (
    f"(SELECT MIN({_NEXT_BEGAN}) FROM ratings AS next WHERE next.customer = ratings.customer AND next.customer != 0 "
    f"AND next.topic = ratings.topic AND next.id != ratings.id AND next.closed_at >= {_BEGAN} "
    f"AND ({_NEXT_BEGAN}, next.id) > ({_BEGAN}, ratings.id) AND {_NEXT_BEGAN} < :soon AND {VISIBLE} "
    f"AND {newest('next')})"
)
"""When the customer's next contact about the same topic began, before `soon`; no matter which agent or team took it."""
OF_ANY_TEAM = "team IN (SELECT name_id FROM name_keys WHERE kind = 'team' UNION SELECT 0)"
"""True for every row. The index of closes begins with the team."""
OWN = "FROM ratings AS said WHERE said.external_id = ratings.external_id"
OF_IMPORT = (
    # CROSS JOIN keeps the order: one interaction, its surveys, their rows.
    "FROM interactions AS told CROSS JOIN invitations AS asked CROSS JOIN ratings AS said WHERE ratings.batch > 0 "
    f"AND told.source IN {BY_FILE} AND told.source_id = ratings.external_id AND asked.interaction = told.id "
    "AND asked.interaction != 0 AND said.external_id = asked.key"
)
"""Where the rows `said` about a close are: under its own id, or that of a survey about what an import brought."""
CALLED = (
    "COALESCE((SELECT told.source_id FROM invitations AS asked JOIN interactions AS told "
    f"ON told.id = asked.interaction WHERE asked.key = ratings.external_id AND told.source != '{SLACK}'), "
    "ratings.external_id)"
)
"""What people call the conversation of a close: its id at the helpdesk, if there is one."""


@dataclass(frozen=True, slots=True)
class Times:
    """What the figures need to know of a close: two moments as text, and seconds."""

    opened_at: str | None = None
    closed_at: str | None = None
    handling_seconds: float | None = None


def add(db: Connection, invitation: Invitation) -> None:
    """Add the close that an invitation is about to the figures, also if that was refused. If something else was decided
    about the close before, this takes its place."""
    nobodys = invitation.state == "refused" and invitation.reason in NO_CUSTOMERS
    if invitation.asked_via not in TOLD or not invitation.interaction or nobodys:
        return
    if told_twice.is_on_file(db, invitation):
        return
    told = row(db, "SELECT opened_at, reopened_at, handling_seconds, closes FROM interactions WHERE id = :id",
               id=invitation.interaction)  # fmt: skip
    assert told is not None
    known = [each["key"] for each in rows(db, KNOWN, interaction=invitation.interaction, key=invitation.key)]
    if len(known) >= told["closes"] and take_out(db, known[-1]):
        known.pop()
    closed_at = stamp(invitation.closed_at)
    # What was reopened began anew at that moment, so that it counts as a contact that came back. A thread that is
    # closed once more has no beginning that is known.
    opened_at = told["reopened_at"] or (None if known else told["opened_at"])
    times = Times(None if opened_at is None else min(opened_at, closed_at), closed_at, told["handling_seconds"])
    _count(db, _insert(db, invitation, times), 1)


KNOWN = (
    "SELECT i.key FROM invitations AS i JOIN ratings AS r ON r.external_id = i.key WHERE i.interaction = :interaction "
    "AND i.interaction != 0 AND i.key != :key AND r.closed_at IS NOT NULL GROUP BY i.key "
    "ORDER BY MAX(r.closed_at), MAX(r.id)"
)
"""The other closes of an interaction that are in the figures, oldest first."""


def take_out(db: Connection, key: str) -> bool:
    """Take a close out of the figures; False if it is not there, or somebody was asked about it."""
    gone = row(db, f"{WITHOUT_A_QUESTION} RETURNING team, closed_at, handling_seconds", key=key)
    if gone is not None:
        _count(db, gone, -1)
    return gone is not None


WITHOUT_A_QUESTION = (
    f"DELETE FROM ratings WHERE external_id = :key AND metric = '' AND batch = 0 AND until_batch = {FOREVER}"
)


def asked_about(db: Connection, invitation: Invitation) -> Times:
    """What the rows of a survey that was sent say about its close. They take the place of the one without a
    question."""
    gone = row(db, f"{WITHOUT_A_QUESTION} RETURNING opened_at, closed_at, handling_seconds", key=invitation.key)
    if gone is not None:
        return Times(**gone)
    apart = invitation.asked_via in WITHOUT or invitation.survey.employees
    if apart or told_twice.is_on_file(db, invitation):
        return Times()
    return Times(closed_at=stamp(invitation.closed_at))  # somebody chose to ask about what is over


def not_asked_about(db: Connection, invitation: Invitation, sent: Row) -> None:
    """A survey was withdrawn, and its rows are gone, of which `sent` is one: the close counts all the same."""
    if invitation.asked_via in TOLD and sent["closed_at"] is not None:
        _insert(db, invitation, Times(sent["opened_at"], sent["closed_at"], sent["handling_seconds"]))


def _insert(db: Connection, invitation: Invitation, times: Times) -> Row:
    """Add a row without a question; returns it."""
    values = {**about(db, invitation, times), "metric": ""}
    insert(db, "ratings", values)
    return values


def about(db: Connection, invitation: Invitation, times: Times) -> Row:
    """What a row says of a close, whatever its question."""
    ids = names.ids(db, {name: getattr(invitation, name, "") for name in names.KINDS})
    return {
        "external_id": invitation.key,
        "asked_by": ways.code(invitation.asked_by),
        **ids,
        **asdict(times),
        "sample": names.sample(db, ids["customer"]),
    }


def _count(db: Connection, close: Row, n: int) -> None:
    """Add a close to the daily sums of handling times, or (with -1) take it out of them."""
    seconds = close["handling_seconds"]
    if seconds is not None:
        group = Group(1, seconds, seconds * seconds).times(n)
        count_handled(db, close["team"], day(close["closed_at"]), group, batch=0)


def count_handled(db: Connection, team: int, closed_day: str, sums: Group, batch: int) -> None:
    """Add to the daily sums of handling times in seconds, by UTC day of closing. Negative sums subtract."""
    insert(
        db,
        "daily_handled",
        {"team": team, "day": closed_day, "batch": batch, "n": sums.n, "total": sums.total, "squares": sums.squares},
        "ON CONFLICT (team, day, batch) DO UPDATE SET n = daily_handled.n + excluded.n, "
        "total = daily_handled.total + excluded.total, squares = daily_handled.squares + excluded.squares",
    )

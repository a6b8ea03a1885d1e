"""Closes of which a file and a helpdesk tell: each counts once.

It is the same close if the conversation has the same id, no other customer, and at most a day lies between: a file may
know days only. What the file tells of it is a row of the figures under the id of the helpdesk's close.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cxbot.core.invitations.rules import Invitation
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import row, rows
from cxbot.store.engine.times import moment, stamp
from cxbot.store.records import names
from cxbot.store.records.published import FOREVER, published
from cxbot.store.records.sources import HELPDESKS, SLACK

Values = dict[str, Any]
Key = tuple[str, str]
"""The id of a row in the figures, and its metric."""

NO_CLOSE = {"opened_at": None, "closed_at": None, "handling_seconds": None}
NO_QUESTION = {
    "metric": "", "survey": "", "score": None, "reasons": "", "comment": "", "sent_at": None, "answered_at": None,
    "first_contact_resolution": "",
}  # fmt: skip
SAME = timedelta(days=1)
"""What may lie between two closes of a conversation that are the same."""


@dataclass(frozen=True, slots=True)
class Known:
    """A close of which a helpdesk has told: its id in the figures, its moment as text, and the id of the customer's
    name, which is 0 or less if it is not known."""

    key: str
    closed_at: str
    customer: int

    def is_same(self, closed_at: str, customer: int) -> bool:
        """Whether a close of the same conversation, of which a file tells, is this one."""
        return self.away(closed_at) <= SAME and (customer == self.customer or min(customer, self.customer) <= 0)

    def away(self, closed_at: str) -> timedelta:
        """The time that lies between this close and another moment."""
        return abs(_at(self.closed_at) - _at(closed_at))


def _at(text: str) -> datetime:
    at = moment(text)
    assert at is not None
    return at


def told_of(db: Connection, ids: Iterable[str]) -> dict[str, list[Known]]:
    """The closes of which helpdesks have told, by the id of their conversation."""
    wanted = list(dict.fromkeys(ids))
    if not wanted or row(db, "SELECT 1 AS one FROM hooks LIMIT 1") is None:
        return {}
    slots = ", ".join(f":id{number}" for number in range(len(wanted)))
    found: dict[str, list[Known]] = defaultdict(list)
    for each in rows(
        db,
        "SELECT told.source_id, i.key, i.closed_at, told.customer "
        "FROM interactions AS told CROSS JOIN invitations AS i "
        f"WHERE told.source IN {HELPDESKS} AND told.source_id IN ({slots}) AND i.interaction = told.id "
        "AND i.interaction != 0 AND EXISTS (SELECT 1 FROM ratings AS r WHERE r.external_id = i.key "
        f"AND r.closed_at IS NOT NULL AND r.until_batch = {FOREVER})",
        **{f"id{number}": each for number, each in enumerate(wanted)},
    ):
        found[each["source_id"]].append(Known(each["key"], each["closed_at"], each["customer"]))
    return found


def same(told: Mapping[str, list[Known]], values: Mapping[str, Any]) -> str | None:
    """The id of the close of which a row of a file tells, if a helpdesk has told of it, too."""
    if values["closed_at"] is None:
        return None
    at, customer = values["closed_at"], values["customer"]
    found = [each for each in told.get(values["external_id"], ()) if each.is_same(at, customer)]
    return min(found, key=lambda each: each.away(at)).key if found else None


def at_the_closes(
    staged: Iterable[tuple[Values, int]], told: Mapping[str, list[Known]], there: Mapping[Key, Values]
) -> Iterator[tuple[Values, int]]:
    """Rows of a file, each with the number of its rows for which it stands. What they tell of a close is put at the one
    of which a helpdesk has told, unless it is on file by itself."""
    for values, counts in staged:
        close = same(told, values)
        if close is None or _rows_of(there, values["external_id"]):
            yield values, counts
            continue
        says_more = bool(values["score"] is not None or values["sent_at"] or values["first_contact_resolution"])
        if says_more:
            yield {**values, **NO_CLOSE}, counts
        if "version" not in values:  # an answer that came along has no close of its own
            of_it = _rows_of(there, close)
            known = next((each for each in of_it if not each["metric"]), of_it[-1])  # filled before, or else the newest
            yield _filled(values, known), 0 if says_more else counts


def _rows_of(there: Mapping[Key, Values], external_id: str) -> list[Values]:
    """The rows that are there about a close."""
    return [each for (its, _), each in there.items() if its == external_id and each["closed_at"] is not None]


def _filled(values: Values, known: Values) -> Values:
    """A close of which a helpdesk has told, with what it did not tell. A handling time in a file corrects an earlier
    one."""
    about = [*names.KINDS, "stage", "opened_at", "closed_at"]
    kept = {name: known[name] for name in (*about, "asked_by") if known[name] or name == "asked_by"}
    seconds = values["handling_seconds"]
    kept["handling_seconds"] = known["handling_seconds"] if seconds is None else seconds
    kept["sample"] = known["sample"] if known["customer"] else values["sample"]
    filled: Values = {**values, **NO_QUESTION, **kept, "external_id": known["external_id"]}
    is_new = any(filled[name] != known[name] for name in (*about, "handling_seconds"))
    return filled if is_new else {name: known[name] for name in values}


def is_on_file(db: Connection, invitation: Invitation) -> bool:
    """Whether a file has told of the close before, under the helpdesk's id, and of no nearer one."""
    if invitation.asked_via != "hook":
        return False
    found = rows(
        db,
        "SELECT r.closed_at, r.customer FROM interactions AS told JOIN ratings AS r ON r.external_id = told.source_id "
        f"WHERE told.id = :id AND told.source != '{SLACK}' AND r.closed_at IS NOT NULL AND r.batch > 0 "
        f"AND r.batch <= :published AND r.until_batch = {FOREVER}",
        id=invitation.interaction, published=published(db).batch,
    )  # fmt: skip
    customer = names.find(db, "customer", invitation.customer)
    one = Known(invitation.key, stamp(invitation.closed_at), customer)
    same = [each["closed_at"] for each in found if one.is_same(each["closed_at"], each["customer"])]
    if not same:
        return False
    told = rows(db, "SELECT key, closed_at FROM invitations WHERE interaction = :id AND interaction != 0",
                id=invitation.interaction)  # fmt: skip
    others = [Known(each["key"], each["closed_at"], customer) for each in told]
    return any(one.away(at) <= min((each.away(at) for each in others), default=SAME) for at in same)

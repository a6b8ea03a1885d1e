"""Interactions and surveys that came with a file: about these nobody was asked here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import rows
from cxbot.store.engine.times import moment
from cxbot.store.records import colleagues, people
from cxbot.store.records.published import FOREVER, published

MOMENTS = ("opened_at", "closed_at", "sent_at", "answered_at")


@dataclass(frozen=True, slots=True)
class Filed:
    """What a file told about an interaction: when it was opened and closed, and when another tool had asked and got an
    answer. `imported_at` is when the file came."""

    id: str
    team: str
    imported_at: datetime | None
    opened_at: datetime | None
    closed_at: datetime | None
    sent_at: datetime | None
    answered_at: datetime | None


def by_id(db: Connection, external_id: str) -> list[Filed]:
    """What files told under an id: one interaction, or none."""
    return _found(db, "r.external_id = :id", external_id)


def of_person(db: Connection, who: str) -> list[Filed]:
    """What files told about a customer, by any of their addresses."""
    customer = people.of(db, who)
    return _found(db, f"r.id IN ({people.OF_CUSTOMER})", customer) if customer > 0 else []


def _found(db: Connection, which: str, wanted: str | int) -> list[Filed]:
    slots, confidential = colleagues.metrics(db)
    moments = ", ".join(f"MAX(r.{name}) AS {name}" for name in MOMENTS)
    found = rows(
        db,
        "SELECT f.*, COALESCE(n.name, '') AS team FROM (SELECT r.external_id AS id, MAX(r.team) AS team_id, "
        f"MAX(i.published_at) AS imported_at, {moments} FROM ratings AS r JOIN imports AS i ON i.id = r.batch "
        f"WHERE {which} AND r.batch <= :published AND r.until_batch = :forever AND r.metric NOT IN ({slots}) "
        "GROUP BY r.external_id) AS f LEFT JOIN names AS n ON n.id = f.team_id "
        "ORDER BY COALESCE(f.closed_at, f.sent_at, f.answered_at) DESC, f.id",
        **{"id" if isinstance(wanted, str) else "customer": wanted},
        published=published(db).batch,
        forever=FOREVER,
        **confidential,
    )
    return [
        Filed(each["id"], each["team"], *(moment(each[name]) for name in ("imported_at", *MOMENTS))) for each in found
    ]

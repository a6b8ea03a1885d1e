"""Lets go who a colleague was, so that their results stay as they were published."""

from __future__ import annotations

from datetime import datetime

from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import row, rows, run
from cxbot.store.engine.times import stamp
from cxbot.store.records import surveys


def metrics(db: Connection) -> tuple[str, dict[str, str]]:
    """The metrics of employees as slots of a statement, and the values of these."""
    own = [metric.name for metric in surveys.catalogue(db).metrics.values() if metric.employees]
    values = {f"employees{number}": name for number, name in enumerate(own)}
    return ", ".join(f":{slot}" for slot in values), values


def forget(db: Connection, customer: int) -> None:
    """Nobody knows any more whose a colleague's answers are, but those of one person stay those of one: of several in a
    period only the latest counts, and a published result is never restated."""
    _forget(db, customer, "answered_at IS NOT NULL", {})


def forget_before(db: Connection, limit: datetime) -> None:
    """The same for everybody's answers that were given before a moment."""
    slots, values = metrics(db)
    old = {"limit": stamp(limit)}
    found = rows(
        db,
        f"SELECT DISTINCT r.customer FROM ratings AS r JOIN name_keys AS k ON k.name_id = r.customer "
        f"WHERE r.metric IN ({slots}) AND r.answered_at < :limit",
        **values,
        **old,
    )
    for each in found:
        _forget(db, each["customer"], "answered_at < :limit", old)


def _forget(db: Connection, customer: int, which: str, moment: dict[str, str]) -> None:
    slots, values = metrics(db)
    about = {"customer": customer, **values, **moment}
    answers = f"customer = :customer AND metric IN ({slots}) AND {which}"
    several = row(db, f"SELECT COUNT(*) AS n FROM ratings WHERE {answers}", **about)
    assert several is not None
    nobody = _nobody(db) if several["n"] > 1 else 0
    run(db, f"UPDATE ratings SET customer = :nobody, comment = '' WHERE {answers}", nobody=nobody, **about)


def _nobody(db: Connection) -> int:
    """A new person without a name, whom no address leads to."""
    made = row(db, "INSERT INTO names (kind, name, sample) VALUES ('customer', '', 0) RETURNING id")
    assert made is not None
    return int(made["id"])

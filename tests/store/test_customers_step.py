"""A file in which invitations hold addresses comes over: linked ones are one customer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cxbot.store.engine.connection import Connection, connect, sqlite3
from cxbot.store.engine.database import Database
from cxbot.store.engine.migrations import migrations
from cxbot.store.engine.statements import insert, rows
from cxbot.store.records import limits, people
from tests.desk import Desk

SLACK, MAIL, OTHER = "U0SAMPLE01", "dora@sample.example", "other@sample.example"
AT = "20261116T090000"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with a file as it was before, in which a Slack id and an e-mail address are linked."""
    made = Desk(tmp_path)
    db = connect(made.database)
    migrations.apply(db, stop_before="m010_customers")
    for number, address in enumerate((MAIL, OTHER, SLACK), 1):
        insert(db, "names", {"id": number, "kind": "customer", "name": address, "sample": number})
        insert(db, "name_keys", {"kind": "customer", "key": address.lower(), "name_id": number})
        answered(db, number, score=10 if address == SLACK else 0)
    for address in (SLACK, MAIL):
        insert(db, "people", {"address": address, "person": 7})
    insert(db, "customers", {
        "customer": 1, "company": 0, "started_on": "2026-01-01", "complaints": 0, "returns": 0, "repeat_purchases": 2,
    })  # fmt: skip
    invited(db, "one", MAIL, "sent")
    invited(db, "two", SLACK, "due", send_at="20261118T090000")
    invited(db, "three", MAIL, "due", send_at="20261117T090000")
    invited(db, "four", "new@sample.example", "sent")
    invited(db, "five", "erased:0f", "sent")
    invited(db, "six", "", "refused")
    insert(db, "answer_events", {
        "invitation": "one", "metric": "nps", "kind": "score", "value": "0", "action_ts": "1.0", "received_at": AT,
        "outcome": "counted",
    })  # fmt: skip
    for address in (MAIL, "erased:1f"):
        insert(db, "opt_outs", {"customer": address, "since": AT})
    interaction = {"source": "desk", "source_id": "C-1", "team_id": 1, "state": "open", "changed_at": AT}
    insert(db, "interactions", {**interaction, "customer": "U0SAMPLE02", "email": OTHER})
    db.close()
    return made


def answered(db: Connection, number: int, score: int) -> None:
    at = f"202611{10 + number}T090000"
    insert(db, "ratings", {
        "external_id": f"x{number}", "metric": "nps", "score": score, "asked_by": 2, "sent_at": at, "answered_at": at,
        "customer": number, "sample": number,
    })  # fmt: skip
    insert(db, "daily_answers", {
        "metric": "nps", "asked_by": 2, "team": 0, "day": at[:8], "score": score, "batch": 0, "n": 1,
    }, "ON CONFLICT DO NOTHING")  # fmt: skip


def invited(db: Connection, key: str, customer: str, state: str, send_at: str = AT) -> None:
    insert(db, "invitations", {
        "key": key, "state": state, "survey": "csat", "team_id": 1, "agent": "", "customer": customer, "channel": "",
        "delivery": "dm", "asked_by": "automatic", "asked_via": "hook", "timezone": "UTC", "locale": "en",
        "closed_at": AT, "send_at": send_at, "sent_at": AT if state == "sent" else None,
    })  # fmt: skip


def table(desk: Desk, sql: str) -> list[tuple[Any, ...]]:
    database = Database(desk.database)
    found = [tuple(each.values()) for each in rows(database.reader, sql)]
    database.close()
    return found


def test_linked_addresses_become_one_customer(desk: Desk) -> None:
    desk.run("migrate")
    assert table(desk, "SELECT key, customer, address, state FROM invitations ORDER BY key") == [
        ("five", 0, "", "sent"), ("four", 5, "new@sample.example", "sent"), ("one", 3, MAIL, "sent"),
        ("six", 0, "", "refused"), ("three", 3, MAIL, "due"), ("two", 3, SLACK, "refused"),
    ]  # fmt: skip
    assert table(desk, "SELECT external_id, customer, sample FROM ratings ORDER BY external_id") == [
        ("x1", 3, 3), ("x2", 4, 292), ("x3", 3, 3),
    ]  # fmt: skip
    assert table(desk, "SELECT customer, since FROM opt_outs") == [(3, AT)]
    assert table(desk, "SELECT person FROM erased_opt_outs") == [("erased:1f",)]
    assert table(desk, "SELECT customer, repeat_purchases FROM customers") == [(3, 2)]
    assert table(desk, "SELECT address, email, customer FROM interactions") == [("U0SAMPLE02", OTHER, 4)]
    assert table(desk, "SELECT invitation, state, reason FROM ledger") == [("two", "refused", "waiting")]
    assert table(desk, "SELECT 1 FROM sqlite_master WHERE name = 'people'") == []
    assert table(desk, "PRAGMA foreign_key_check") == []


def test_their_latest_answer_counts(desk: Desk) -> None:
    report = desk.report("nps", "month")
    assert (report["n"], report["value"]) == (2, 0)
    held = json.loads(desk.run("person", SLACK))
    assert (held["also"], len(held["answers"]), len(held["invitations"])) == ([MAIL], 2, 3)


def test_budgets_and_wishes_hold_for_both(desk: Desk) -> None:
    database = Database(desk.database)
    assert limits.opted_out(database.reader, SLACK)
    assert people.addresses(database.reader, OTHER) == [OTHER, "U0SAMPLE02"]
    database.close()


def test_a_file_comes_over_wholly_or_not_at_all(desk: Desk) -> None:
    db = connect(desk.database)
    db.execute("CREATE TABLE erased_opt_outs (person TEXT)")  # in the way
    before = rows(db, "SELECT * FROM invitations")
    db.close()
    with pytest.raises(Exception, match="erased_opt_outs"):
        Database(desk.database)
    raw = sqlite3.connect(desk.database)
    assert raw.execute("SELECT COUNT(*) FROM people").fetchone() == (2,)
    assert raw.execute("SELECT COUNT(*) FROM invitations").fetchone() == (len(before),)
    raw.close()

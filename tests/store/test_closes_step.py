"""Closes are in the figures under the ids of their surveys: a file in which they were apart comes over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cxbot.store.engine.connection import Connection, connect
from cxbot.store.engine.database import Database
from cxbot.store.engine.migrations import migrations
from cxbot.store.engine.statements import insert, rows

STEP = "m017_closes"
FIRST, SECOND, LATER = "20261116T090000", "20261117T090000", "20261118T090000"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file as it was before: one conversation was closed twice, and asked about once; another was not asked about;
    somebody was asked in a campaign."""
    made = tmp_path / "cxbot.db"
    db = connect(made)
    migrations.apply(db, stop_before=STEP)
    for number, case, closes in ((1, "C-1", 2), (2, "C-11", 1), (3, "C-1:1", 1)):
        insert(db, "interactions", {
            "id": number, "source": "desk", "source_id": case, "team_id": 1, "state": "closed", "closes": closes,
            "changed_at": FIRST,
        })  # fmt: skip
    figures(db, "desk:C-1:1", "", closed_at=FIRST, opened_at="20261116T080000", handling_seconds=60.0)
    figures(db, "desk:C-1:2", "", closed_at=SECOND, handling_seconds=90.0)
    figures(db, "desk:C-11:1", "", closed_at=FIRST)
    figures(db, "desk:C-1:1:1", "", closed_at=SECOND)
    figures(db, "mine", "nps", closed_at=FIRST)
    invited(db, "first", "withdrawn", FIRST, 1)
    invited(db, "second", "sent", SECOND, 1)
    figures(db, "second", "nps", sent_at=SECOND, answered_at=LATER, score=9)
    figures(db, "second", "csat", sent_at=SECOND)
    invited(db, "refused", "refused", FIRST, 2)
    invited(db, "colon", "refused", SECOND, 3)
    invited(db, "spring", "sent", SECOND, 0, via="campaign")
    figures(db, "spring", "nps", sent_at=SECOND, closed_at=SECOND)
    db.close()
    return made


def figures(db: Connection, key: str, metric: str, **values: Any) -> None:
    insert(db, "ratings", {"external_id": key, "metric": metric, "asked_by": 0, **values})


def invited(db: Connection, key: str, state: str, at: str, interaction: int, via: str = "hook") -> None:
    insert(db, "invitations", {
        "key": key, "state": state, "survey": "nps", "team_id": 1, "customer": 0, "address": "", "channel": "",
        "delivery": "email", "asked_by": "automatic", "asked_via": via, "timezone": "UTC", "locale": "en",
        "closed_at": at, "send_at": at, "interaction": interaction,
    })  # fmt: skip


def test_every_close_is_there_once_with_its_survey(path: Path) -> None:
    database = Database(path)
    kept = rows(
        database.reader,
        "SELECT external_id, metric, score, opened_at, closed_at, handling_seconds FROM ratings ORDER BY 1, 2",
    )
    database.close()
    assert [tuple(each.values()) for each in kept] == [
        ("colon", "", None, None, SECOND, None),
        ("first", "", None, "20261116T080000", FIRST, 60.0),
        ("mine", "nps", None, None, FIRST, None),
        ("refused", "", None, None, FIRST, None),
        ("second", "csat", None, None, SECOND, 90.0),
        ("second", "nps", 9, None, SECOND, 90.0),
        ("spring", "nps", None, None, None, None),
    ]


def test_conversations_are_taken_over_as_they_are(path: Path) -> None:
    database = Database(path)
    kept = rows(database.reader, "SELECT source_id, customer_messages, first_answered_at FROM interactions ORDER BY id")
    database.close()
    assert [tuple(each.values()) for each in kept] == [("C-1", 0, None), ("C-11", 0, None), ("C-1:1", 0, None)]

"""What is older than it may be kept goes; scores stay, and are nobody's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cxbot import jobs
from cxbot.core.retention import Retention, before
from cxbot.store.engine.statements import rows
from cxbot.store.records import audit
from tests.desk import Desk
from tests.office import Office


def keep(office: Office, **months: int) -> None:
    """A day's work of letting go, after what is over was ended."""
    jobs.tick(office.database, office.now())
    office.settle()
    keeper = jobs.Keeper(Retention(**months), "Europe/Helsinki")
    while keeper.tick(office.database, office.now()):
        pass


def answered(office: Office, customer: str, comment: str) -> None:
    channel, ts = office.ask(customer=customer)
    office.click(customer, channel, ts, "5")
    office.slack.post(customer, channel, comment)
    office.settle()


def ratings(office: Office) -> list[dict[str, Any]]:
    return rows(office.database.reader, "SELECT score, comment, customer, agent FROM ratings")


def test_comments_go_first_and_names_later(office: Office) -> None:
    answered(office, office.carla, "Very quick.")
    office.clock.advance(office.clock.now().replace(year=2027, month=12) - office.clock.now())
    keep(office)
    [line] = ratings(office)
    assert (line["score"], line["comment"]) == (5, "")
    assert line["customer"]
    assert "Very quick" not in str(rows(office.database.reader, "SELECT * FROM answer_events"))
    office.clock.advance(office.clock.now().replace(year=2028, month=12) - office.clock.now())
    keep(office)
    [line] = ratings(office)
    assert (line["score"], line["customer"], line["agent"]) == (5, 0, 0)
    for table in ("invitations", "interactions", "answer_events", "ledger", "names"):
        assert office.carla not in str(rows(office.database.reader, f"SELECT * FROM {table}")), table
    assert office.anna not in str(rows(office.database.reader, "SELECT * FROM names, name_keys"))


def test_a_thread_that_nobody_answered_goes_with_the_names(office: Office) -> None:
    office.change_team(silence="4h")
    office.slack.post(office.carla, office.acme, "Our export does not work.")
    office.clock.advance(office.clock.now().replace(year=2028, month=10) - office.clock.now())
    keep(office)
    assert len(rows(office.database.reader, "SELECT * FROM interactions")) == 1
    office.clock.advance(office.clock.now().replace(month=12) - office.clock.now())
    keep(office)
    assert rows(office.database.reader, "SELECT * FROM interactions") == []


def test_what_is_kept_for_good_stays(office: Office) -> None:
    answered(office, office.carla, "Very quick.")
    before_it = ratings(office)
    office.clock.advance(office.clock.now().replace(year=2036) - office.clock.now())
    keep(office, comments=0, identities=0, audit=0)
    assert ratings(office) == before_it


def test_the_audit_log_is_only_shortened_by_age(office: Office) -> None:
    office.database.write(lambda db: audit.note(db, "U1", audit.EXPORTED, "answers", datetime(2024, 1, 1, tzinfo=UTC)))
    office.database.write(lambda db: audit.note(db, "U1", audit.EXPORTED, "answers", office.now()))
    office.clock.advance(timedelta(days=1))  # it is done once a day
    keep(office)
    assert len(rows(office.database.reader, "SELECT 1 FROM audit")) == 1
    with pytest.raises(Exception, match="only added to"):
        office.database.write(lambda db: db.execute("DELETE FROM audit"))


@pytest.mark.parametrize(
    ("now", "months", "limit"),
    [("2026-11-28", 12, "2025-11-28"), ("2026-03-31", 1, "2026-02-28"), ("2024-03-31", 1, "2024-02-29"),
     ("2026-01-15", 24, "2024-01-15"), ("2026-01-15", 1, "2025-12-15")],
)  # fmt: skip
def test_months_are_those_of_the_calendar(now: str, months: int, limit: str) -> None:
    assert before(datetime.fromisoformat(now), months) == datetime.fromisoformat(limit)


def test_the_command_says_what_goes_when(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run("team", "add", "Support", "--channel", "C0000000001")
    said = desk.run("retention", CXBOT_KEEP_COMMENTS="6", CXBOT_KEEP_AUDIT="forever")
    assert "Comments: 6 months" in said
    assert "The audit log: for good" in said
    assert "Write a number of months" in desk.run("retention", code=1, CXBOT_KEEP_COMMENTS="never")

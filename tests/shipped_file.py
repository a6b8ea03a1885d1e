"""A database file as a released version leaves it, as SQL text: `python -m tests.shipped_file > tests/files/NEXT.sql`.

Everything in it is sample data. Make the file of a version once, when it is released, and never again.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from cxbot.store.engine.connection import Connection, connect
from cxbot.store.engine.statements import rows, run, tuples
from cxbot.store.engine.times import stamp
from cxbot.store.records import outbox
from tests.desk import Desk
from tests.office import T0, Office


def dump(path: Path) -> Iterator[str]:
    """The SQL text of a file: its tables with their rows, then the indexes."""
    db = connect(path)
    try:
        made = rows(
            db, "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'index', rowid"
        )
        for thing in made:
            yield thing["sql"] + ";"
            if thing["type"] == "table":
                yield from _inserts(db, thing["name"])
    finally:
        db.close()


def _inserts(db: Connection, table: str) -> Iterator[str]:
    columns = [column["name"] for column in rows(db, f"PRAGMA table_info({table})")]  # generated ones are not listed
    values = " || ', ' || ".join(f"quote({name})" for name in columns)
    for (text,) in tuples(db, f"SELECT {values} FROM {table}", {}):
        yield f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({text});"


def make(folder: Path) -> Path:
    """A file with teams, answers, invitations, cases, an import and an outbox with tasks in every state."""
    with Office(folder) as office:
        desk = Desk(folder)
        (folder / "own.toml").write_text(desk.run("survey", "example"), encoding="utf-8")
        desk.run("survey", "add", "own.toml")
        desk.run("touchpoint", "add", "Web shop", "--stage", "during")
        desk.run("incident", "add", "sample outage", "2026-11-03..2026-11-04")
        desk.run("import", desk.write([
            ("external_id", "metric", "score", "comment", "asked_by", "sent_at", "answered_at", "team", "customer",
             "touchpoint"),
            *((f"sample-{n}", "nps", n % 11, "Sample comment" if n % 9 == 0 else "", "automatic",
               f"2026-11-{n % 10 + 1:02}T08:00:00Z", f"2026-11-{n % 10 + 1:02}T09:00:00Z", "Support", f"sample {n}",
               "Web shop") for n in range(60)),
        ]))  # fmt: skip
        desk.run("import", "customers", desk.write([
            ("customer", "started_on", "lost_on"), ("sample 1", "2025-01-01", "2026-11-02"),
            ("sample 2", "2025-02-01", ""),
        ]))  # fmt: skip
        for survey, label in (("csat", "1"), ("nps", "9"), ("parcel", "")):
            customer = office.slack.add_user(f"sample-{survey}")
            channel, ts = office.ask(survey, customer=customer)
            if label:
                office.click(customer, channel, ts, label)
        declines = office.slack.add_user("sample-declines")
        channel, ts = office.ask(customer=declines)
        office.click(declines, channel, ts, "Not now")
        thread = office.conversation()
        office.close(thread)  # due: it goes out after ten minutes
        waiting = next(row["key"] for row in office.invitations() if row["state"] == "due")
        for state in ("due", "dead"):
            office.database.write(partial(_put, state, "asked", waiting, user=office.anna, channel=office.acme))
        for state in ("unknown", "sending"):
            office.database.write(partial(_put, state, "case_notice", "1"))
        return office.path


def _put(state: str, kind: str, subject: str, db: Connection, **details: str) -> None:
    """A task as a bot leaves it that ends at this moment."""
    outbox.put(db, kind, subject, T0, once=state, **details)
    run(
        db,
        "UPDATE outbox SET state = :state, tried_at = :now, target = :target WHERE key = :key",
        state=state, now=stamp(T0), target=details.get("channel", "C0SB00000A") + ":", key=f"{kind}:{subject}:{state}",
    )  # fmt: skip


def main() -> None:
    """Print the text."""
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write("\n".join(dump(make(Path(folder)))) + "\n")


if __name__ == "__main__":
    main()

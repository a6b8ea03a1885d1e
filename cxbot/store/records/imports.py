"""Imports answers and interactions, all or nothing."""

from __future__ import annotations

import fcntl
import hashlib
import json
import math
import time
from collections import ChainMap, Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from cxbot.core.csv_files.answers import COLUMNS, stated_resolution, table_of
from cxbot.core.csv_files.columns import Record, Source, Table
from cxbot.core.names import key
from cxbot.core.signals.control_charts import NOTHING, Group, added
from cxbot.errors import N_, CxbotError
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.engine.migrations import FOREVER
from cxbot.store.engine.statements import insert, row, rows, run, run_many
from cxbot.store.engine.times import stamp
from cxbot.store.records import answers, names, surveys
from cxbot.store.records.published import published

WORDS = ("stage", "survey")  # from a list, whose case does not matter
CHUNK = 500  # rows per commit: far below half a second of the write lock
Interaction = tuple[int, str, str]  # team, moment of closing, id
UNKEYED = "row-"  # how the id of a row without one begins
ALIKE = (
    ("answered_at", "score IS NOT NULL AND late = 0"),
    ("sent_at", "score IS NULL AND sent_at IS NOT NULL"),
    ("closed_at", "score IS NULL AND sent_at IS NULL AND closed_at IS NOT NULL"),
)
"""By which moment rows of each kind are alike."""
PAUSE = 0.005  # seconds between commits, so that a running bot gets its turn


@dataclass(frozen=True, slots=True)
class Summary:
    """The result of an import, in rows. `alike` of the added ones have no id and are like rows that were there."""

    added: int
    updated: int
    unchanged: int
    alike: int = 0


def import_file(
    database: Database, source: Source, now: datetime, progress: Callable[[int], None] = lambda _: None
) -> Summary:
    """Import a file of answers, all or nothing. It can be repeated: rows that are already there change nothing.

    Check the file first with `check_file`; if a wrong row is found here, the next import has to clear the staged
    rows. Rows are staged in small commits under the import's number, where no report sees them, and become visible
    together in one last short commit. An interrupted import's staged rows are cleared by the next one. `progress` is
    called with the number of rows staged so far.
    """
    with _alone(database):
        batch = database.write(lambda db: _begin(db, source.name, now))
        known: names.Known = {}
        total: Counter[str] = Counter()
        for chunk in chunks(source.records(table_of(surveys.catalogue(database.reader)))):
            total.update(_staged(database, chunk, batch, known))
            progress(sum(total.values()))
        alike = sum(_alike(database.reader, batch, *form) for form in ALIKE)
        database.write(lambda db: _publish(db, batch, now))
        _clear(database)
    return Summary(total["added"], total["updated"], total["unchanged"], alike)


def _alike(db: Connection, batch: int, moment: str, kind: str) -> int:
    """The number of new rows without an id that have the metric, score and moment of earlier ones without an id: the
    same ones with other columns, or answers of another file."""
    unkeyed = f"{kind} AND version = '' AND external_id LIKE '{UNKEYED}%'"
    found = row(
        db,
        f"SELECT COALESCE(SUM(n), 0) AS n FROM (SELECT metric, score, {moment}, COUNT(*) AS n FROM ratings "
        f"WHERE batch = :batch AND {unkeyed} GROUP BY 1, 2, 3) AS fresh WHERE EXISTS (SELECT 1 FROM ratings AS earlier "
        f"WHERE earlier.{moment} = fresh.{moment} AND earlier.metric = fresh.metric "
        "AND COALESCE(earlier.score, -1) = COALESCE(fresh.score, -1) AND batch < :batch "
        f"AND (until_batch = 0 OR until_batch > :batch) AND {unkeyed})",
        batch=batch,
    )
    return int(found["n"]) if found else 0


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """Exclusive right to import into a file. Rows staged by an interrupted import are cleared first."""
    with database.path.with_name(database.path.name + ".importing").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CxbotError(N_("Another import into this file is running. Wait for it to end.")) from None
        _clear(database)
        yield


def _publish(db: Connection, batch: int, now: datetime) -> None:
    run(db, "UPDATE imports SET published_at = :now WHERE id = :id", id=batch, now=stamp(now))


def check_file(source: Source, table: Table) -> int:
    """The number of rows of a file without errors. Raises UsageError like `Table.read`."""
    return sum(1 for _ in source.records(table))


def chunks(records: Iterable[Record]) -> Iterator[list[Record]]:
    """The records in lists of at most 500, each for one commit."""
    remaining = iter(records)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _begin(db: Connection, name: str, now: datetime) -> int:
    insert(db, "imports", {"file": name, "started_at": stamp(now)})
    latest = row(db, "SELECT MAX(id) AS id FROM imports")
    assert latest is not None
    return int(latest["id"])


def _clear(database: Database) -> None:
    """Delete, in small commits, rows that an import has replaced and rows left by an interrupted one."""
    shown = published(database.reader).batch

    def some(db: Connection) -> int:
        limit = {"limit": CHUNK, "shown": shown, "forever": FOREVER}
        gone = run(
            db,
            "DELETE FROM ratings WHERE id IN (SELECT id FROM ratings WHERE batch > :shown LIMIT :limit)",
            shown=shown,
            limit=CHUNK,
        )
        gone += run(
            db,
            "UPDATE ratings SET until_batch = :forever WHERE id IN (SELECT id FROM ratings "
            "WHERE until_batch > :shown LIMIT :limit)",
            **limit,
        )
        gone += run(
            db,
            "DELETE FROM ratings WHERE id IN (SELECT id FROM ratings WHERE until_batch > 0 AND until_batch <= :shown "
            "LIMIT :limit)",
            shown=shown,
            limit=CHUNK,
        )
        return gone

    while database.write(some):
        time.sleep(PAUSE)
    for table in ("daily_answers", "daily_sent", "daily_handled"):
        sql = f"DELETE FROM {table} WHERE batch > :shown"
        database.write(lambda db, sql=sql: run(db, sql, shown=shown))  # type: ignore[misc]


def _staged(database: Database, chunk: list[Record], batch: int, known: names.Known) -> Counter[str]:
    result = database.write(lambda db: _stage(db, chunk, batch, known))
    time.sleep(PAUSE)
    return result


def _stage(db: Connection, chunk: list[Record], batch: int, of_names: names.Known) -> Counter[str]:
    """Write a chunk under the import's number, and add it to that number's daily counts."""
    done: Counter[str] = Counter()
    tally = _Tally()
    pending: dict[tuple[str, str], dict[str, Any]] = {}
    staged = [_values(db, record, of_names) for record in chunk]
    known = _known(db, [values["external_id"] for values in staged])
    there = ChainMap(pending, known)
    pairs = zip(staged, chunk, strict=True)
    kept = (_kept(values, there.get(_key(values)), record.given) for values, record in pairs)
    for values, counts in _answers(kept):
        key = _key(values)
        before = there.get(key)
        if before is not None and all(before[name] == value for name, value in values.items()):
            done["unchanged"] += counts
            continue
        if before is None:
            done["added"] += counts
        else:
            done["updated"] += counts
            tally.count(before, -1)
            if key not in pending:
                _supersede(db, before, batch)
        pending[key] = values
        tally.count(values, 1)
    earlier, now = _handled(known.values()), _handled({**known, **pending}.values())
    tally.handle(earlier.items() - now.items(), -1)
    tally.handle(now.items() - earlier.items(), 1)
    _write(db, list(pending.values()), batch)
    tally.flush(db, batch)
    return done


def _key(values: Mapping[str, Any]) -> tuple[str, str]:
    return values["external_id"], values["metric"]


def _kept(values: dict[str, Any], before: dict[str, Any] | None, given: frozenset[str]) -> dict[str, Any]:
    """A row with what is known already in the columns that its file does not have. Without a score it is no answer, so
    a survey that was sent stays open."""
    if before is not None and len(given) < len(COLUMNS):
        stays = {name: before[name] for name in COLUMNS if name not in given and before[name] not in (None, "")}
        values = {**values, **stays}
        values["sample"] = values["sample"] if "customer" in given else before["sample"]
        if values["score"] is not None and values["answered_at"] is None:
            values["answered_at"] = before["answered_at"] or values["closed_at"] or values["sent_at"]
    if values["score"] is None and values["sent_at"] is not None:
        values["answered_at"] = None
    return values


def _answers(staged: Iterable[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], int]]:
    """The rows with the answers they imply. Each has the number of rows of the file that it stands for: 1 or 0."""
    for values in staged:
        yield values, 1
        if (resolution := stated_resolution(values)) is not None:
            yield resolution, 0


def _known(db: Connection, ids: list[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """The rows that are already there, by key."""
    slots = ", ".join(f":id{i}" for i in range(len(ids)))
    ratings = rows(
        db,
        f"SELECT * FROM ratings WHERE external_id IN ({slots}) AND until_batch = :forever",
        forever=FOREVER,
        **{f"id{i}": external_id for i, external_id in enumerate(ids)},
    )
    return {_key(rating): rating for rating in ratings}


def _handled(ratings: Iterable[dict[str, Any]]) -> dict[Interaction, float]:
    """Each interaction's handling time, if it is above 0. An interaction can have several rows, one for each
    question."""
    longest: dict[Interaction, float] = {}
    for rating in ratings:
        if rating["closed_at"] is not None and rating["handling_seconds"]:
            interaction = (rating["team"], rating["closed_at"], rating["external_id"])
            longest[interaction] = max(longest.get(interaction, 0.0), rating["handling_seconds"])
    return longest


def _supersede(db: Connection, before: dict[str, Any], batch: int) -> None:
    if before["batch"] == batch:
        run(db, "DELETE FROM ratings WHERE id = :id", id=before["id"])
    else:
        run(db, "UPDATE ratings SET until_batch = :batch WHERE id = :id", id=before["id"], batch=batch)


def _values(db: Connection, record: Record, known: names.Known) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: stamp(value) if isinstance(value, datetime) else value for name, value in record.values.items()
    }
    if not values["external_id"]:
        # Without an id the whole row is the key, together with its number among equal rows.
        text = json.dumps(values, sort_keys=True, ensure_ascii=False)
        text += f"#{record.ordinal}" if record.ordinal > 1 else ""
        values["external_id"] = UNKEYED + hashlib.sha256(text.encode()).hexdigest()[:32]
    values |= {word: key(values[word]) for word in WORDS}
    values |= names.ids(db, values, known)
    customer = values["customer"]
    values["sample"] = names.sample(db, customer) if customer else names.sample_of(values["external_id"])
    return values


def _write(db: Connection, staged: list[dict[str, Any]], batch: int) -> None:
    """Insert rows, and link each customer's answers to the previous ones."""
    if not staged:
        return
    top = row(db, "SELECT COALESCE(MAX(id), 0) AS id FROM ratings")
    assert top is not None
    lines = [{"version": "", **values, "batch": batch} for values in staged]
    names = list(lines[0])
    slots = ", ".join(f":{name}" for name in names)
    run_many(db, f"INSERT INTO ratings ({', '.join(names)}) VALUES ({slots})", lines)
    new = "id > :top AND customer != 0 AND score IS NOT NULL"
    same = "r.customer = ratings.customer AND r.customer != 0 AND r.metric = ratings.metric AND r.score IS NOT NULL"
    run(
        db,
        f"UPDATE ratings SET previous_at = (SELECT MAX(r.answered_at) FROM ratings r WHERE {same} "
        f"AND r.answered_at <= ratings.answered_at AND r.id != ratings.id) WHERE {new}",
        top=top["id"],
    )
    later = rows(
        db,
        f"SELECT answered_at AS at, (SELECT r.id FROM ratings r WHERE {same} AND r.answered_at > ratings.answered_at "
        f"ORDER BY r.answered_at LIMIT 1) AS id FROM ratings WHERE {new}",
        top=top["id"],
    )
    run_many(
        db,
        "UPDATE ratings SET previous_at = :at WHERE id = :id AND (previous_at IS NULL OR previous_at < :at)",
        [later_answer for later_answer in later if later_answer["id"] is not None],
    )


class _Tally:
    """Changes of the daily counts, added up so that each is written once per chunk."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, str, int, str, int]] = Counter()
        self.sent: Counter[tuple[str, str, int, str, bool]] = Counter()
        self.handled: dict[tuple[int, str], Group] = {}

    def count(self, values: dict[str, Any], n: int) -> None:
        who = (values["metric"], values["asked_by"], values["team"])
        if values["score"] is not None:
            self.answers[(*who, values["answered_at"][:10], values["score"])] += n
        if values["sent_at"] is not None:
            self.sent[(*who, values["sent_at"][:10], values["answered_at"] is not None)] += n

    def handle(self, interactions: Iterable[tuple[Interaction, float]], n: int) -> None:
        for (team, closed_at, _), seconds in interactions:
            log, day = math.log(seconds), (team, closed_at[:10])
            self.handled[day] = added([self.handled.get(day, NOTHING), Group(1, log, log * log).times(n)])

    def flush(self, db: Connection, batch: int) -> None:
        for (metric, asked_by, team, day, score), n in self.answers.items():
            answers.count_answer(db, metric, asked_by, team, day, score, n, batch)
        for (metric, asked_by, team, day, answered), n in self.sent.items():
            answers.count_sent(
                db, metric, asked_by, team, day, sent=n, delivered=n, answered=n if answered else 0, batch=batch
            )
        for (team, day), sums in self.handled.items():
            answers.count_handled(db, team, day, sums, batch)

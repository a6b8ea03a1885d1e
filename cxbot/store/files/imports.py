"""Imports answers and interactions, all or nothing."""

from __future__ import annotations

import fcntl
import hashlib
import json
import time
from collections import ChainMap, Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from cxbot.core.csv_files.answers import BROUGHT_ALONG, COLUMNS, stated_resolution, table_of
from cxbot.core.csv_files.columns import Record, Source, Table
from cxbot.core.metrics.shipped import FCR
from cxbot.core.names import key
from cxbot.core.signals.control_charts import NOTHING, Group, added
from cxbot.errors import N_, CxbotError
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import row, rows, run, run_many
from cxbot.store.engine.times import day, stamp
from cxbot.store.records import answers, attributions, closes, names, surveys, told_twice, ways
from cxbot.store.records.published import FOREVER, published

WORDS = ("stage", "survey")  # from a list, whose case does not matter
CHUNK = 500  # rows per commit: far below half a second of the write lock
Handled = tuple[int, str, float]  # an interaction's team, moment of closing, and handling time in seconds
UNKEYED = "row-"  # how the id of a row without one begins
LATER_COLUMNS = ("reasons",)  # columns that are younger than the ids of rows without one
UNKEYED_LENGTH = 20  # characters of its hash: 80 bits
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
    database: Database,
    source: Source,
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
    check: Callable[[Connection, int], None] = lambda _, __: None,
) -> Summary:
    """Import a file of answers, all or nothing. It can be repeated: rows that are already there change nothing.

    Check the file first with `check_file`; if a wrong row is found here, the next import has to clear the staged
    rows. Rows are staged in small commits under the import's number, where no report sees them, and become visible
    together in one last short commit. An interrupted import's staged rows are cleared by the next one. `progress` is
    called with the number of rows staged so far, `check` with the import's number before its rows become visible: if
    it raises an error, they never do.
    """
    with _alone(database):
        database.expect_many_rows()
        batch = database.write(lambda db: _begin(db, source.name, now))
        known: names.Known = {}
        total: Counter[str] = Counter()
        for chunk in chunks(source.records(table_of(surveys.catalogue(database.reader)))):
            total.update(_staged(database, chunk, batch, known))
            progress(sum(total.values()))
        alike = sum(_alike(database.reader, batch, *form) for form in ALIKE)
        try:
            database.write(lambda db: _publish(db, batch, now, check))
        finally:
            _clear(database)
    return Summary(total["added"], total["updated"], total["unchanged"], alike)


# Rows of an import that is not published. Ids only grow, so they are above all that there was when it began.
STAGED = "id > (SELECT COALESCE(MIN(after_id), 9223372036854775807) FROM imports WHERE published_at IS NULL)"
ANY_TEAM = "earlier.team IN (SELECT name_id FROM name_keys WHERE kind = 'team' UNION SELECT 0)"


def _alike(db: Connection, batch: int, moment: str, kind: str) -> int:
    """The number of new rows without an id that have the metric, score and moment of earlier ones without an id: the
    same ones with other columns, or answers of another file."""
    unkeyed = f"{kind} AND version = '' AND external_id LIKE '{UNKEYED}%'"
    found = row(
        db,
        f"SELECT COALESCE(SUM(n), 0) AS n FROM (SELECT metric, score, {moment}, COUNT(*) AS n FROM ratings "
        f"WHERE {STAGED} AND batch = :batch AND {unkeyed} GROUP BY 1, 2, 3) AS fresh WHERE EXISTS (SELECT 1 FROM "
        f"ratings AS earlier WHERE earlier.{moment} = fresh.{moment} AND {ANY_TEAM} AND earlier.metric = fresh.metric "
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


def _publish(db: Connection, batch: int, now: datetime, check: Callable[[Connection, int], None]) -> None:
    check(db, batch)
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
    made = row(
        db,
        "INSERT INTO imports (file, started_at, after_id) SELECT :file, :now, COALESCE(MAX(id), 0) FROM ratings "
        "RETURNING id",
        file=name,
        now=stamp(now),
    )
    assert made is not None
    return int(made["id"])


def _clear(database: Database) -> None:
    """Delete, in small commits, rows that an import has replaced and rows left by an interrupted one."""
    shown = published(database.reader).batch

    def some(db: Connection) -> int:
        limit = {"limit": CHUNK, "shown": shown, "forever": FOREVER}
        gone = run(
            db,
            f"DELETE FROM ratings WHERE id IN (SELECT id FROM ratings WHERE {STAGED} AND batch > :shown LIMIT :limit)",
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
    database.write(lambda db: run(db, "DELETE FROM imports WHERE published_at IS NULL"))


def _staged(database: Database, chunk: list[Record], batch: int, known: names.Known) -> Counter[str]:
    for name in [name for name in known if name[0] == "customer"]:  # meanwhile linked to another one, or erased
        del known[name]
    result = database.write(lambda db: _stage(db, chunk, batch, known))
    time.sleep(PAUSE)
    return result


def _stage(db: Connection, chunk: list[Record], batch: int, of_names: names.Known) -> Counter[str]:
    """Write a chunk under the import's number, and add it to that number's daily counts."""
    done: Counter[str] = Counter()
    tally = _Tally()
    pending: dict[tuple[str, str], dict[str, Any]] = {}
    staged = [_values(db, record, of_names) for record in chunk]
    ids = [values["external_id"] for values in staged]
    given = attributions.of_answers(db, ids)
    for values in staged:
        if (agent := given.get(values["external_id"])) is not None:
            values["agent"] = agent
    told = told_twice.told_of(db, ids)
    known = _known(db, [*ids, *(close.key for closes in told.values() for close in closes)])
    earlier = _handled(known.values())
    there = ChainMap(pending, known)

    def drop(gone: dict[str, Any]) -> None:
        tally.count(gone, -1)
        if pending.pop(_key(gone), None) is None:
            _supersede(db, known.pop(_key(gone)), batch)

    pairs = zip(staged, chunk, strict=True)
    kept = (_kept(values, there.get(_key(values)), record.given) for values, record in pairs)
    for values, counts in told_twice.at_the_closes(_answers(kept), told, there):
        key = _key(values)
        before = there.get(key)
        if before is not None and all(before[name] == value for name, value in values.items()):
            done["unchanged"] += counts
            continue
        if before is None:
            done["added"] += counts
        else:
            done["updated"] += counts
            drop(before)
        pending[key] = values
        tally.count(values, 1)
        if before is not None and (stated := _taken_back(there, before, values)) is not None:
            drop(stated)
    now = _handled([*known.values(), *pending.values()])
    tally.handle(earlier.items() - now.items(), -1)
    tally.handle(now.items() - earlier.items(), 1)
    _write(db, list(pending.values()), batch)
    tally.flush(db, batch)
    return done


def _taken_back(
    there: Mapping[tuple[str, str], dict[str, Any]], before: dict[str, Any], values: dict[str, Any]
) -> dict[str, Any] | None:
    """The answer about first-contact resolution that a row has brought along and no row brings any more."""
    stated = there.get((values["external_id"], FCR.name))
    if stated is None or stated.get("version") != BROUGHT_ALONG or stated_resolution(before) is None:
        return None
    rows_of_it = (row for (external_id, _), row in there.items() if external_id == values["external_id"])
    return None if any(row["metric"] != FCR.name and stated_resolution(row) for row in rows_of_it) else stated


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
        f"SELECT * FROM ratings WHERE external_id IN ({slots}) AND until_batch = :forever ORDER BY id",
        forever=FOREVER,
        **{f"id{i}": external_id for i, external_id in enumerate(ids)},
    )
    return {_key(rating): rating for rating in ratings}


def _handled(ratings: Iterable[dict[str, Any]]) -> dict[str, Handled]:
    """The interactions whose handling time is known, by id. An interaction can have several rows, one for
    each question: the newest says where it belongs, and the newest time is the correction that counts."""
    closed: dict[str, tuple[int, str]] = {}
    seconds: dict[str, float] = {}
    for rating in ratings:
        if rating["closed_at"] is not None:
            closed[rating["external_id"]] = rating["team"], rating["closed_at"]
            if rating["handling_seconds"] is not None:
                seconds[rating["external_id"]] = rating["handling_seconds"]
    return {external_id: (*closed[external_id], time) for external_id, time in seconds.items()}


def _supersede(db: Connection, before: dict[str, Any], batch: int) -> None:
    if before["batch"] == batch:
        run(db, "DELETE FROM ratings WHERE id = :id", id=before["id"])
    else:
        run(db, "UPDATE ratings SET until_batch = :batch WHERE id = :id", id=before["id"], batch=batch)


def _values(db: Connection, record: Record, known: names.Known) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: stamp(value) if isinstance(value, datetime) else value for name, value in record.values.items()
    }
    values["external_id"] = values["external_id"] or _id(record)
    values["asked_by"] = ways.code(values["asked_by"])
    values |= {word: key(values[word]) for word in WORDS}
    values |= names.ids(db, values, known)
    customer = values["customer"]
    values["sample"] = names.sample(db, customer) if customer else names.sample_of(values["external_id"])
    return values


def _id(record: Record) -> str:
    """The id of a row without one: the whole row is the key, together with its number among equal rows. It must never
    change, or the same file would be taken for another one: a column that came later shows only if it holds something.
    """
    values = {name: value for name, value in record.values.items() if value or name not in LATER_COLUMNS}
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, default=_spelled_out)
    text += f"#{record.ordinal}" if record.ordinal > 1 else ""
    return UNKEYED + hashlib.sha256(text.encode()).hexdigest()[:UNKEYED_LENGTH]


def _spelled_out(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def _write(db: Connection, staged: list[dict[str, Any]], batch: int) -> None:
    if not staged:
        return
    lines = [{"version": "", **values, "batch": batch} for values in staged]
    names = list(lines[0])
    slots = ", ".join(f":{name}" for name in names)
    run_many(db, f"INSERT INTO ratings ({', '.join(names)}) VALUES ({slots})", lines)


class _Tally:
    """Changes of the daily counts, added up so that each is written once per chunk."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, int, int, str, int]] = Counter()
        self.sent: Counter[tuple[str, int, int, str, bool]] = Counter()
        self.handled: dict[tuple[int, str], Group] = {}

    def count(self, values: dict[str, Any], n: int) -> None:
        who = (values["metric"], values["asked_by"], values["team"])
        if values["score"] is not None:
            self.answers[(*who, day(values["answered_at"]), values["score"])] += n
        if values["sent_at"] is not None:
            self.sent[(*who, day(values["sent_at"]), values["answered_at"] is not None)] += n

    def handle(self, interactions: Iterable[tuple[str, Handled]], n: int) -> None:
        for _, (team, closed_at, seconds) in interactions:
            of_day, one = (team, day(closed_at)), Group(1, seconds, seconds * seconds)
            self.handled[of_day] = added([self.handled.get(of_day, NOTHING), one.times(n)])

    def flush(self, db: Connection, batch: int) -> None:
        for (metric, asked_by, team, on, score), n in self.answers.items():
            answers.count_answer(db, metric, asked_by, team, on, score, n, batch)
        for (metric, asked_by, team, on, answered), n in self.sent.items():
            answers.count_sent(
                db, metric, asked_by, team, on, sent=n, delivered=n, answered=n if answered else 0, batch=batch
            )
        for (team, on), sums in self.handled.items():
            closes.count_handled(db, team, on, sums, batch)

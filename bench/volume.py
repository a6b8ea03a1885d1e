"""Builds a file with millions of answers in minutes, in the state that an import of them leaves."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from cxbot.core.figures.handling_time import sums
from cxbot.core.teams.settings import defaults
from cxbot.store.engine.connection import Connection, connect
from cxbot.store.engine.database import Database
from cxbot.store.engine.times import day, stamp
from cxbot.store.records import answers, closes, names, teams
from cxbot.store.records.ways import AUTOMATIC

AGENTS, TOPICS, YEARS = 50, 20, 3
PER_CUSTOMER = 10  # answers, on average
WEIGHTS = (2, 1, 1, 2, 3, 5, 7, 13, 20, 24, 22)
CHUNK = 50_000
COLUMNS = (
    "external_id", "metric", "score", "asked_by", "sent_at", "answered_at", "team", "agent", "customer", "topic",
    "sample", "batch", "opened_at", "closed_at", "handling_seconds", "reasons", "comment",
)  # fmt: skip
BATCH = 1
DAY = 86_400  # seconds


def build(path: Path, n: int, now: datetime, team_names: Sequence[str] = ("Support",)) -> None:
    """Build a file with `n` answers, spread evenly over three years up to now, over 50 agents, 20 topics, the teams,
    and a tenth as many customers. The first team has half of the answers."""
    begun = time.perf_counter()
    _set_up(path, now, team_names)
    db = connect(path)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-500000", "temp_store=FILE"):
        db.execute(f"PRAGMA {pragma}").fetchall()
    indexes = db.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = 'ratings' AND sql LIKE 'CREATE INDEX%'")
    for name, _ in (made := indexes.fetchall()):
        db.execute(f"DROP INDEX {name}")
    _fill(db, n, now, team_names)
    for _, sql in made:
        db.execute(sql)
    db.close()
    size = path.stat().st_size / 1e9
    print(f"  ({n:,} answers written in {time.perf_counter() - begun:.0f} s, {size:.2f} GB here)")


def _set_up(path: Path, now: datetime, team_names: Sequence[str]) -> None:
    database = Database(path)
    for place, name in enumerate(team_names):
        chosen = {"name": name, "channel": f"C0TEAM{place or ''}", "survey": "nps"}
        settings = {**defaults("Europe/Helsinki", "en"), **chosen}
        database.write(lambda db, given={**settings, "rehearsal": 0}: teams.add(db, given, now))  # type: ignore[misc]
    database.close()


def _fill(db: Connection, n: int, now: datetime, team_names: Sequence[str]) -> None:
    db.execute(
        "INSERT INTO imports (id, file, started_at, published_at) VALUES (:id, 'bench', :now, :now)",
        {"id": BATCH, "now": stamp(now)},
    )
    made = _rows(db, n, now, team_names)
    sql = f"INSERT INTO ratings ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
    answered: Counter[tuple[int, str, int]] = Counter()
    sent: Counter[tuple[int, str]] = Counter()
    handled: dict[tuple[int, str], list[float]] = defaultdict(list)
    db.execute("BEGIN")
    while chunk := list(islice(made, CHUNK)):
        db.conn.executemany(sql, chunk)
        answered.update((row[6], day(row[5]), row[2]) for row in chunk)
        sent.update((row[6], day(row[4])) for row in chunk)
        for row in chunk:
            handled[row[6], day(row[13])].append(row[14])
    for (team, on, score), count in answered.items():
        answers.count_answer(db, "nps", AUTOMATIC, team, on, score, count, BATCH)
    for (team, on), count in sent.items():
        answers.count_sent(db, "nps", AUTOMATIC, team, on, sent=count, delivered=count, answered=count, batch=BATCH)
    for (team, on), times in handled.items():
        closes.count_handled(db, team, on, sums(Counter(times)), BATCH)
    db.execute("COMMIT")


def _rows(db: Connection, n: int, now: datetime, team_names: Sequence[str]) -> Iterator[tuple[object, ...]]:
    chance = random.Random(n)
    people = max(20, n // PER_CUSTOMER)
    customers = _ids(db, "customer", people)
    samples = [names.sample(db, customer) for customer in customers]
    agents, topics = _ids(db, "agent", AGENTS), _ids(db, "topic", TOPICS)
    ids = [names.find(db, "team", name) for name in team_names]
    scores = chance.choices(range(11), WEIGHTS, k=n)
    days = _days(now)
    first = int((now - timedelta(days=365 * YEARS)).timestamp())
    for number in range(n):
        at = first + 365 * YEARS * DAY * number // n
        roll = chance.randrange(people << 32)
        who, mixed = roll >> 32, roll & 0xFFFFFFFF
        team = ids[0] if mixed & 1 or len(ids) == 1 else ids[1 + (mixed >> 1) % (len(ids) - 1)]
        answered, asked, handling = _stamp(at, days), at - (60 + mixed % 36_000), 60 + (mixed >> 18) % 1800
        yield (
            f"x{number:09}", "nps", scores[number], AUTOMATIC, _stamp(asked, days), answered, team,
            agents[(mixed >> 7) % AGENTS], customers[who], topics[(mixed >> 13) % TOPICS], samples[who],
            BATCH, _stamp(asked - handling, days), _stamp(asked, days), handling,
            "speed" if mixed % 3 == 0 else "", "sample comment" if mixed % 10 == 0 else "",
        )  # fmt: skip


def _ids(db: Connection, kind: str, n: int) -> list[int]:
    return [names.keep(db, kind, f"{kind} {i}") for i in range(n)]


def _days(now: datetime) -> dict[int, str]:
    """The dates of the last three years by number of days since 1970."""
    today = int(now.timestamp()) // DAY
    return {
        number: day(stamp(datetime.fromtimestamp(DAY * number, UTC)))
        for number in range(today - 365 * YEARS - 3, today + 1)
    }


def _stamp(at: int, days: dict[int, str]) -> str:
    """`stamp` of a moment in whole seconds. It avoids datetime, because there are millions of moments."""
    number, seconds = divmod(at, DAY)
    return f"{days[number]}T{seconds // 3600:02}{seconds // 60 % 60:02}{seconds % 60:02}"

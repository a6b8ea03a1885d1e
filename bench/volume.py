"""Builds a file with millions of answers in minutes, in the state that an import of them leaves."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from cxbot.core.figures.handling_time import log_sums
from cxbot.core.teams.settings import defaults
from cxbot.store.engine.connection import Connection, connect
from cxbot.store.engine.database import Database
from cxbot.store.engine.times import stamp
from cxbot.store.records import answers, names, teams

AGENTS, TOPICS, YEARS = 50, 20, 3
PER_CUSTOMER = 10  # answers, on average
WEIGHTS = (2, 1, 1, 2, 3, 5, 7, 13, 20, 24, 22)
CHUNK = 50_000
COLUMNS = (
    "external_id", "metric", "score", "asked_by", "sent_at", "answered_at", "team", "agent", "customer", "topic",
    "previous_at", "sample", "batch", "opened_at", "closed_at", "handling_seconds", "reasons", "comment",
)  # fmt: skip
BATCH = 1
SECOND = 1_000_000  # in microseconds
DAY = 86_400 * SECOND


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
        answered.update((row[6], row[5][:10], row[2]) for row in chunk)
        sent.update((row[6], row[4][:10]) for row in chunk)
        for row in chunk:
            handled[row[6], row[14][:10]].append(row[15])
    for (team, day, score), count in answered.items():
        answers.count_answer(db, "nps", "automatic", team, day, score, count, BATCH)
    for (team, day), count in sent.items():
        answers.count_sent(db, "nps", "automatic", team, day, sent=count, delivered=count, answered=count, batch=BATCH)
    for (team, day), times in handled.items():
        answers.count_handled(db, team, day, log_sums(times).group, BATCH)
    db.execute("COMMIT")


def _rows(db: Connection, n: int, now: datetime, team_names: Sequence[str]) -> Iterator[tuple[object, ...]]:
    chance = random.Random(n)
    people = max(20, n // PER_CUSTOMER)
    customers = _ids(db, "customer", people)
    samples = [names.sample(db, customer) for customer in customers]
    latest: list[str | None] = [None] * people
    agents, topics = _ids(db, "agent", AGENTS), _ids(db, "topic", TOPICS)
    ids = [names.find(db, "team", name) for name in team_names]
    scores = chance.choices(range(11), WEIGHTS, k=n)
    days = _days(now)
    first = int((now - timedelta(days=365 * YEARS)).timestamp() * SECOND)
    step = 365 * YEARS * DAY // n
    for number in range(n):
        at = first + step * number
        roll = chance.randrange(people << 32)
        who, mixed = roll >> 32, roll & 0xFFFFFFFF
        team = ids[0] if mixed & 1 or len(ids) == 1 else ids[1 + (mixed >> 1) % (len(ids) - 1)]
        answered, asked, handling = _stamp(at, days), at - SECOND * (60 + mixed % 36_000), 60 + (mixed >> 18) % 1800
        yield (
            f"x{number:09}", "nps", scores[number], "automatic", _stamp(asked, days), answered, team,
            agents[(mixed >> 7) % AGENTS], customers[who], topics[(mixed >> 13) % TOPICS], latest[who], samples[who],
            BATCH, _stamp(asked - SECOND * handling, days), _stamp(asked, days), handling,
            "speed" if mixed % 3 == 0 else "", "sample comment" if mixed % 10 == 0 else "",
        )  # fmt: skip
        latest[who] = answered


def _ids(db: Connection, kind: str, n: int) -> list[int]:
    return [names.keep(db, kind, f"{kind} {i}") for i in range(n)]


def _days(now: datetime) -> dict[int, str]:
    """The dates of the last three years by number of days since 1970."""
    today = int(now.timestamp() * SECOND) // DAY
    return {
        day: stamp(datetime.fromtimestamp(86_400 * day, UTC))[:11] for day in range(today - 365 * YEARS - 3, today + 1)
    }


def _stamp(at: int, days: dict[int, str]) -> str:
    """`stamp` of a moment in microseconds. It avoids datetime, because there are millions of moments."""
    day, rest = divmod(at, DAY)
    seconds, fraction = divmod(rest, SECOND)
    return f"{days[day]}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:06}Z"

"""Measures `/nps week` over signed HTTP with a million answers in the file, against the same with a thousand."""

from __future__ import annotations

import csv
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.clicks import start, stop
from bench.client import Signed, command_form
from cxbot.core.csv_files.columns import Source
from cxbot.core.teams.settings import defaults
from cxbot.sandbox import Sandbox
from cxbot.spreadsheets import open_sheet
from cxbot.store.engine.database import Database
from cxbot.store.files import imports
from cxbot.store.records import teams

MANY, FEW = 1_000_000, 1_000
AGENTS, CUSTOMERS, YEARS = 50, 200_000, 3
ROUNDS, REQUESTS = 7, 40
WEIGHTS = (2, 1, 1, 2, 3, 5, 7, 13, 20, 24, 22)


def rows(n: int, now: datetime) -> Iterator[tuple[object, ...]]:
    """`n` answers spread evenly over three years up to now."""
    chance = random.Random(n)
    step = timedelta(days=365 * YEARS) / n
    for number in range(n):
        answered = now - step * (n - number)
        score = chance.choices(range(11), WEIGHTS)[0]
        yield (
            f"x{number}", "nps", score, (answered - timedelta(minutes=chance.randint(1, 600))).isoformat(),
            answered.isoformat(), "Support", f"agent {chance.randrange(AGENTS)}",
            f"customer {chance.randrange(CUSTOMERS * n // MANY or 200)}",
        )  # fmt: skip


def prepare(folder: Path, n: int) -> Path:
    """A file with `n` answers, imported from CSV."""
    now = datetime.now(UTC)
    source = folder / f"{n}.csv"
    with source.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("external_id", "metric", "score", "sent_at", "answered_at", "team", "agent", "customer"))
        writer.writerows(rows(n, now))
    path = folder / f"{n}.db"
    database = Database(path)
    begun = time.perf_counter()
    imports.import_file(database, Source(source.name, open_sheet(source)), now)
    print(f"  ({n} answers imported in {time.perf_counter() - begun:.0f} s here)")
    settings = {**defaults("Europe/Helsinki", "en"), "name": "Support", "channel": "C0TEAM", "rehearsal": 0}
    database.write(lambda db: teams.add(db, settings, now))
    database.close()
    return path


def measure() -> tuple[float, list[float]]:
    """The ratio of the medians, and the ratio in each round."""
    with tempfile.TemporaryDirectory() as folder, Sandbox() as slack:
        slack.workspace.app.bot_token = "xoxb-bench"
        admin = slack.add_user("admin")
        files = [prepare(Path(folder), n) for n in (MANY, FEW)]
        servers = [start("cxbot", file, slack.api_url, admin) for file in files]
        clients = [Signed(port) for _, port in servers]
        form = command_form(admin, "C0TEAM", "/nps", "week")
        try:
            times: list[list[list[float]]] = [[], []]
            for _ in range(ROUNDS + 1):
                for client, kept in zip(clients, times, strict=True):
                    kept.append([client.post(form)[0] for _ in range(REQUESTS)])
            answer = clients[0].post(form)[1].decode()
            assert "NPS" in answer, answer
        finally:
            for client in clients:
                client.close()
            for process, _ in servers:
                stop(process)
    many, few = ([time for block in kept[1:] for time in block] for kept in times)
    rounds = [statistics.median(a) / statistics.median(b) for a, b in zip(times[0][1:], times[1][1:], strict=True)]
    print(f"  (medians {1000 * statistics.median(many):.2f} and {1000 * statistics.median(few):.2f} ms here)")
    return statistics.median(many) / statistics.median(few), rounds


if __name__ == "__main__":
    print(measure())

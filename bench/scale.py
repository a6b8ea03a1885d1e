"""Measures with ten million answers in the file: reports against the same with ten thousand, a year against plain
SQL, a click against an empty file, and the digests of 50 teams."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from bench import clicks, volume
from bench.client import Signed, click_form, command_form
from cxbot.chart_process import ChartProcess
from cxbot.core.calendar import periods
from cxbot.language import language
from cxbot.sandbox import Sandbox
from cxbot.slack.messages.digests import weekly as messages
from cxbot.slack.outgoing.digests import draw
from cxbot.store.engine.connection import connect
from cxbot.store.engine.database import Database
from cxbot.store.engine.times import stamp
from cxbot.store.records import teams
from cxbot.store.reports import weekly_digest

MANY, FEW = 10_000_000, 10_000
COMMANDS = ("week", "last month by:agent", "year")
ROUNDS, REQUESTS, CLICKS = 7, 20, 250
TEAMS = ("Support", *(f"Team {number}" for number in range(2, 51)))
PLAIN_YEAR = (
    "SELECT score, COUNT(*) FROM ratings WHERE metric = 'nps' AND score IS NOT NULL AND late = 0 AND batch <= 1 "
    "AND (until_batch = 0 OR until_batch > 1) AND answered_at >= :start AND answered_at < :end GROUP BY score"
)
Result = tuple[str, str, str, str]  # what, measured, limit, rounds


def measure() -> list[Result]:
    """The rows of the table of results."""
    with tempfile.TemporaryDirectory() as folder, Sandbox() as slack:
        slack.workspace.app.bot_token = "xoxb-bench"
        admin = slack.add_user("admin")
        many, few, empty = (Path(folder) / f"{name}.db" for name in ("many", "few", "empty"))
        now = datetime.now(UTC)
        volume.build(many, MANY, now, TEAMS)
        volume.build(few, FEW, now, TEAMS)
        return [*_reports(many, few, slack.api_url, admin), *_click(many, empty, slack.api_url), _digests(many)]


def _reports(many: Path, few: Path, api: str, admin: str) -> list[Result]:
    """How much longer each command takes with many answers, with a new answer before each request; and the year
    against plain SQL."""
    keys = [clicks.prepare(path, (ROUNDS + 1) * REQUESTS * len(COMMANDS)) for path in (many, few)]
    results: list[Result] = []
    with serving(many, few, api=api, admin=admin) as clients:
        for command in COMMANDS:
            for client in clients:
                _wait_for(client, admin, command)
            times: list[list[list[float]]] = [[], []]
            for _ in range(ROUNDS + 1):
                blocks: list[list[float]] = [[], []]
                for _ in range(REQUESTS):
                    for client, waiting, block in zip(clients, keys, blocks, strict=True):
                        client.post(_next_click(waiting))
                        seconds, answer = client.post(command_form(admin, "C0TEAM", "/nps", command))
                        # If the first answer says that the report takes a moment, its time is what counts.
                        assert b"NPS" in answer or b"takes a moment" in answer, answer
                        block.append(1000 * seconds)
                for kept, block in zip(times, blocks, strict=True):
                    kept.append(block)
            medians = [statistics.median(time for block in kept[1:] for time in block) for kept in times]
            rounds = [statistics.median(a) - statistics.median(b) for a, b in zip(*times, strict=True)][1:]
            print(f"  (/nps {command}: medians {medians[0]:.1f} and {medians[1]:.1f} ms here)")
            what = f"/nps {command}, {MANY:,} answers − {FEW:,}"
            results.append((what, f"{medians[0] - medians[1]:.1f} ms", "20 ms", _shown(rounds)))
        ratio = _plain_year(many) / statistics.median(time for block in times[0][1:] for time in block)
        results.append(("plain SQL of the year / /nps year", f"{ratio:.0f} x", "50 x at least", ""))
    return results


def _wait_for(client: Signed, admin: str, command: str) -> None:
    """Ask again until the report comes at once: the first time may take longer than Slack waits."""
    begun = time.perf_counter()
    while "NPS" not in client.post(command_form(admin, "C0TEAM", "/nps", command))[1].decode():
        time.sleep(1)
    print(f"  (/nps {command}: at once after {time.perf_counter() - begun:.1f} s here)")


def _next_click(waiting: list[str]) -> dict[str, str]:
    """A click on a survey from `clicks.prepare` that has no answer yet."""
    key = waiting.pop()
    return click_form(f"U0C{len(waiting):06}", f"D0C{len(waiting):06}", key, 9, time.time())


def _plain_year(path: Path) -> float:
    """Milliseconds for aggregating the raw answers of this year and the last one, as the report does."""
    db = connect(path)
    this = periods.parse_period("year", datetime.now(UTC), "Europe/Helsinki")
    taken = []
    for _ in range(3):
        begun = time.perf_counter()
        for period in (this, this.previous()):
            db.execute(PLAIN_YEAR, {"start": stamp(period.start), "end": stamp(period.end)}).fetchall()
        taken.append(1000 * (time.perf_counter() - begun))
    db.close()
    return statistics.median(taken)


def _click(many: Path, empty: Path, api: str) -> list[Result]:
    """A click with many answers in the file, against one in an empty file."""
    keys = [clicks.prepare(path, (ROUNDS + 1) * CLICKS) for path in (many, empty)]
    times: list[list[list[float]]] = [[], []]
    with serving(many, empty, api=api, admin="U0ADMIN") as clients:
        for _ in range(ROUNDS + 1):
            for client, waiting, kept in zip(clients, keys, times, strict=True):
                kept.append([client.post(_next_click(waiting))[0] for _ in range(CLICKS)])
    many_median, empty_median = (statistics.median(chain(*kept[1:])) for kept in times)
    ratio = many_median / empty_median
    rounds = [statistics.median(a) / statistics.median(b) for a, b in zip(*times, strict=True)][1:]
    return [(f"click, {MANY:,} answers / empty file", f"{ratio:.2f} x", "1.3 x", _shown(rounds))]


def _digests(path: Path) -> Result:
    """Compute and draw last week's digests of 50 teams, from a cold start. As in the bot, one is computed after the
    other, and drawn meanwhile."""
    database, chart_process, speech = Database(path), ChartProcess(), language("en")
    now = datetime.now(UTC)
    begun, busy = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(1) as artist:
        pictures = []
        for team in teams.every(database.reader):
            digest = weekly_digest.about(database.reader, team, periods.last_weeks(1, now, team.timezone)[0], now)
            json.dumps([messages.render(digest, speech), messages.details(digest, speech)])
            pictures.append(artist.submit(draw, chart_process, digest, speech))
        assert all(picture.result() for picture in pictures)
    seconds = time.perf_counter() - begun
    print(f"  (digests: {time.process_time() - busy:.1f} s of CPU for computing here)")
    chart_process.close()
    database.close()
    return (f"digests of {len(TEAMS)} teams, {MANY:,} answers", f"{seconds:.1f} s", "10 s", "")


@contextmanager
def serving(*files: Path, api: str, admin: str) -> Iterator[list[Signed]]:
    """A running bot for each file, and a client for each."""
    servers = [clicks.start("cxbot", file, api, admin) for file in files]
    clients = [Signed(port) for _, port in servers]
    try:
        yield clients
    finally:
        for client in clients:
            client.close()
        for process, _ in servers:
            clicks.stop(process)


def _shown(rounds: list[float]) -> str:
    return " ".join(f"{ratio:.2f}" for ratio in rounds)


if __name__ == "__main__":
    for line in measure() if len(sys.argv) == 1 else [_digests(Path(sys.argv[1]))]:
        print(*line, sep=" | ")

"""Half an hour under load: memory, descriptors, threads, the WAL and the time of a click stay where they are.

`make test-soak`; `CXBOT_SOAK_MINUTES` sets another duration.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from tests.processes.bot import Bot, chance, kept, on_file
from tests.processes.crowd import Crowd

pytestmark = pytest.mark.soak

MINUTES = float(os.environ.get("CXBOT_SOAK_MINUTES", "30"))
ROUNDS = max(6, round(MINUTES))  # measurements, one a minute
CALM = 4.0  # so that Slack's limits let through what the bot has to say, and no backlog grows for half an hour
WARM_UP = 20.0  # seconds that are not measured: caches fill, threads start
MEMORY_GROWS = 1.15  # at most, and
MEMORY_MORE = 10.0  # MiB, from the first third to the last
MORE_FILES = 8  # descriptors and threads, from the first third to the last
LONGEST_WAL = 20.0  # MB; the writer empties it from 8 MB on
SLOWER = 2.0  # times: the p99 of a click in the last third
NOISE = 0.02  # seconds by which the p99 may differ on any machine


@dataclass(frozen=True)
class Minute:
    """One measurement: memory in MiB, the WAL in MB, the p99 of a click in ms, and clicks per second."""

    memory: float
    files: int
    threads: int
    wal: float
    p99: float
    clicks: float


def test_nothing_grows_and_nothing_gets_slower(tmp_path: Path) -> None:
    with Bot(tmp_path, channels=8) as bot:
        bot.serve()
        crowd = Crowd(bot, chance(), surveys=60, teams=max(8, round(MINUTES)), calm=CALM)
        crowd.start()
        time.sleep(WARM_UP)
        minutes = [measured(bot, crowd) for _ in range(ROUNDS)]
        assert bot.health()["status"] == 200
        crowd.finish()
        bot.stop()
        show(minutes)
        assert kept(crowd.surveys) <= on_file(bot.database)
        assert "Traceback" not in bot.log(), bot.log()[-3000:]
        check(minutes)


def measured(bot: Bot, crowd: Crowd) -> Minute:
    """Let one part of the time pass, and measure. The WAL is measured every second, at its longest."""
    crowd.clicks.clear()
    start, wal = time.monotonic(), 0
    while (passed := time.monotonic() - start) < 60 * MINUTES / ROUNDS:
        time.sleep(1)
        wal = max(wal, bot.database.with_name(bot.database.name + "-wal").stat().st_size)
    clicks = list(crowd.clicks)
    assert all(click.acknowledged for click in clicks)
    process = Path(f"/proc/{bot.process.pid}")  # type: ignore[union-attr]
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    return Minute(
        memory=int(status["VmRSS"].split()[0]) / 1024,
        files=len(list((process / "fd").iterdir())),
        threads=int(status["Threads"]),
        wal=wal / 1e6,
        p99=1000 * statistics.quantiles([click.seconds for click in clicks], n=100)[98],
        clicks=len(clicks) / passed,
    )


def show(minutes: list[Minute]) -> None:
    """Print what was measured."""
    table = Table("", "memory MiB", "descriptors", "threads", "longest WAL MB", "p99 of a click ms", "clicks/s")
    for number, at in enumerate(minutes, 1):
        shown = (
            f"{at.memory:.1f}",
            str(at.files),
            str(at.threads),
            f"{at.wal:.1f}",
            f"{at.p99:.0f}",
            f"{at.clicks:.0f}",
        )
        table.add_row(str(number), *shown)
    Console(width=110).print(table)


def check(minutes: Sequence[Minute]) -> None:
    """Compare the last third with the first."""
    third = len(minutes) // 3

    def of(value: Callable[[Minute], float]) -> tuple[float, float]:
        first, last = minutes[:third], minutes[-third:]
        return statistics.median(map(value, first)), statistics.median(map(value, last))

    first, last = of(lambda at: at.memory)
    assert last <= max(first * MEMORY_GROWS, first + MEMORY_MORE), f"memory grows: {first:.1f} to {last:.1f} MiB"
    first, last = of(lambda at: at.files)
    assert last <= first + MORE_FILES, f"descriptors grow: {first} to {last}"
    first, last = of(lambda at: at.threads)
    assert last <= first + MORE_FILES, f"threads grow: {first} to {last}"
    assert max(at.wal for at in minutes) <= LONGEST_WAL, "the WAL grows"
    first, last = of(lambda at: at.p99)
    assert last <= SLOWER * first + 1000 * NOISE, f"clicks get slower: {first:.0f} to {last:.0f} ms"

"""The process that draws pictures, and when it starts and ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxbot import charts
from cxbot.chart_process import ChartProcess
from cxbot.core.calendar.periods import last_weeks
from cxbot.core.digests.weekly import Week
from cxbot.core.metrics.estimates import estimate
from cxbot.core.metrics.shipped import NPS
from cxbot.language import language
from tests.office import T0

WEEKS = [Week(week, 20, estimate(NPS, {9: 12, 3: 8})) for week in last_weeks(12, T0, "Europe/Helsinki")]
TREND = (WEEKS, NPS, "NPS päivä päivältä $1", language("fi"))


@pytest.fixture
def artist() -> Iterator[ChartProcess]:
    made = ChartProcess()
    yield made
    made.close()


def drawing(bot: int | None = None) -> list[int]:
    """The processes that draw for a process, or for this one."""
    found = []
    for process in (int(each.name) for each in Path("/proc").glob("[0-9]*")):
        if draws(process):
            parent = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
            found += [process] if parent == (bot or os.getpid()) else []
    return found


def draws(process: int) -> bool:
    """Whether a process is there and draws."""
    try:
        return b"cxbot.chart_process" in Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def test_a_picture_is_the_same_as_drawn_here(artist: ChartProcess) -> None:
    assert artist.draw(charts.trend, *TREND) == charts.trend(*TREND)


def test_one_process_draws_all_pictures_and_ends_with_its_owner(artist: ChartProcess) -> None:
    assert drawing() == []
    pictures = {artist.draw(charts.trend, *TREND) for _ in range(3)}
    assert len(pictures) == 1
    assert len(drawing()) == 1
    artist.close()
    assert drawing() == []


def test_a_process_that_was_ended_is_replaced(artist: ChartProcess) -> None:
    before = artist.draw(charts.trend, *TREND)
    [process] = drawing()
    os.kill(process, signal.SIGKILL)
    assert artist.draw(charts.trend, *TREND) == before
    assert drawing() != [process]


def test_it_is_ended_when_nothing_was_drawn_for_a_while(artist: ChartProcess) -> None:
    artist.draw(charts.trend, *TREND)
    artist.end_if_idle()
    assert len(drawing()) == 1
    hasty = ChartProcess(idle_after=0)
    hasty.draw(charts.trend, *TREND)
    assert len(drawing()) == 2
    hasty.end_if_idle()
    assert len(drawing()) == 1


def test_what_fails_says_why_and_the_next_picture_is_drawn(artist: ChartProcess) -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        artist.draw(charts.rollup, [], "Nothing", TREND[3])
    assert artist.draw(charts.trend, *TREND)


def test_a_picture_that_ends_the_process_is_given_up(artist: ChartProcess) -> None:
    with pytest.raises(RuntimeError, match="ended twice"):
        artist.draw(os._exit, 3)
    assert artist.draw(charts.trend, *TREND)


def test_it_ends_with_a_bot_that_is_killed() -> None:
    code = "from cxbot.chart_process import ChartProcess; charts = ChartProcess(); charts.draw(bytes, 3); input()"
    bot = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
    deadline = time.monotonic() + 20
    while not (found := drawing(bot.pid)) and time.monotonic() < deadline:
        time.sleep(0.05)
    bot.kill()
    bot.communicate()
    [process] = found
    while draws(process) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not draws(process)

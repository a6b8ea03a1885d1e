"""A disk that fails at the n-th write or sync: the process goes on or says so, and nothing acknowledged is lost."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxbot.store.engine.connection import Connection, sqlite3
from cxbot.store.engine.database import Database
from cxbot.store.engine.migrations import migrations
from tests.processes.bot import SCORES, Bot, Survey, chance, doubles, kept, on_file
from tests.processes.disk import FOR_EVER, TO_SYNC, TO_WRITE, Disk, needs_compiler

pytestmark = [pytest.mark.processes, needs_compiler]

KINDS = {"write": TO_WRITE, "sync": TO_SYNC}
ERRORS = {"EIO": errno.EIO, "ENOSPC": errno.ENOSPC}
STEPS = {"write": 150, "sync": 15}  # a little more than making a file takes
FIRST = 40  # the n-th write or sync for n up to this, one after the other
WITHIN = 15.0  # seconds until /healthz knows, and until the bot goes on
LINES = 500  # of log at most while nothing can be written
STAYS = 12.0  # seconds for which it is watched: more than the time between two ticks


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_write_that_fails_loses_nothing_that_was_acknowledged(tmp_path: Path, kind: str, error: str) -> None:
    disk = Disk(tmp_path, tmp_path / "cxbot.db")
    with Bot(tmp_path, **disk.env) as bot:
        bot.serve()
        surveys = bot.asked(4)
        refused = 0
        for number in range(1, FIRST + 1):
            disk.fail(KINDS[kind], number, error=ERRORS[error])
            for survey, score in clicks(surveys):
                refused += not survey.answer(score)
                if disk.failed:
                    break
            goes_on(bot, surveys[0])
        stored_and_whole(bot, surveys)
        print(f"{FIRST} times {error} at a {kind}: {refused} clicks refused, {len(kept(surveys))} stored")


@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_that_fails_for_long_turns_health_red_until_it_works_again(tmp_path: Path, kind: str) -> None:
    disk = Disk(tmp_path, tmp_path / "cxbot.db")
    with Bot(tmp_path, **disk.env) as bot:
        bot.serve()
        surveys = bot.asked(4)
        disk.fail(KINDS[kind], 1, times=FOR_EVER)
        before = kept(surveys)
        assert not surveys[0].answer("5")
        bot.wait_for(lambda: bot.health()["status"] == 503, WITHIN)
        stays_red(bot)
        assert kept(surveys) == before
        disk.heal()
        bot.wait_for(lambda: bot.health()["status"] == 200, WITHIN)
        goes_on(bot, surveys[0])
        stored_and_whole(bot, surveys)


@pytest.mark.parametrize("kind", KINDS)
def test_what_waits_is_tried_at_times_and_sent_soon_after_the_disk_works_again(tmp_path: Path, kind: str) -> None:
    disk = Disk(tmp_path, tmp_path / "cxbot.db")
    with Bot(tmp_path, **disk.env) as bot:
        bot.serve()
        customers = [bot.customer() for _ in range(4)]
        bot.slack.faults.next("chat.postMessage", "rate_limited", retry_after=2, times=len(customers))
        for customer in customers:
            bot.ask(customer)
        bot.wait_for(lambda: not bot.slack.faults.waiting(), WITHIN)
        disk.fail(KINDS[kind], 1, times=FOR_EVER)
        stays_red(bot, after=WITHIN)
        assert len(bot.log().splitlines()) < LINES, "what can't be sent is tried without a pause"
        disk.heal()
        bot.wait_for(lambda: all(bot.surveys(bot.slack.dm(customer)) for customer in customers), WITHIN)
        bot.wait_for(lambda: bot.health()["status"] == 200, WITHIN)
        bot.kill()
        bot.look_ups()
        assert not doubles(bot.slack)


def stays_red(bot: Bot, after: float = 0.0) -> None:
    """Nothing can be stored, and nothing that the bot does by itself makes it look healthy. It may notice `after` some
    seconds."""
    bot.wait_for(lambda: bot.health()["status"] == 503, after)
    end = time.monotonic() + STAYS
    while time.monotonic() < end:
        assert bot.health()["status"] == 503
        time.sleep(0.1)


def clicks(surveys: list[Survey]) -> Iterator[tuple[Survey, str]]:
    """Enough clicks for any disk to fail."""
    for number in range(10 * FIRST):
        yield surveys[number % len(surveys)], SCORES[number % len(SCORES)]
    raise AssertionError("the disk never failed")


def goes_on(bot: Bot, survey: Survey) -> None:
    """The bot stores clicks and is healthy, without a new start."""
    bot.wait_for(lambda: survey.answer("5"), WITHIN)
    bot.wait_for(lambda: bot.health()["status"] == 200, WITHIN)


def stored_and_whole(bot: Bot, surveys: list[Survey]) -> None:
    """After a kill every acknowledged answer is on file, and the file is whole."""
    bot.kill()
    assert bot.is_whole()
    assert kept(surveys) <= on_file(bot.database)
    bot.look_ups()


@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_that_fails_at_the_start_leaves_a_file_that_can_be_opened(tmp_path: Path, kind: str) -> None:
    source = chance()
    with Bot(tmp_path) as bot:
        for number in (*range(1, 7), *sorted(source.sample(range(7, STEPS[kind]), 6))):
            folder = tmp_path / str(number)
            folder.mkdir()
            disk = Disk(folder, folder / "cxbot.db")
            disk.fail(KINDS[kind], number)
            bot.env = {**disk.env, "CXBOT_DB": str(folder / "cxbot.db")}
            process = bot.start("migrate")
            code = process.wait(60)
            bot.process = None
            assert "Traceback" not in bot.log()
            if code == 0:  # nothing failed, or only the tidying up at the end
                assert finished(folder / "cxbot.db")
            database = Database(folder / "cxbot.db")
            assert database.whole
            database.close()


def finished(path: Path) -> bool:
    """Whether a file has its schema and the right journal."""
    raw = sqlite3.connect(path)
    try:
        [mode] = raw.execute("PRAGMA journal_mode").fetchone()
        return mode == "wal" and not migrations.pending(Connection(raw))
    finally:
        raw.close()

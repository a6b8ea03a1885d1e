"""A small disk that is filled and freed: clicks get an honest error, health turns red, and all goes on afterwards."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.processes.bot import SCORES, Bot, Survey, kept, needs_root, on_file
from tests.processes.test_failing_disk import WITHIN, goes_on, stays_red

pytestmark = [pytest.mark.processes, needs_root]

SIZE = "3m"
LINES = 2000  # of log at most, for all refused clicks and for a try every second
AT_MOST = 3000  # clicks until a full disk is noticed: the wal is written over as long as it has room


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "cxbot-test", place], check=False)
    if made.returncode:
        pytest.skip("a small disk can't be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_full_disk_is_reported_and_everything_goes_on_when_it_is_freed(tmp_path: Path, small_disk: Path) -> None:
    with Bot(tmp_path, small_disk / "cxbot.db") as bot:
        bot.serve()
        surveys = bot.asked(4)
        for survey in surveys:
            assert survey.answer("4")
        bot.wait_for(lambda: not bot.left(), 20)
        balloon = filled(small_disk)
        stored = click_until_refused(surveys)
        bot.wait_for(lambda: bot.health()["status"] == 503, WITHIN)
        customers = [bot.customer() for _ in range(20)]
        said = [bot.ask(customer).body for customer in customers]
        for survey in surveys:
            survey.answer("5")
        stays_red(bot)
        assert len(bot.log().splitlines()) < LINES, "what can't be sent is tried without a pause"
        balloon.unlink()
        goes_on(bot, surveys[0])
        bot.wait_for(lambda: not bot.left(), 30)
        assert bot.ask(bot.customer()).status == 200
        assert kept(surveys) <= on_file(bot.database)
        honest(bot, customers, said)
        assert bot.is_whole()
        bot.stop()
        print(f"{stored} clicks stored on a full disk before it was noticed; {len(kept(surveys))} in all")


def honest(bot: Bot, customers: list[str], said: list[dict[str, Any] | None]) -> None:
    """Whoever was told that a customer is being asked was told the truth, and so was everybody else: what fits into the
    room that the wal has already is stored."""
    for customer, answer in zip(customers, said, strict=True):
        asked = answer is not None and "is being asked" in answer["text"]
        assert asked or answer is None or "Nothing was changed" in answer["text"]
        assert len(bot.rows("SELECT 1 FROM invitations WHERE address = :who", who=customer)) == asked
        assert len(bot.surveys(bot.slack.dm(customer))) == asked


def filled(disk: Path) -> Path:
    """A file that takes all the room there is."""
    balloon = disk / "balloon"
    with contextlib.suppress(OSError), balloon.open("wb", buffering=0) as out:
        while True:
            out.write(bytes(4096))
    return balloon


def click_until_refused(surveys: list[Survey]) -> int:
    """How many clicks were stored before one was refused."""
    for number in range(AT_MOST):
        if not surveys[number % len(surveys)].answer(SCORES[number % len(SCORES)]):
            return number
    raise AssertionError("a full disk was never noticed")

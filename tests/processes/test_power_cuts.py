"""Power cuts: whatever unsynced writes are on the disk, the file is whole and has every acknowledged answer."""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxbot.store.engine.connection import connect
from cxbot.store.engine.statements import rows
from tests.processes.bot import SCORES, Bot, Survey, chance, on_file
from tests.processes.disk import Disk, Note, Platter, needs_compiler, read_notes

pytestmark = [pytest.mark.processes, needs_compiler]

SECONDS = 25.0  # under load: two ticks with their checkpoints
CUTS = 150
DATABASE = 0  # in a note's `file`; the wal is 1

Acknowledged = list[tuple[int, tuple[str, str, str]]]
"""Answers, each with how much was noted when its acknowledgement had come."""


def test_a_power_cut_leaves_every_acknowledged_answer(tmp_path: Path) -> None:
    source = chance()
    before, after = tmp_path / "before.db", tmp_path / "after"
    disk = Disk(tmp_path, tmp_path / "cxbot.db", notes=True)
    with Bot(tmp_path, **disk.env) as bot:
        shutil.copy(bot.database, before)
        bot.serve()
        acknowledged = under_load(bot, disk)
        bot.kill()
    after.mkdir()
    cuts, lost = 0, 0
    for end, files in cut(before, disk.notes, source):
        place(after, files)
        expected = {answer for noted, answer in acknowledged if noted <= end}
        assert is_whole(after / "cxbot.db"), f"damaged by a cut at {end}"
        assert expected <= on_file(after / "cxbot.db"), f"lost by a cut at {end}"
        cuts, lost = cuts + 1, lost + len(acknowledged) - len(expected)
    assert cuts >= 50
    print(f"{cuts} cuts under {len(acknowledged)} acknowledged answers, {disk.noted() / 1e6:.0f} MB of notes")


def under_load(bot: Bot, disk: Disk) -> Acknowledged:
    """Answers to several surveys at the same time."""
    found: Acknowledged = []
    end = time.monotonic() + SECONDS

    def keep_on(survey: Survey, number: int) -> None:
        chooser = random.Random(number)
        while time.monotonic() < end:
            if survey.answer(chooser.choice(SCORES)):
                found.append((disk.noted(), survey.kept[-1]))

    threads = [threading.Thread(target=keep_on, args=each) for each in zip(bot.asked(4), range(4), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def cut(before: Path, notes: Path, source: random.Random) -> Iterator[tuple[int, list[bytes]]]:
    """Cut the power at moments of the notes: where they end, and what is then in the database and in its wal."""
    moments = chosen(list(read_notes(notes)), source)
    platters = [Platter(bytearray(before.read_bytes())), Platter()]
    for number, note in enumerate(read_notes(notes)):
        platters[note.file].take(note)
        if number in moments:
            yield note.end, [platter.after_a_cut(source) for platter in platters]


def chosen(notes: list[Note], source: random.Random) -> set[int]:
    """Moments at random; every third is during a checkpoint, which writes to the database itself."""
    checkpoints = [number for number, note in enumerate(notes) if note.file == DATABASE]
    assert checkpoints, "there was no checkpoint"
    in_checkpoints = source.sample(checkpoints, min(CUTS // 3, len(checkpoints)))
    return {*in_checkpoints, *source.sample(range(len(notes)), CUTS - len(in_checkpoints))}


def place(folder: Path, files: list[bytes]) -> None:
    """Put what is left of the files where the bot would find it."""
    for old in folder.iterdir():
        old.unlink()
    for name, content in zip(("cxbot.db", "cxbot.db-wal"), files, strict=True):
        (folder / name).write_bytes(content)


def is_whole(path: Path) -> bool:
    """Whether SQLite finds no damage."""
    db = connect(path)
    try:
        return rows(db, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    finally:
        db.close()

"""A disk that fails on request, and what would be on it after a power cut."""

from __future__ import annotations

import errno
import mmap
import random
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("disk.c")
COMPILER = shutil.which("cc") or shutil.which("gcc")
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="a failing disk needs a C compiler (cc or gcc)")
WRITE, SYNC, TRUNCATION = range(3)
TO_WRITE, TO_SYNC, TIMES, ERROR, FAILED = range(5)
FOR_EVER = 2**31 - 1
SECTOR = 512  # bytes that a disk writes completely or not at all


class Disk:
    """Stands between a process and a database file (see `disk.c`)."""

    def __init__(self, folder: Path, database: Path, *, notes: bool = False) -> None:
        assert COMPILER is not None
        library, control = folder / "disk.so", folder / "disk.control"
        subprocess.run([COMPILER, "-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl"], check=True)
        control.write_bytes(bytes(20))
        with control.open("r+b") as opened:
            self._control = mmap.mmap(opened.fileno(), 20)
        self.notes = folder / "disk.notes"
        self.env = {"LD_PRELOAD": str(library), "DISK_CONTROL": str(control), "DISK_FILE": str(database.resolve())}
        if notes:
            self.env["DISK_NOTES"] = str(self.notes)

    def fail(self, kind: int, number: int, times: int = 1, error: int = errno.EIO) -> None:
        """Have the `number`-th write or sync from now fail, and the following ones, `times` in all."""
        self.heal()
        for name, value in ((FAILED, 0), (ERROR, error), (TIMES, times), (kind, number)):
            self._set(name, value)

    def heal(self) -> None:
        """Fail no more."""
        self._set(TO_WRITE, 0)
        self._set(TO_SYNC, 0)

    @property
    def failed(self) -> int:
        """How many calls have failed since `fail`."""
        return int(struct.unpack_from("i", self._control, 4 * FAILED)[0])

    def noted(self) -> int:
        """The length of the notes: everything that happened so far is in them."""
        return self.notes.stat().st_size

    def _set(self, name: int, value: int) -> None:
        struct.pack_into("i", self._control, 4 * name, value)


@dataclass(frozen=True)
class Note:
    """A write, sync or truncation, and where its record ends in the notes."""

    what: int
    file: int
    offset: int
    content: bytes
    end: int


def read_notes(path: Path) -> Iterator[Note]:
    """Everything that happened to the files, in order."""
    head = struct.Struct("IIQQ")
    with path.open("rb") as notes:
        while len(start := notes.read(head.size)) == head.size:
            what, file, offset, length = head.unpack(start)
            yield Note(what, file, offset, notes.read(length), notes.tell())


@dataclass
class Platter:
    """A file on a disk: what is certainly there, and what was written since the last sync."""

    content: bytearray = field(default_factory=bytearray)
    waiting: list[Note] = field(default_factory=list)

    def take(self, note: Note) -> None:
        """Carry out what a note says."""
        if note.what != SYNC:
            self.waiting.append(note)
            return
        for write in self.waiting:
            _apply(self.content, write)
        self.waiting.clear()

    def after_a_cut(self, chance: random.Random) -> bytes:
        """What may be there if the power goes now: any part of what was not synced, in whole sectors."""
        left = bytearray(self.content)
        share = chance.choice((0.0, 0.5, 0.9, 1.0))
        for write in self.waiting:
            for sector in _sectors(write):
                if chance.random() < share:
                    _apply(left, sector)
        return bytes(left)


def _sectors(write: Note) -> Iterator[Note]:
    if write.what == TRUNCATION:
        yield write
        return
    start = 0
    while start < len(write.content):
        length = min(SECTOR - (write.offset + start) % SECTOR, len(write.content) - start)
        yield Note(WRITE, write.file, write.offset + start, write.content[start : start + length], write.end)
        start += length


def _apply(content: bytearray, note: Note) -> None:
    if note.what == TRUNCATION:
        del content[note.offset :]
        content.extend(bytes(note.offset - len(content)))
        return
    content.extend(bytes(max(0, note.offset - len(content))))
    content[note.offset : note.offset + len(note.content)] = note.content

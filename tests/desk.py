"""The command line as people use it: a terminal in a folder with a database."""

from __future__ import annotations

import csv
import io
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from cxbot.cli.main import main
from cxbot.core.csv_files.columns import Source
from cxbot.spreadsheets import open_sheet

# A process runs the code of this working copy, whichever copy is installed.
CXBOT = (sys.executable, "-P", "-m", "cxbot")
SHELL = {name: os.environ[name] for name in ("PATH", "PYTHONPATH")}
AT = "2026-11-21T12:00:00Z"


class Desk:
    """A terminal in a folder with a database of its own."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.folder = folder
        self.database = folder / "cxbot.db"
        self.env = {**SHELL, "HOME": str(folder), "CXBOT_DB": str(self.database), **env}

    def run(self, *arguments: str, code: int = 0, **env: str) -> str:
        """Run a command in this process, with only the terminal's environment; returns its stdout, or stdout and
        stderr if it fails as expected."""
        outcome = self._outcome(arguments, code, env)
        return (outcome.output_bytes if code else outcome.stdout_bytes).decode()

    def noted(self, *arguments: str, **env: str) -> str:
        """Run a command; returns what it says on stderr although it succeeds."""
        return self._outcome(arguments, 0, env).stderr.strip()

    def _outcome(self, arguments: Sequence[str], code: int, env: Mapping[str, str]) -> Result:
        others: dict[str, str | None] = dict.fromkeys(os.environ)
        with chdir(self.folder), _as_a_process():
            outcome = CliRunner().invoke(main, arguments, env={**others, **self.env, **env}, prog_name="cxbot")
        if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
            raise outcome.exception
        assert outcome.exit_code == code, outcome.output
        return outcome

    def process(self, *arguments: str, code: int = 0, **env: str) -> str:
        """The same, as a process."""
        done = subprocess.run(
            [*CXBOT, *arguments], env={**self.env, **env}, cwd=self.folder, capture_output=True, check=False, timeout=60
        )
        said, error = done.stdout.decode(), done.stderr.decode()
        assert done.returncode == code, error
        assert "Traceback" not in error
        return said + error if code else said

    def write(self, lines: Iterable[Sequence[object]], name: str = "file.csv") -> str:
        """A CSV file; the first line is its header."""
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(lines)
        return str(path)

    def save(self, content: str | bytes, name: str = "file.csv") -> str:
        """A file with this content, as it is."""
        (self.folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    def answers(self) -> list[dict[str, str]]:
        """The answers on file, as they are exported."""
        return list(csv.DictReader(io.StringIO(self.run("export", "answers"), newline="")))

    def report(self, *words: str, at: str = AT) -> dict[str, Any]:
        """A report as JSON."""
        found: dict[str, Any] = json.loads(self.run("report", *words, "--json", "--at", at))
        return found


def source_of(path: str | Path, *, last_wins: bool = False) -> Source:
    """A file as the import takes it."""
    return Source(Path(path).name, open_sheet(Path(path)), last_wins=last_wins)


@contextmanager
def _as_a_process() -> Iterator[None]:
    """Restore what a command leaves to the end of its process: log handlers, signal handlers, and who may read its
    files."""
    root = logging.getLogger()
    mask = os.umask(0)
    os.umask(mask)
    handlers, level = root.handlers[:], root.level
    signals = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        os.umask(mask)
        root.handlers[:] = handlers
        root.setLevel(level)
        for number, handler in signals.items():
            signal.signal(number, handler)

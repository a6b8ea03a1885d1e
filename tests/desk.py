"""A terminal in a folder with a database of its own: the command line as people use it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

CXBOT = str(Path(sys.executable).with_name("cxbot"))
SHELL = {"PATH": os.environ["PATH"]}
AT = "2026-11-21T12:00:00Z"


class Desk:
    """A terminal in a folder with a database of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "cxbot.db"

    def run(self, *arguments: str, code: int = 0, **env: str) -> str:
        """What a command prints on stdout (on stderr where it fails as expected)."""
        kept = {**SHELL, "HOME": str(self.folder), "CXBOT_DB": str(self.database), **env}
        done = subprocess.run([CXBOT, *arguments], env=kept, cwd=self.folder, capture_output=True, check=False)
        said, error = done.stdout.decode(), done.stderr.decode()
        assert done.returncode == code, error
        assert "Traceback" not in error
        return error if code else said

    def write(self, lines: Iterable[Sequence[object]], name: str = "file.csv") -> str:
        """A CSV file; the first line is its header."""
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(lines)
        return str(path)

    def report(self, *words: str, at: str = AT) -> dict[str, Any]:
        """A report as JSON."""
        found: dict[str, Any] = json.loads(self.run("report", *words, "--json", "--at", at))
        return found

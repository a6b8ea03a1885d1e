"""The lock of the one process that sends from a file."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from cxbot.errors import N_, ConfigError, system_fault


class SenderLock:
    """Held by the one process that sends from a file (`serve`, `demo` or `tick`). The operating system releases it
    when the process ends."""

    def __init__(self, database: Path) -> None:
        file = database.resolve()  # by whatever name the file is opened, it has one lock
        path = file.with_name(file.name + ".lock")
        try:
            self._file: IO[str] = path.open("w")
        except OSError as error:
            raise ConfigError(
                N_(
                    "The lock file %(path)s cannot be written (%(why)s). Set CXBOT_DB to a file in a folder that "
                    "this user may write to."
                ),
                path=str(path),
                why=system_fault(error),
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise ConfigError(
                N_("Another cxbot is already sending from %(path)s. Stop it first, or set CXBOT_DB to another file."),
                path=str(database),
            ) from None

    def release(self) -> None:
        """Release the lock, so that another process can send."""
        self._file.close()

"""A separate process that draws charts.

In the bot's own process, matplotlib would take more memory than all the rest for good, and everybody who clicks would
wait while fifty teams get their charts.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import ParamSpec

P = ParamSpec("P")

IDLE_AFTER = 60.0  # seconds


class ChartProcess:
    """Draws one chart at a time in a process that is started for the first one and ended when none was drawn for
    `idle_after` seconds."""

    def __init__(self, idle_after: float = IDLE_AFTER) -> None:
        self._idle_after = idle_after
        self._process: subprocess.Popen[bytes] | None = None
        self._used = 0.0
        self._lock = threading.Lock()

    def draw(self, picture: Callable[P, bytes], *args: P.args, **values: P.kwargs) -> bytes:
        """The bytes that `picture`, a function of a module, makes of these arguments. Raises RuntimeError with the
        reason where it fails."""
        request = pickle.dumps((picture, args, values))
        with self._lock:
            # Where memory is short, the process may have been ended from outside.
            drawn, failure = self._ask(request) or self._ask(request) or (b"", "the process that draws ended twice")
            self._used = time.monotonic()
        if failure:
            raise RuntimeError(failure)
        return drawn

    def end_if_idle(self) -> None:
        """End the process if nothing was drawn for a while."""
        with self._lock:
            if time.monotonic() - self._used > self._idle_after:
                self._end()

    def close(self) -> None:
        """End the process; another chart starts a new one."""
        with self._lock:
            self._end()

    def _ask(self, request: bytes) -> tuple[bytes, str] | None:
        """The chart, or the reason why there is none; None where the process ended."""
        if self._process is None:
            # In a session of its own Ctrl-C doesn't reach it: it ends when its input does.
            command = [sys.executable, "-P", "-m", __name__]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(request)
            self._process.stdin.flush()
            drawn, failure = pickle.load(self._process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            self._end()
            return None
        return drawn, failure

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()  # it holds nothing that could be lost
            process.communicate()


def serve() -> None:
    """Draw what is requested on standard input, until that ends."""
    os.nice(10)  # people who click come first
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints must not get between the answers
    while True:
        try:
            picture, args, values = pickle.load(requests)
        except EOFError:
            return
        try:
            answer = picture(*args, **values), ""
        except Exception:  # noqa: BLE001 - raised by the one who asked
            answer = b"", traceback.format_exc()
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    serve()

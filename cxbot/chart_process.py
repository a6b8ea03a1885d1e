"""Draws charts in a separate process.

In the bot's own process matplotlib would keep more memory than everything else, and every click would wait while
fifty teams get their charts.
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
    """Draws one chart at a time in a process. It starts for the first chart and ends after `idle_after` seconds
    without one."""

    def __init__(self, idle_after: float = IDLE_AFTER) -> None:
        self._idle_after = idle_after
        self._process: subprocess.Popen[bytes] | None = None
        self._used = 0.0
        self._lock = threading.Lock()

    def draw(self, picture: Callable[P, bytes], *args: P.args, **values: P.kwargs) -> bytes:
        """The PNG that `picture`, a function of a module, returns for these arguments. Raises RuntimeError with the
        reason if it fails."""
        request = pickle.dumps((picture, args, values))
        with self._lock:
            # If memory is short, the system may have ended the process.
            drawn, failure = self._ask(request) or self._ask(request) or (b"", "the process that draws ended twice")
            self._used = time.monotonic()
        if failure:
            raise RuntimeError(failure)
        return drawn

    def end_if_idle(self) -> None:
        """End the process if it has drawn nothing for `idle_after` seconds."""
        with self._lock:
            if time.monotonic() - self._used > self._idle_after:
                self._end()

    def close(self) -> None:
        """End the process. The next chart starts a new one."""
        with self._lock:
            self._end()

    def _ask(self, request: bytes) -> tuple[bytes, str] | None:
        """The chart, or the error's text; None if the process has ended."""
        if self._process is None:
            # In a session of its own it gets no Ctrl-C. It ends when its standard input is closed.
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
    """Draw what is requested on standard input until it is closed."""
    os.nice(10)  # a lower priority, so that clicks are answered first
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints must not get between the charts
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

"""A process of its own that draws. In the bot's own, matplotlib would take more memory than all the rest for good, and
keep everybody who clicks waiting while fifty teams get their pictures."""

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

REST = 60.0  # seconds


class Studio:
    """Has pictures drawn, one at a time, by a process that is started for the first one and ended when there was none
    for `rest` seconds."""

    def __init__(self, rest: float = REST) -> None:
        self._rest = rest
        self._process: subprocess.Popen[bytes] | None = None
        self._used = 0.0
        self._turn = threading.Lock()

    def draw(self, picture: Callable[P, bytes], *args: P.args, **values: P.kwargs) -> bytes:
        """What `picture`, a function of a module, draws of these arguments. Raises RuntimeError with the reason where
        it fails."""
        request = pickle.dumps((picture, args, values))
        with self._turn:
            # Where memory is short, the process may have been ended from outside.
            drawn, failure = self._ask(request) or self._ask(request) or (b"", "the process that draws ended twice")
            self._used = time.monotonic()
        if failure:
            raise RuntimeError(failure)
        return drawn

    def rest(self) -> None:
        """End the process if nothing was drawn for a while."""
        with self._turn:
            if time.monotonic() - self._used > self._rest:
                self._end()

    def close(self) -> None:
        """End the process; another picture would start a new one."""
        with self._turn:
            self._end()

    def _ask(self, request: bytes) -> tuple[bytes, str] | None:
        """The picture or why there is none; None where the process ended."""
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
    """Draw what is asked for on standard input, until that ends."""
    os.nice(10)  # people who click come first
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints must not get between the pictures
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

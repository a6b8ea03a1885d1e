"""Failures on request: the next calls of a method fail in a chosen way."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Literal, get_args

FaultKind = Literal[
    "rate_limited", "500", "html_200", "half_body", "drop_before", "drop_after", "timeout", "slow", "error", "bare"
]
CARRIED_OUT = {"half_body", "drop_after", "slow", "bare"}


@dataclass(frozen=True)
class Fault:
    """One failure. `carried_out` says whether Slack carried out the call before it failed."""

    method: str
    kind: FaultKind
    retry_after: int = 1
    seconds: float = 5.0
    code: str = "internal_error"
    carried_out: bool = False


class Faults:
    """The queued failures. A failure's `method` is a Web API method, `response_url`, `upload`, or `*` for any call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self._duplicates = 0

    def next(self, method: str, kind: FaultKind, times: int = 1, **options: Any) -> None:
        """Let the next `times` calls of `method` fail.

        Options: `retry_after` (rate_limited), `seconds` (timeout, slow), `code` (error), and `carried_out` for 500,
        html_200, half_body (default true) and timeout (default false, as for the others). A `slow` call does not fail;
        a `bare` one is answered, but with nothing else than that it is done.
        """
        if kind not in get_args(FaultKind):
            raise ValueError(f"{kind!r} is not a fault. Choose from {', '.join(get_args(FaultKind))}.")
        options.setdefault("carried_out", kind in CARRIED_OUT)
        with self._lock:
            self._waiting += [Fault(method, kind, **options)] * times

    def duplicate_events(self, times: int = 1) -> None:
        """Deliver the next `times` events twice, byte for byte."""
        with self._lock:
            self._duplicates += times

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()
            self._duplicates = 0

    def take(self, method: str) -> Fault | None:
        with self._lock:
            for fault in self._waiting:
                if fault.method in (method, "*"):
                    self._waiting.remove(fault)
                    return fault
        return None

    def take_duplicate(self) -> bool:
        with self._lock:
            if self._duplicates == 0:
                return False
            self._duplicates -= 1
            return True

    def waiting(self) -> list[dict[str, str]]:
        """The failures that are still queued, as shown on the page."""
        with self._lock:
            listed = [{"method": f.method, "kind": str(f.kind)} for f in self._waiting]
            return listed + [{"method": "event", "kind": "duplicate"}] * self._duplicates

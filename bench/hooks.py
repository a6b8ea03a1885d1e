"""Measures deliveries of a helpdesk, 10,000 in a minute: all accepted, and their p99 against an empty signed endpoint
with one bare commit."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench.clicks import start, stop
from bench.client import Signed, click_form
from cxbot.core.surveys.catalogue import SHIPPED
from cxbot.core.teams import settings
from cxbot.sandbox import Sandbox
from cxbot.store.engine.database import Database
from cxbot.store.records import hooks, teams
from cxbot.store.records.hooks import Hook

CLOSES = 10_000
SECONDS = 60
SENDERS = 4
KEY = b"a key of at least 24 bytes for the benchmark"


def measure() -> list[tuple[str, str, str, str]]:
    """Rows for the table: the ratio of p99, and how many of the closes were accepted."""
    with tempfile.TemporaryDirectory() as folder, Sandbox() as slack:
        slack.workspace.app.bot_token = "xoxb-bench"
        path = Path(folder) / "cxbot.db"
        _prepare(path)
        ours, port = start("cxbot", path, slack.api_url)
        theirs, other = start("baseline", Path(folder) / "baseline.db", slack.api_url)
        try:
            bare = _paced(lambda: _clicks(other), CLOSES // 10, SECONDS // 10)
            told = _paced(lambda: _deliveries(port), CLOSES, SECONDS)
        finally:
            stop(ours)
            stop(theirs)
    accepted = sum(well for well, _ in told)
    ratio = _p99(told) / _p99(bare)
    return [
        ("p99 of 10,000 closes in a minute / bare commit", f"{ratio:.1f} x", "5 x", f"{1000 * _p99(told):.1f} ms"),
        ("closes accepted", str(accepted), str(CLOSES), "1"),
    ]


def _prepare(path: Path) -> None:
    database = Database(path)
    now = datetime.now(UTC)
    given = {
        **settings.defaults("Europe/Helsinki", "en"),
        **settings.read({"name": "Support", "channel": "C0TEAM"}, SHIPPED),
    }
    given["rehearsal"] = int(given["rehearsal"])
    secret = "whsec_" + base64.b64encode(KEY).decode()
    number = database.write(lambda db: teams.add(db, given, now))
    database.write(lambda db: hooks.keep(db, Hook("desk", "generic", "", number, (secret,), now)))
    database.close()


def _paced(sender: Callable[[], Callable[[int], bool]], n: int, seconds: float) -> list[tuple[bool, float]]:
    """Send n requests evenly over some seconds, from several senders; whether each was taken, and its seconds."""
    found: list[tuple[bool, float]] = []
    numbers, begun = iter(range(n)), time.perf_counter()
    guard = threading.Lock()

    def work() -> None:
        send = sender()
        while True:
            with guard:
                number = next(numbers, None)
            if number is None:
                return
            time.sleep(max(0.0, begun + number * seconds / n - time.perf_counter()))
            sent_at = time.perf_counter()
            well = send(number)
            with guard:
                found.append((well, time.perf_counter() - sent_at))

    threads = [threading.Thread(target=work) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _clicks(port: int) -> Callable[[int], bool]:
    client = Signed(port)

    def send(number: int) -> bool:
        client.post(click_form(f"U0C{number:06}", "D0C", f"key{number}", 9, time.time()))
        return True

    return send


def _deliveries(port: int) -> Callable[[int], bool]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def send(number: int) -> bool:
        now = datetime.now(UTC)
        data = {
            "id": f"C-{number}",
            "customer": {"email": f"p{number}@sample.example"},
            "agent": "Anna",
            "topic": "login",
        }
        body = json.dumps({"type": "conversation.closed", "timestamp": now.isoformat(), "data": data}).encode()
        stamp = str(int(now.timestamp()))
        signed = hmac.digest(KEY, f"msg_{number}.{stamp}.".encode() + body, hashlib.sha256)
        headers = {
            "Content-Type": "application/json", "webhook-id": f"msg_{number}", "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
        }  # fmt: skip
        connection.request("POST", "/hooks/desk", body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status == 202

    return send


def _p99(found: list[tuple[bool, float]]) -> float:
    return sorted(seconds for _, seconds in found)[len(found) * 99 // 100]

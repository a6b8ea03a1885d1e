"""The Socket Mode server: sends payloads to connected apps and waits for their acknowledgements."""

from __future__ import annotations

import json
import logging
import random
import secrets
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from .errors import JSON

MAX_CONNECTIONS = 10
_log = logging.getLogger("cxbot.sandbox.sockets")


@dataclass
class _Pending:
    """An envelope that was sent and not yet acknowledged."""

    answered: threading.Event = field(default_factory=threading.Event)
    payload: JSON | None = None


class SocketServer:
    """The Socket Mode server. Apps connect with a one-time address from apps.connections.open. Each payload goes to one
    connection, chosen at random."""

    def __init__(self, app_id: str) -> None:
        self._app_id = app_id
        self._lock = threading.Lock()
        self._tickets: set[str] = set()
        self._connections: list[ServerConnection] = []
        self._pending: dict[str, _Pending] = {}
        self._silent: set[ServerConnection] = set()
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        quiet = logging.getLogger("cxbot.sandbox.sockets.protocol")
        quiet.setLevel(logging.CRITICAL)
        self._server = serve(self._serve_connection, "127.0.0.1", 0, logger=quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, name="sandbox-sockets", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        for connection in self._snapshot():
            connection.close()
        self._thread.join(5)
        self._server = self._thread = None

    @property
    def connected(self) -> int:
        return len(self._snapshot())

    def issue_url(self) -> str | None:
        """A one-time address for a new connection. None if there are too many connections or no server runs."""
        if self._server is None or self.connected >= MAX_CONNECTIONS:
            return None
        ticket = secrets.token_hex(16)
        with self._lock:
            self._tickets.add(ticket)
        port = self._server.socket.getsockname()[1]
        return f"ws://127.0.0.1:{port}/link/?ticket={ticket}&app_id={self._app_id}"

    def send(self, kind: str, payload: JSON, deadline: float, retry: tuple[int, str] | None = None) -> JSON | None:
        """Send one envelope and wait `deadline` seconds; returns the acknowledgement's payload (may be empty), or
        None."""
        envelope: JSON = {
            "envelope_id": secrets.token_hex(16),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope["retry_attempt"], envelope["retry_reason"] = retry or (0, "")
        pending = _Pending()
        with self._lock:
            if not self._connections:
                return None
            connection = random.choice(self._connections)
            self._pending[envelope["envelope_id"]] = pending
        try:
            if connection not in self._silent:
                connection.send(json.dumps(envelope))
            return (pending.payload or {}) if pending.answered.wait(deadline) else None
        except ConnectionClosed:
            return None
        finally:
            with self._lock:
                self._pending.pop(envelope["envelope_id"], None)

    def disconnect(self, reason: str = "refresh_requested") -> int:
        """Ask every app to reconnect, as Slack does every few hours; returns their number."""
        message = json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
        connections = self._snapshot()
        for connection in connections:
            connection.send(message)
        return len(connections)

    def go_silent(self) -> None:
        """Leave every connection open and let nothing through either way, as after a router lost its power."""
        for connection in self._snapshot():
            self._silent.add(connection)
            # The library answers pings by itself, so the bytes must not reach it.
            connection.protocol.receive_data = _dropped  # type: ignore[method-assign]

    def _snapshot(self) -> list[ServerConnection]:
        with self._lock:
            return list(self._connections)

    def _serve_connection(self, connection: ServerConnection) -> None:
        if not self._admit(connection):
            connection.close(4001, "unknown ticket")
            return
        try:
            for raw in connection:
                self._receive(raw)
        except ConnectionClosed:
            pass
        finally:
            with self._lock:
                self._connections.remove(connection)
                self._silent.discard(connection)

    def _admit(self, connection: ServerConnection) -> bool:
        path = connection.request.path if connection.request else ""
        ticket = parse_qs(urlsplit(path).query).get("ticket", [""])[0]
        with self._lock:
            if ticket not in self._tickets:
                return False
            self._tickets.remove(ticket)
            count = len(self._connections) + 1
        connection.send(json.dumps(self._hello(count)))
        with self._lock:
            self._connections.append(connection)
        return True

    def _hello(self, count: int) -> JSON:
        return {
            "type": "hello",
            "num_connections": count,
            "connection_info": {"app_id": self._app_id},
            "debug_info": {
                "host": "sandbox",
                "started": time.strftime("%Y-%m-%d %H:%M:%S"),
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
        }

    def _receive(self, raw: str | bytes) -> None:
        try:
            message = json.loads(raw)
            envelope_id = message["envelope_id"]
        except (ValueError, KeyError, TypeError):
            _log.warning("An app sent something that is not an acknowledgement.")
            return
        with self._lock:
            pending = self._pending.get(envelope_id)
        if pending is not None:
            payload = message.get("payload")
            pending.payload = payload if isinstance(payload, dict) else None
            pending.answered.set()


def _dropped(data: bytes | bytearray) -> None:
    """What arrives on a silent connection."""

"""The Socket Mode connection: Slack sends events through a WebSocket that the bot opens."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

log = logging.getLogger("cxbot.socket")

PING_EVERY = 2.0  # seconds
SILENT_AFTER = 3.0  # pings without an answer, after which a connection is dead


class Checked(SocketModeHandler):
    """Bolt's handler for payloads that pass a `check`. It raises ValueError for others; these are not acknowledged."""

    check: Callable[[Mapping[str, Any]], None]

    def handle(self, client: BaseSocketModeClient, req: SocketModeRequest) -> None:
        """Hand a payload on to Bolt."""
        try:
            self.check(req.payload)
        except ValueError as error:
            log.warning("slack request refused why=%s", error)
            return
        super().handle(client, req)  # type: ignore[arg-type] # Bolt narrows the type, and takes any


class SocketMode:
    """A connection that is renewed when it is dead, and says so in the log when it is lost and when it is back.

    slack_sdk takes 40 seconds, calls a dead connection connected, and never renews one that was dead from its first
    moment. `client` opens connections; its time-out should be short. `check` raises ValueError for payloads that Bolt
    must not see. `ping_every` is in seconds.
    """

    def __init__(
        self, app: App, token: str, client: WebClient, check: Callable[[Mapping[str, Any]], None],
        ping_every: float = PING_EVERY,
    ) -> None:  # fmt: skip
        self._silent_after = SILENT_AFTER * ping_every
        # slack_sdk's own renewal is off: two that renew a connection would get in each other's way.
        self._handler = Checked(
            app, token, web_client=client, proxy=client.proxy, ping_interval=ping_every, auto_reconnect_enabled=False
        )
        self._handler.check = check
        self._begun = ("", 0.0)
        self._lost_at: float | None = None
        self._renewing: threading.Thread | None = None
        self._closed = False

    def connect(self) -> None:
        """Open the connection. Raises SlackApiError for a token that Slack refuses, and what the network raises."""
        self._handler.connect()  # type: ignore[no-untyped-call] # Bolt leaves it untyped

    def close(self) -> None:
        """Close the connection for good."""
        self._closed = True
        if self._renewing is not None:
            self._renewing.join()
        self._handler.close()  # type: ignore[no-untyped-call] # Bolt leaves it untyped

    @property
    def alive(self) -> bool:
        """Whether Slack has answered a ping lately."""
        session = self._handler.client.current_session
        if session is None or not session.is_active():
            return False
        if session.last_ping_pong_time is None:
            if self._begun[0] != session.session_id:
                self._begun = (session.session_id, time.monotonic())
            return time.monotonic() - self._begun[1] < self._silent_after
        # slack_sdk notes the time by the wall clock, which may have been set back since.
        return bool(abs(time.time() - session.last_ping_pong_time) < self._silent_after)

    def watch(self) -> None:
        """Renew a dead connection, in a thread of its own. To be called about every second."""
        if self._closed:
            return
        if self.alive:
            if self._lost_at is not None:
                log.info("socket mode is connected again after=%.0fs", time.monotonic() - self._lost_at)
                self._lost_at = None
            return
        if self._lost_at is None:
            self._lost_at = time.monotonic()
            log.warning("socket mode connection lost")
        if self._renewing is not None and self._renewing.is_alive():
            return
        self._renewing = threading.Thread(target=self._renew, name="cxbot-socket", daemon=True)
        self._renewing.start()

    def _renew(self) -> None:
        session = self._handler.client.current_session
        try:
            if session is not None:
                session.disconnect()
        except AttributeError:
            pass  # slack_sdk has just closed it as well
        try:
            self._handler.client.connect_to_new_endpoint(force=True)
        except Exception as error:  # noqa: BLE001 - whatever the network does, the next second tries again
            log.warning("socket mode can't be connected error=%s", type(error).__name__)

"""Runs waitress in a thread, and stops it without interrupting requests."""

from __future__ import annotations

import threading
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError, TransferEncodingNotImplemented
from waitress.server import create_server
from waitress.wasyncore import close_all

THREADS = 16  # for requests; each spends most of its time waiting for the writer's commit
LIMITS = {
    "max_request_body_size": 1_048_576,  # bytes, while they are read; Slack's payloads are far smaller
    "max_request_header_size": 32_768,
    "connection_limit": 500,
    "channel_timeout": 10,  # seconds without a whole request; Slack does not keep idle connections for long
    "cleanup_interval": 2,
    "asyncore_use_poll": True,  # select() ends at 1,024 files
}
FINISH_WITHIN = 5.0  # seconds that running requests get to finish


class _Parser(HTTPRequestParser):  # type: ignore[misc] # waitress is untyped
    """Refuses every head that it can't read: waitress calls some a fault of its own, and logs others as one."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head of a request. Raises ParsingError, which is answered with 400."""
        try:
            super().parse_header(header_plus)
        except TransferEncodingNotImplemented as error:
            raise ParsingError("Transfer-Encoding is not supported") from error
        except ValueError as error:  # a length of more digits than Python reads
            raise ParsingError("Content-Length is invalid") from error


class _Channel(HTTPChannel):  # type: ignore[misc] # waitress is untyped
    """A connection on which a request that comes drop by drop is no activity: it has to be whole in time."""

    parser_class = _Parser

    def handle_read(self) -> None:
        """Read what has come."""
        begun, since = self.request, float(self.last_activity)  # type: ignore[has-type]
        super().handle_read()
        if begun is not None and self.request is begun:
            self.last_activity = since


class Server:
    """Opens its port when it is created and answers after `start`. Raises OSError if the port can't be used."""

    def __init__(self, web: Flask, host: str, port: int = 0) -> None:
        self._sockets: dict[int, Any] = {}  # waitress's default map is shared by all servers of a process
        try:
            self._server = create_server(
                web, host=host, port=port, threads=THREADS, ident=None, map=self._sockets, **LIMITS
            )
        except OSError:
            close_all(self._sockets)
            raise
        self._server.channel_class = _Channel
        self._thread = threading.Thread(target=self._server.run, name="cxbot-web", daemon=True)

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._server.effective_port)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Let running requests finish, end the loop, then close the sockets.

        The loop must not close the sockets itself: if the last request has just pulled the trigger, the loop would
        close the trigger during the pull that ends it.
        """
        self._server.task_dispatcher.shutdown(cancel_pending=False, timeout=FINISH_WITHIN)
        left: dict[int, Any] = {}

        def leave() -> None:
            left.update(self._sockets)
            self._sockets.clear()

        if self._thread.is_alive():
            self._server.trigger.pull_trigger(leave)
            self._thread.join(FINISH_WITHIN)
        close_all(left or self._sockets)

"""A small mail server on 127.0.0.1: it takes every mail, and nothing leaves this machine."""

from __future__ import annotations

import contextlib
import re
import socketserver
import threading
from collections.abc import Callable

LONGEST_LINE = 1000  # bytes of a command
PATH = re.compile(r"(?:FROM|TO):\s*<([^<>]*)>", re.IGNORECASE)


class MailServer(socketserver.ThreadingTCPServer):
    """Gives every mail to `take`: the addresses it is for, and its bytes. It listens from the beginning, and answers
    between `start` and `stop`."""

    daemon_threads = True

    def __init__(self, take: Callable[[list[str], bytes], None]) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.take = take
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), name="sandbox-mail", daemon=True)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self._thread.join(5)
        self.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    """One connection: the commands of RFC 5321 that it takes to hand over mails."""

    server: MailServer

    def handle(self) -> None:
        """Answer until the other side leaves, in whatever way."""
        with contextlib.suppress(ConnectionError):
            self._say("220 sandbox ESMTP")
            self._talk()

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def _talk(self) -> None:
        to: list[str] | None = None  # None until a mail begins
        while line := self.rfile.readline(LONGEST_LINE):
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            path = PATH.match(rest)
            match verb.upper():
                case "EHLO":
                    self._say("250-sandbox", "250-8BITMIME", "250 SMTPUTF8")
                case "HELO" | "RSET":
                    to = None
                    self._say("250 OK")
                case "MAIL" if path:
                    to = []
                    self._say("250 OK")
                case "RCPT" if path and to is not None:
                    to.append(path[1])
                    self._say("250 OK")
                case "MAIL" | "RCPT" if not path:
                    self._say("501 No address")
                case "DATA" if to:
                    self._say("354 End with a line of one dot")
                    self.server.take(to, self._content())
                    to = None
                    self._say("250 OK")
                case "RCPT" | "DATA":
                    self._say("503 Not in this order")
                case "QUIT":
                    self._say("221 Bye")
                    return
                case _:
                    self._say("502 Not known here")

    def _content(self) -> bytes:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise ConnectionError("The mail has no end.")
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

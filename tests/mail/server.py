"""A real mail server that keeps what it takes, and fails when it is told to."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

NEVER, DROP = "never", "drop"


class MailServer:
    """Takes every mail, unless the next answer to a command is set: a line, `NEVER` (no answer) or `DROP` (the
    connection ends). It encrypts with `tls`, from the beginning if it is to be `whole`."""

    def __init__(
        self, password: str = "", host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, whole: bool = False
    ) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.next: dict[str, deque[str]] = {"MAIL": deque(), "RCPT": deque(), "DATA": deque()}
        self.utf8 = False
        self.heard: list[str] = []
        self._host = host
        self._tls = tls
        self._whole = whole
        self._password = password
        self._loop = asyncio.new_event_loop()
        self._ends = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"{'smtps' if self._whole else 'smtp'}://{self._host}:{self.port}"

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(
            self._connection, self._host, 0, ssl=self._tls if self._whole else None
        )
        self.port = self._server.sockets[0].getsockname()[1]

    def _connection(self) -> SMTP:
        return SMTP(
            self, hostname="mail.test", loop=self._loop, enable_SMTPUTF8=self.utf8, auth_require_tls=False,
            auth_required=bool(self._password), authenticator=self._knows,
            tls_context=None if self._whole else self._tls,
        )  # fmt: skip

    def _knows(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        well = isinstance(given, LoginPassword) and given.password == self._password.encode()
        return AuthResult(success=well, handled=False)

    async def handle_EHLO(  # the form with five arguments says what is offered
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, offers: list[str]
    ) -> list[str]:
        self.heard.append("EHLO")
        session.host_name = hostname
        return offers

    async def _answer(self, server: SMTP, command: str) -> str:
        self.heard.append(command)
        answer = self.next[command].popleft() if self.next[command] else "250 OK"
        if answer == NEVER:
            await self._ends.wait()
        if answer in (NEVER, DROP):
            server.transport.abort()
        return answer

    async def handle_MAIL(self, server: SMTP, _: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        answer = await self._answer(server, "MAIL")
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server: SMTP, _: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        answer = await self._answer(server, "RCPT")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:
        answer = await self._answer(server, "DATA")
        if answer.startswith("250") or answer == DROP:  # a server that took a mail may fail to say so
            content = envelope.content
            assert isinstance(content, bytes)
            mail = message_from_bytes(content, policy=default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
            self.envelopes.append((str(envelope.mail_from), list(envelope.rcpt_tos)))
        return answer

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _close(self) -> None:
        self._ends.set()
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def mail_server(**given: Any) -> Iterator[MailServer]:
    """A mail server for the time of a test."""
    server = MailServer(**given)
    server.start()
    try:
        yield server
    finally:
        server.stop()

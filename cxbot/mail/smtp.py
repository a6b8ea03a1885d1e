"""Hands mails to the company's mail server, and says what became of each."""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from cxbot.errors import N_
from cxbot.mail.compose import written
from cxbot.outgoing.calls import Outcome

TIMEOUT = 15.0  # seconds until the server has to take a mail
AFTER_DATA = 30.0  # seconds for its last answer: it may look at the mail first
REST = 300.0  # seconds before a mail is tried again that the server put off, as servers do with unknown senders
WAIT = 10.0  # seconds without any mail after a refusal of them all: many wrong passwords would lock the user out
PORTS = {"smtp": 587, "smtps": 465}
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# After these answers an admin has to mend the user, the password or the encryption. They are about no single mail.
OF_THE_WIRE = (530, 534, 535, 538)
ADDRESS = re.compile(r"<[^<>]*>|\S*@\S+")
LONGEST_REASON = 120  # characters
CANT_WRITE = N_("the mail server can't send to such an address")


class _Answer(Exception):
    """The server said no: to this mail, or to whatever was sent."""

    def __init__(self, code: int, says: bytes, *, of_mail: bool) -> None:
        super().__init__(code)
        self.code = code
        self.says = says
        self.of_mail = of_mail


class Mailer:
    """Sends mails through one server, each over a connection of its own.

    `url` is `smtp://user:password@host:port` or `smtps://…`; user and password are written with %XX where needed. A
    server that is not on this machine has to encrypt, with a certificate that holds. `timeout` is in seconds.
    """

    def __init__(self, url: str, timeout: float = TIMEOUT, after_data: float = AFTER_DATA) -> None:
        parts = urlsplit(url)
        self.host = parts.hostname or ""
        self.port = parts.port or PORTS[parts.scheme]
        self._whole = parts.scheme == "smtps"
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._timeout = timeout
        self._after_data = after_data

    @property
    def starts_tls(self) -> bool:
        """Whether a plain connection has to become an encrypted one before anything is sent."""
        return not self._whole and self.host not in LOOPBACK

    @property
    def longest(self) -> float:
        """How long sending a mail may take, in seconds."""
        return self._timeout + self._after_data

    def check(self) -> Outcome:
        """Connect, encrypt and log in, without any mail."""
        return self._with_server(lambda _: Outcome("ok"))

    def send(self, mail: EmailMessage, sender: str, to: str) -> Outcome:
        """Hand over one mail. It never raises: what the server and the network say is the outcome."""
        return self._with_server(lambda server: server.hand_over(mail, sender, to))

    def _with_server(self, work: Callable[[_Server], Outcome]) -> Outcome:
        server: _Server | None = None
        try:
            server = _Server(self.host, self.port, self._whole, self._timeout, self._after_data)
            server.greet(self.starts_tls)
            if self._user:
                server.log_in(self._user, self._password)
            return work(server)
        except _Answer as answer:
            return _outcome(answer.code, answer.says, of_mail=answer.of_mail)
        except OSError as error:  # smtplib's and ssl's errors are among these
            if server is not None and server.sent:
                return Outcome("unknown", error=type(error).__name__)
            return _failed(error)
        finally:
            if server is not None:
                server.leave()


class _Server:
    """One connection. All steps before the mail itself share one time-out, so that a slow server can't add them up."""

    def __init__(self, host: str, port: int, encrypted: bool, timeout: float, after_data: float) -> None:
        self._until = time.monotonic() + timeout
        self._after_data = after_data
        self._context = ssl.create_default_context()
        self.sent = False  # whether the server may have taken the mail
        self._smtp = (
            smtplib.SMTP_SSL(host, port, timeout=timeout, context=self._context)
            if encrypted
            else smtplib.SMTP(host, port, timeout=timeout)
        )

    def _hurry(self) -> None:
        """Leave the next step no more time than there is."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(left)

    def greet(self, starts_tls: bool) -> None:
        """Say hello, and encrypt. Raises SMTPNotSupportedError if the server can't."""
        self._hurry()
        self._smtp.ehlo_or_helo_if_needed()
        if starts_tls:
            self._hurry()
            self._smtp.starttls(context=self._context)
            self._hurry()
            self._smtp.ehlo()

    def log_in(self, user: str, password: str) -> None:
        """Log in."""
        self._hurry()
        self._smtp.login(user, password)

    def hand_over(self, mail: EmailMessage, sender: str, to: str) -> Outcome:
        """Send one mail to one address."""
        wide = not to.isascii()
        if wide and not self._smtp.has_extn("smtputf8"):
            return Outcome("refused", error=CANT_WRITE, final=True)
        options = [*(["SMTPUTF8"] if wide else []), *(["BODY=8BITMIME"] if self._smtp.has_extn("8bitmime") else [])]
        self._hurry()
        self._expect(self._smtp.mail(sender, options), (250,), of_mail=False)
        self._hurry()
        self._expect(self._smtp.rcpt(to), (250, 251), of_mail=True)
        self._hurry()
        self._expect(self._smtp.docmd("DATA"), (354,), of_mail=True)
        content = re.sub(rb"(?m)^\.", b"..", written(mail)) + b".\r\n"
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(self._after_data)
        self.sent = True
        self._smtp.send(content)
        answer = self._smtp.getreply()
        if 200 <= answer[0] < 300:
            return Outcome("ok")
        if not 400 <= answer[0] < 600:
            return Outcome("unknown", error="unreadable answer")
        raise _Answer(*answer, of_mail=True)

    @staticmethod
    def _expect(answer: tuple[int, bytes], codes: tuple[int, ...], *, of_mail: bool) -> None:
        code, says = answer
        if code not in codes:
            raise _Answer(code, says, of_mail=of_mail)

    def leave(self) -> None:
        """End the connection; nobody needs an answer any more."""
        with suppress(OSError):
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(1)
                self._smtp.putcmd("QUIT")
        self._smtp.close()


def _outcome(code: int, says: bytes | str, *, of_mail: bool) -> Outcome:
    """What a no means: a 5xx is for good, anything else for now; about this mail, or about every one."""
    words = says if isinstance(says, str) else says.decode("utf-8", "replace")
    reason = f"{code} {_plain(words)}".strip()
    if not 500 <= code < 600:
        return Outcome("later", error=reason, rest=REST)
    if of_mail and code not in OF_THE_WIRE:
        return Outcome("refused", error=reason, final=True)
    return Outcome("refused", error=reason, wait=WAIT, rest=REST)


def _failed(error: OSError) -> Outcome:
    """Why no mail was sent: the server said no before it, or can't do what is needed, or there was no connection."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _outcome(error.smtp_code, error.smtp_error, of_mail=False)
    if isinstance(error, smtplib.SMTPServerDisconnected) or not isinstance(error, smtplib.SMTPException | ssl.SSLError):
        return Outcome("later", error=type(error).__name__)
    return Outcome("refused", error=_plain(str(error)), wait=WAIT, rest=REST)


def _plain(text: str) -> str:
    """A server's words without addresses, on one line, shortened. They are logged and shown."""
    words = ADDRESS.sub("…", " ".join(text.split()))
    shown = "".join(sign for sign in words if sign.isprintable())
    return shown if len(shown) <= LONGEST_REASON else shown[: LONGEST_REASON - 1].rstrip() + "…"

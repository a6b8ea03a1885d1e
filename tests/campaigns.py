"""Campaigns, as an admin starts and watches them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from cxbot.sandbox import Reply
from tests.desk import Desk
from tests.mail.server import MailServer, mail_server
from tests.office import Office

PUBLIC, SENDER = "https://cx.example.com", "Support <support@example.com>"


class Mailing(Office):
    """An office with a mail server, and a terminal beside it."""

    server: ClassVar[MailServer]

    def terminal(self) -> Desk:
        return Desk(self.path.parent, CXBOT_TIMEZONE="Europe/Helsinki", **self.environment)

    def cxbot(self, *words: str, code: int = 0) -> str:
        """A command at the office's time."""
        timed = ("--at", self.now().isoformat()) if words[1] in ("start", "pause", "resume", "stop") else ()
        return self.terminal().run(*words, *timed, code=code)

    def file(self, people: Iterable[str], name: str = "spring.csv") -> str:
        return self.terminal().write([["customer"], *([each] for each in people)], name)

    def begin(self, people: Iterable[str], *more: str, over: str = "10d", code: int = 0) -> str:
        """Start the campaign `spring` in the terminal."""
        return self.cxbot("campaign", "start", self.file(people), "--survey", "nps", "--over", over, *more, code=code)

    def show(self, name: str = "spring") -> dict[str, Any]:
        """The progress of a campaign."""
        found: dict[str, Any] = json.loads(self.cxbot("campaign", "show", name, "--json"))
        assert found["people"] == found["waiting"] + found["sent"] + sum(found["not_asked"].values())
        return found

    def run_for(self, days: int) -> None:
        """Let some days pass, hour by hour."""
        for _ in range(24 * days):
            self.pass_time(hours=1)

    def receivers(self) -> list[str]:
        """Whom the mail server got mails for, in order."""
        return [address for _, to in self.server.envelopes for address in to]


@contextmanager
def mailing(folder: Path, **given: Any) -> Iterator[Mailing]:
    """An office whose bot sends mails."""
    with mail_server() as server:

        class WithServer(Mailing):
            environment: ClassVar[dict[str, str]] = {
                "CXBOT_PUBLIC_URL": PUBLIC, "CXBOT_SMTP_URL": server.url, "CXBOT_MAIL_FROM": SENDER,
            }  # fmt: skip

        WithServer.server = server
        with WithServer(folder, **given) as office:
            assert isinstance(office, Mailing)
            yield office


def people(n: int) -> list[str]:
    """The addresses of some people."""
    return [f"person{number}@example.com" for number in range(n)]


def submit(office: Office, addresses: str = "", user: str = "", **values: Any) -> Reply:
    """Fill in the form of `/cx campaign`, and send it."""
    user = user or office.ada
    assert "The form is open" in office.command(office.ada, "/cx", "campaign")
    view = office.slack.views(office.ada)[-1]
    given = {"name": "Spring", "survey": "nps", "over": "10d", "addresses": addresses, **values}
    return office.slack.submit(user, view["id"], {name: {name: value} for name, value in given.items()})

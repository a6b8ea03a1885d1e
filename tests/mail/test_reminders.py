"""The one reminder by e-mail: in the thread of the mail, with its links, and never a second time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from cxbot.core.invitations.replies import Action
from cxbot.core.invitations.rules import Invitation
from cxbot.store.engine.statements import rows
from cxbot.store.records import answers, endings, invitations
from tests.mail.server import DROP, MailServer
from tests.mail.test_survey_mails import CARLA, invite
from tests.office import Office


@pytest.fixture
def office(tmp_path: Path, server: MailServer) -> Iterator[Office]:
    with Office(tmp_path, reminder_days="2") as made:
        made.reach_by_mail(server.url)
        yield made


def links(mail: EmailMessage) -> list[str]:
    body = mail.get_body(("plain",))
    assert body is not None
    return re.findall(r"https?://\S+", body.get_content())


def mailed(office: Office) -> Invitation:
    asked = invite(office)
    office.pass_time(minutes=10)
    return asked


def test_after_the_days_a_second_mail_comes_in_the_thread_of_the_first(office: Office, server: MailServer) -> None:
    mailed(office)
    office.pass_time(hours=47, minutes=59)
    assert len(server.mails) == 1
    office.pass_time(minutes=1)
    first, second = server.mails
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert second["Message-ID"] != first["Message-ID"]
    assert (second["Subject"], second["To"]) == (first["Subject"], first["To"])
    assert links(second) == links(first)
    assert second["List-Unsubscribe"] == first["List-Unsubscribe"]
    assert second["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = (second.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    for body in (text, html):
        assert "A reminder, the only one: our team Support asked you a small question" in body.get_content()
    assert "Reminded, as there was no answer." in office.command(office.anna, "/cx", f"why {CARLA}")
    assert office.response()["response"]["sent"] == 1
    office.pass_time(hours=72)
    assert len(server.mails) == 2


def test_whoever_answered_or_unsubscribed_gets_none(office: Office, server: MailServer) -> None:
    for number, customer in enumerate((CARLA, "dora@customer.example")):
        asked = invite(office, customer)
        office.pass_time(minutes=10)
        sent = invitations.by_key(office.database.reader, asked.key)
        assert sent is not None
        if number:
            office.database.write(lambda db, who=customer: endings.opt_out(db, who, office.now()))  # type: ignore[misc]
        else:
            item, action = sent.survey.first, Action("1.0", office.now())
            office.database.write(lambda db, of=sent, item=item, at=action: answers.take_score(db, of, item, 4, at))  # type: ignore[misc]
    office.pass_time(hours=49)
    assert len(server.mails) == 2


def test_a_reminder_that_is_put_off_has_the_same_id(office: Office, server: MailServer) -> None:
    mailed(office)
    server.next["DATA"].append("451 4.7.1 greylisted, come back in five minutes")
    office.pass_time(hours=48)
    assert len(server.mails) == 1
    office.pass_time(minutes=6)
    assert len(server.mails) == 2


def test_a_reminder_without_a_confirmation_is_never_sent_again(office: Office, server: MailServer) -> None:
    mailed(office)
    server.next["DATA"].append(DROP)
    office.pass_time(hours=48)
    assert len(server.mails) == 2
    for _ in range(4):
        office.pass_time(hours=24)
    assert len(server.mails) == 2
    [task] = rows(office.database.reader, "SELECT state FROM outbox WHERE kind = 'mail_reminder'")
    assert task["state"] == "dead"


def test_a_reminder_that_is_refused_is_in_the_story(office: Office, server: MailServer) -> None:
    mailed(office)
    server.next["RCPT"].append("550 no such user")
    office.pass_time(hours=48)
    said = office.command(office.anna, "/cx", f"why {CARLA}")
    assert "The reminder could not be delivered: `550 no such user`." in said
    assert len(server.mails) == 1


def test_it_waits_for_the_working_hours_of_the_customers_zone(office: Office, server: MailServer) -> None:
    invite(office, timezone="America/New_York")
    office.pass_time(hours=6)  # nine o'clock in New York
    assert len(server.mails) == 1
    office.change_team(hours="mon-fri 12-18")
    for hours, minutes, n in ((48, 0, 1), (2, 59, 1), (0, 1, 2)):
        office.pass_time(hours=hours, minutes=minutes)
        assert len(server.mails) == n

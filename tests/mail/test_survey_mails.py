"""A survey by e-mail from the close to the customer's mail server, with everything that can go wrong between them."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cxbot import jobs
from cxbot.app import identify, make_bot, make_delivery
from cxbot.core.invitations.close import Close
from cxbot.core.invitations.replies import Action
from cxbot.core.invitations.rules import Invitation, Person
from cxbot.outgoing.calls import Unknown
from cxbot.service import asking
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import rows
from cxbot.store.records import answers, conversations, endings, invitations, links, outbox, teams, waiting
from cxbot.store.records.conversations import Interaction
from tests.mail.server import DROP, MailServer, mail_server
from tests.office import Office, at_once

CARLA = "carla@customer.example"
EVENING = datetime(2026, 11, 18, 15, 55, tzinfo=UTC)  # five to six in Helsinki, where work ends at six


@pytest.fixture
def office(tmp_path: Path, server: MailServer) -> Iterator[Office]:
    with Office(tmp_path) as made:
        made.reach_by_mail(server.url)
        yield made


def invite(office: Office, customer: str = CARLA, agent: str | None = None, timezone: str = "") -> Invitation:
    """A source outside Slack told of a close; its customer is known by an address."""
    team = next(team for team in office.service.bot.teams() if team.name == "Support")
    now = office.now()

    def ask(db: Connection) -> Invitation:
        known = Interaction("desk", customer, team.id, team.name, customer, timezone=timezone)
        number = conversations.closed(db, known, now).id
        made = Close(customer, office.anna if agent is None else agent, now, "hook", interaction=number)
        person = Person(customer, bot=False, gone=False, external=True, guest=False, timezone=timezone)
        return waiting.ask(db, asking.invitation_of(team, made, team.survey, person, "email"), team, now)

    return office.database.write(ask)


def state(office: Office, invitation: Invitation) -> tuple[str, str]:
    found = invitations.by_key(office.database.reader, invitation.key)
    assert found is not None
    return found.state, found.reason


def tasks(office: Office) -> list[tuple[str, int]]:
    found = rows(office.database.reader, "SELECT state, attempts FROM outbox WHERE kind = 'mail' ORDER BY id")
    return [(task["state"], task["attempts"]) for task in found]


def test_a_customer_is_asked_by_mail_after_the_delay(office: Office, server: MailServer) -> None:
    asked = invite(office)
    office.pass_time(minutes=9)
    assert server.mails == []
    office.pass_time(minutes=1)
    [mail] = server.mails
    assert server.envelopes == [("support@example.com", [CARLA])]
    assert mail["Date"].datetime == office.now()
    assert state(office, asked) == ("sent", "")
    assert office.response()["response"]["sent"] == 1


def test_the_links_of_the_mail_lead_to_the_invitation_and_the_file_does_not_tell_them(
    office: Office, server: MailServer
) -> None:
    asked = invite(office)
    office.pass_time(minutes=10)
    tokens = set(re.findall(r"/[su]/([\w-]+)", server.mails[0].as_string().replace("=\n", "").replace("=3D", "=")))
    [token] = tokens
    found = links.find(office.database.reader, token)
    assert found is not None
    assert found.key == asked.key
    office.service.stop()
    stored = b"".join(path.read_bytes() for path in office.path.parent.glob("cxbot.db*"))
    assert token.encode() not in stored
    office.service = office.serve()


def test_a_refused_address_is_undeliverable_and_the_agent_hears_of_it(office: Office, server: MailServer) -> None:
    server.next["RCPT"].append(f"550 5.1.1 <{CARLA}>: no such user")
    asked = invite(office)
    office.pass_time(minutes=10)
    assert state(office, asked) == ("undeliverable", "550 5.1.1 …: no such user")
    [told] = office.told(office.anna)
    assert told == f"The survey for {CARLA} could not be sent by e-mail: 550 5.1.1 …: no such user."
    office.pass_time(hours=2)
    assert (server.mails, tasks(office)) == ([], [("dead", 1)])


@pytest.mark.parametrize("agent", ["anna@example.com", "Anna", ""])
def test_the_leads_hear_of_it_if_the_agent_is_not_in_slack(office: Office, server: MailServer, agent: str) -> None:
    server.next["RCPT"].append("550 no such user")
    invite(office, agent=agent)
    office.pass_time(minutes=10)
    [notice] = office.notices()
    assert notice["text"] == f"The survey for {CARLA} could not be sent by e-mail: 550 no such user."
    assert office.told(office.anna) == []


def test_a_mail_that_is_put_off_is_sent_later_with_the_same_id_and_links(office: Office, server: MailServer) -> None:
    server.next["DATA"].append("451 4.7.1 greylisted, come back in five minutes")
    asked = invite(office)
    office.pass_time(minutes=10)
    assert (state(office, asked)[0], tasks(office)) == ("sending", [("due", 1)])
    office.pass_time(minutes=4)
    assert server.mails == []
    office.pass_time(minutes=2)
    assert (len(server.mails), state(office, asked)[0], tasks(office)) == (1, "sent", [("sent", 2)])
    office.pass_time(hours=3)
    assert len(server.mails) == 1


def test_a_mail_without_a_confirmation_is_never_sent_again_and_an_admin_is_told(
    office: Office, server: MailServer
) -> None:
    server.next["DATA"].append(DROP)
    asked = invite(office)
    office.pass_time(minutes=10)
    assert (state(office, asked)[0], tasks(office)) == ("sending", [("dead", 1)])
    assert "I gave up a message" in office.told(office.ada)[-1]
    for _ in range(3):
        office.pass_time(days=1)
    office.restart()
    office.pass_time(minutes=10)
    assert len(server.mails) == 1
    assert server.next["DATA"] == server.next["RCPT"]  # nobody has come again


def test_what_is_sent_again_by_hand_has_the_same_id_and_the_same_links(office: Office, server: MailServer) -> None:
    server.next["DATA"].append(DROP)
    invite(office)
    office.pass_time(minutes=10)
    [given_up] = [task for task in outbox.in_state(office.database.reader, "dead") if task.kind == "mail"]
    office.database.write(lambda db: outbox.postpone(db, given_up.id, office.now(), "by hand"))
    office.pass_time(minutes=1)
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first["List-Unsubscribe"] == second["List-Unsubscribe"]


def test_a_wrong_password_ends_no_survey_and_turns_health_red(office: Office, server: MailServer) -> None:
    server.next["MAIL"].append("530 5.7.0 authentication required")
    asked = invite(office)
    office.pass_time(minutes=10)
    assert (state(office, asked)[0], tasks(office)) == ("sending", [("due", 1)])
    status, body = office.get("/healthz")
    assert status == 503
    assert "mail" in body
    assert office.ask()  # nothing else waits for it
    assert office.get("/healthz")[0] == 503
    office.restart()  # with another password
    office.pass_time(minutes=6)
    assert (len(server.mails), state(office, asked)[0]) == (1, "sent")
    assert office.get("/healthz")[0] == 200


def test_a_server_that_is_away_gets_the_mail_when_it_is_back(office: Office, server: MailServer) -> None:
    with mail_server() as other:
        away = other.url
    office.reach_by_mail(away)
    asked = invite(office)
    office.pass_time(minutes=10)
    assert state(office, asked)[0] == "sending"
    office.reach_by_mail(server.url)
    office.pass_time(minutes=5)
    assert (len(server.mails), state(office, asked)[0]) == (1, "sent")


def test_a_late_mail_waits_for_the_working_hours_of_the_customer(office: Office, server: MailServer) -> None:
    office.clock.set(EVENING)
    server.next["RCPT"].extend(["451 later"] * 4)
    asked = invite(office, timezone="America/New_York")  # where it is morning
    office.pass_time(minutes=10)
    for _ in range(30):
        office.pass_time(hours=1)
        if server.mails:
            break
    sent_at = server.mails[0]["Date"].datetime
    assert state(office, asked)[0] == "sent"
    assert 13 <= sent_at.hour <= 23  # 8 to 18 in New York


def test_a_late_mail_does_not_go_out_at_night(office: Office, server: MailServer) -> None:
    asked = invite(office)
    office.service.stop()
    office.clock.set(datetime(2026, 11, 18, 20, 0, tzinfo=UTC))
    office.service = office.serve()
    office.settle()
    assert (server.mails, state(office, asked)[0]) == ([], "due")
    office.clock.set(datetime(2026, 11, 19, 6, 30, tzinfo=UTC))
    office.service.tick()
    office.settle()
    assert len(server.mails) == 1


def test_whoever_asks_not_to_be_asked_before_the_mail_goes_out_gets_none(office: Office, server: MailServer) -> None:
    asked = invite(office)
    office.database.write(lambda db: endings.opt_out(db, CARLA, office.now()))
    office.pass_time(minutes=10)
    assert (server.mails, state(office, asked)[0]) == ([], "withdrawn")


def test_an_address_that_is_none_is_undeliverable(office: Office, server: MailServer) -> None:
    asked = invite(office, customer="carla at home")
    office.pass_time(minutes=10)
    assert state(office, asked) == ("undeliverable", "this is no address that mail can be sent to")
    assert server.envelopes == []


def test_without_a_mail_server_a_survey_by_mail_is_undeliverable(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        asked = invite(office)
        office.pass_time(minutes=10)
        assert state(office, asked) == ("undeliverable", "no mail server is set")
        [told] = office.told(office.anna)
        assert told == f"The survey for {CARLA} could not be sent by e-mail: no mail server is set."
        assert "mail" not in office.get("/healthz")[1]


def test_a_rehearsal_sends_no_mail_and_shows_the_address_to_the_leads(office: Office, server: MailServer) -> None:
    office.database.write(lambda db: teams.change(db, teams.named(db, "Support").id, {"rehearsal": 1}))
    invite(office)
    office.pass_time(minutes=10)
    assert server.mails == []
    assert f"{CARLA} would have been asked now" in office.notices()[0]["text"]


def test_the_log_has_no_address(office: Office, server: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "cxbot")
    server.next["RCPT"].append(f"550 {CARLA} is unknown")
    invite(office)
    invite(office, customer="otto@customer.example")
    office.pass_time(minutes=10)
    assert "kind=mail" in caplog.text
    assert "@" not in caplog.text


def test_a_process_that_ends_while_sending_sends_no_second_mail(office: Office, server: MailServer) -> None:
    asked = invite(office)
    office.service.stop()
    office.clock_seconds(600)
    database = Database(office.path)
    jobs.tick(database, office.now())
    [task] = outbox.due(database.reader, office.now())
    database.write(lambda db: outbox.claim(db, task.id, office.now(), Unknown.GIVE_UP))
    database.close()
    office.service = office.serve()
    office.settle()
    assert (server.mails, state(office, asked)[0], tasks(office)) == ([], "sending", [("dead", 1)])
    assert "I gave up a message" in office.told(office.ada)[-1]


def test_the_leads_see_the_address_of_a_customer_who_was_let_down_and_no_mention(
    office: Office, server: MailServer
) -> None:
    asked = invite(office, agent="anna@example.com")
    office.pass_time(minutes=10)
    assert len(server.mails) == 1

    def answer(db: Connection) -> None:
        sent = invitations.by_key(db, asked.key)
        assert sent is not None
        answers.take_score(db, sent, sent.survey.first, 1, Action("1.0", office.now()))

    office.database.write(answer)
    office.pass_time(minutes=10)
    [notice] = office.notices()
    assert f"{CARLA} was let down." in notice["text"]
    assert "e-mail, helped by anna@example.com" in notice["text"]
    assert "<@" not in notice["text"]
    assert {kind["state"] for kind in rows(office.database.reader, "SELECT state FROM outbox")} == {"sent"}


def test_a_withdrawn_survey_and_one_that_is_over_change_nothing_in_slack(office: Office, server: MailServer) -> None:
    first, second = invite(office), invite(office, customer="otto@customer.example")
    office.pass_time(minutes=10)
    assert len(server.mails) == 2
    office.database.write(lambda db: endings.withdraw(db, first.key, "cancelled", office.now()))
    office.pass_time(days=8)
    assert (state(office, first)[0], state(office, second)[0]) == ("withdrawn", "expired")
    assert {kind["state"] for kind in rows(office.database.reader, "SELECT state FROM outbox")} == {"sent"}


def test_two_senders_never_send_one_mail_twice(office: Office, server: MailServer) -> None:
    """Another process sends at the same moment, as after a lock that was lost."""
    for number in range(8):
        invite(office, customer=f"customer{number}@customer.example")
    office.service.stop()
    office.clock_seconds(600)
    database = Database(office.path)
    jobs.tick(database, office.now())
    bots = [make_bot(office.settings, database, identify(office.settings), office.now) for _ in range(2)]
    deliveries = [make_delivery(office.settings, bot) for bot in bots]
    at_once(lambda delivery: delivery.deliver(office.now()), deliveries)
    for opened in (*deliveries, *(bot.chart_process for bot in bots), *(bot.workers for bot in bots), database):
        opened.close()
    office.service = office.serve()
    office.settle()
    assert len(server.mails) == len({mail["Message-ID"] for mail in server.mails}) == 8


def test_a_mail_that_may_have_been_sent_since_a_back_up_is_not_sent_again(office: Office, server: MailServer) -> None:
    server.next["RCPT"].append("451 later")
    asked = invite(office)
    office.pass_time(minutes=10)
    office.database.write(lambda db: outbox.doubt(db, office.now()))  # as `cxbot restore` does
    office.pass_time(hours=1)
    office.slack.wait_for(lambda: not office.unknown() or None, timeout=10)
    office.pass_time(hours=1)
    assert (server.mails, state(office, asked)[0], tasks(office)) == ([], "sending", [("dead", 1)])
    assert "I gave up a message" in office.told(office.ada)[-1]

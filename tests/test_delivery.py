"""The outbox when Slack fails: nothing twice, nothing forgotten, no blind retries."""

from __future__ import annotations

import dataclasses
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cxbot.app import PER_MINUTE, RunningBot, identify, make_bot, make_delivery
from cxbot.delivery.sending import AT_ONCE
from cxbot.errors import ConfigError
from cxbot.outgoing.rate_limits import RateLimits
from cxbot.sandbox import ALL_SCOPES
from cxbot.store.engine.connection import Connection, StoreError, connect
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import rows, run
from cxbot.store.engine.times import stamp
from cxbot.store.records import outbox
from tests.digests import digests
from tests.office import REACTION, Office, labels

NO_HISTORY = sorted(set(ALL_SCOPES) - {"channels:history", "groups:history", "im:history"})


def surveys(office: Office, channel: str | None = None) -> list[str]:
    where = channel or office.slack.dm(office.carla)
    return [each["ts"] for each in office.slack.messages(where) if "Not now" in labels(each)]


def posts(office: Office) -> int:
    return len([call for call in office.slack.calls if call.method == "chat.postMessage"])


def ask(office: Office) -> None:
    office.command(office.anna, "/cx", f"ask <@{office.carla}>", office.acme)


def reconciled(office: Office) -> None:
    """Let the time pass after which an unknown outcome is looked up, and wait until it was."""
    office.pass_time(seconds=91)
    office.slack.wait_for(lambda: not office.unknown())
    office.settle()


@pytest.mark.parametrize(
    ("kind", "options"),
    [("drop_after", {}), ("half_body", {}), ("bare", {}), ("500", {"carried_out": True}),
     ("html_200", {"carried_out": True}),
     ("timeout", {"carried_out": True, "seconds": 0.05}),
     ("error", {"code": "internal_error", "carried_out": True}), ("error", {"code": "fatal_error"})],
)  # fmt: skip
def test_a_post_without_an_answer_is_looked_up_and_not_repeated(
    office: Office, kind: Any, options: dict[str, Any]
) -> None:
    office.slack.faults.next("chat.postMessage", kind, **options)
    ask(office)
    assert len(office.unknown()) == 1
    arrived = len(surveys(office))
    tries = posts(office)
    office.pass_time(seconds=89)
    assert posts(office) == tries
    reconciled(office)
    assert len(surveys(office)) == 1
    assert office.invitations()[0]["state"] == "sent"
    assert posts(office) == tries + (1 - arrived)


@pytest.mark.parametrize("kind", ["drop_before", "500", "html_200"])
def test_a_post_that_never_arrived_is_looked_up_and_then_sent(office: Office, kind: Any) -> None:
    office.slack.faults.next("chat.postMessage", kind)
    ask(office)
    assert surveys(office) == []
    reconciled(office)
    assert len(surveys(office)) == 1


def test_a_post_in_a_thread_is_looked_up_in_its_thread(office: Office) -> None:
    thread = office.conversation()
    office.close(thread)
    office.slack.faults.next("chat.postMessage", "drop_after")
    office.pass_time(minutes=10)
    reconciled(office)
    assert len(surveys(office, office.acme)) == 1
    assert [call.method for call in office.slack.calls if "replies" in call.method][-1] == "conversations.replies"


@pytest.mark.parametrize("before", [True, False])
def test_a_post_is_found_however_much_was_written_around_it(office: Office, before: bool) -> None:
    """Everything since the attempt is looked through, so 300 messages hide nothing, before it or after it."""
    thread = office.conversation()
    chatter = [f"And question {number}?" for number in range(301)]
    if before:
        for text in chatter:
            office.slack.post(office.carla, office.acme, text, thread_ts=thread)
    office.close(thread)
    office.slack.faults.next("chat.postMessage", "drop_after")
    office.pass_time(minutes=10)
    if not before:
        for text in chatter:
            office.slack.post(office.carla, office.acme, text, thread_ts=thread)
    tries = posts(office)
    asked = len([call for call in office.slack.calls if call.method == "conversations.replies"])
    reconciled(office)
    assert len(surveys(office, office.acme)) == 1
    assert posts(office) == tries
    assert office.invitations()[0]["state"] == "sent"
    asked = len([call for call in office.slack.calls if call.method == "conversations.replies"]) - asked
    assert asked == 1, "only what came since the attempt is read"


def test_a_digest_is_not_doubled_by_a_busy_channel(office: Office) -> None:
    office.slack.faults.next("chat.postMessage", "drop_after")
    office.command(office.leo, "/cx", "digest post")
    for number in range(301):
        office.slack.post(office.leo, office.team_channel, f"Talk {number}")
    reconciled(office)
    assert len(digests(office)) == 1


def test_a_look_up_that_slack_puts_off_is_no_reason_to_alarm_anybody(office: Office) -> None:
    office.slack.faults.next("chat.postMessage", "drop_after")
    office.slack.faults.next("conversations.history", "rate_limited", retry_after=40)
    ask(office)
    office.pass_time(seconds=91)
    office.slack.wait_for(lambda: not office.slack.faults.waiting())
    assert len(office.unknown()) == 1
    reconciled(office)
    assert len(surveys(office)) == 1
    assert office.told(office.ada) == []


@pytest.mark.parametrize("kind", ["html_200", "half_body", "500", "drop_after", "bare"])
def test_no_answer_to_a_look_up_ends_delivery(office: Office, kind: Any) -> None:
    office.slack.faults.next("chat.postMessage", "drop_after")
    office.slack.faults.next("conversations.history", kind)
    ask(office)
    office.pass_time(seconds=91)
    office.slack.wait_for(lambda: office.told(office.ada))
    assert office.service.health()["outbox"]
    office.pass_time(hours=1, seconds=1)
    office.slack.wait_for(lambda: not office.unknown())
    assert len(surveys(office)) == 1


def test_without_history_an_unknown_post_is_never_repeated_and_an_admin_is_told_once(tmp_path: Path) -> None:
    with Office(tmp_path, scopes=NO_HISTORY) as office:
        office.slack.faults.next("chat.postMessage", "drop_before")
        ask(office)
        for _ in range(4):
            office.pass_time(minutes=30)
        office.slack.wait_for(lambda: office.told(office.ada))
        assert len(office.unknown()) == 1
        assert surveys(office) == []
        assert len(office.told(office.ada)) == 1
        assert "I do not send it again" in office.told(office.ada)[0]


def test_an_unknown_post_is_not_looked_up_all_the_time(office: Office) -> None:
    office.slack.faults.next("chat.postMessage", "drop_after")
    office.slack.faults.next("conversations.history", "500", times=50)
    ask(office)
    office.pass_time(seconds=91)
    office.slack.wait_for(lambda: office.told(office.ada))
    for word in ("pause", "resume") * 5:
        office.command(office.leo, "/cx", word)
        office.pass_time(minutes=5)
    assert len([call for call in office.slack.calls if call.method == "conversations.history"]) == 1


def test_a_customer_can_be_asked_again_when_an_outcome_never_became_known(tmp_path: Path) -> None:
    with Office(tmp_path, scopes=NO_HISTORY) as office:
        office.slack.faults.next("chat.postMessage", "drop_before")
        ask(office)
        assert "already waiting" in office.command(office.anna, "/cx", f"ask <@{office.carla}>")
        office.pass_time(days=7)
        assert "is being asked" in office.command(office.anna, "/cx", f"ask <@{office.carla}>")
        assert len(surveys(office)) == 1


def test_a_crash_while_sending_is_looked_up_after_the_start(office: Office) -> None:
    ask(office)
    office.database.write(lambda db: run(db, "UPDATE outbox SET state = 'sending'"))
    office.database.write(
        lambda db: run(db, "UPDATE invitations SET state = 'sending', sent_at = NULL, message_ts = ''")
    )
    office.database.write(lambda db: run(db, "DELETE FROM ratings"))
    office.restart()
    office.slack.wait_for(office.unknown)
    reconciled(office)
    assert len(surveys(office)) == 1
    assert office.invitations()[0]["message_ts"] == surveys(office)[0]


@pytest.mark.parametrize(
    ("kind", "if_unknown", "state"), [("survey_close", "repeat", "sent"), ("asked", "give up", "dead")]
)
def test_a_crash_while_sending_is_treated_like_a_dropped_connection(
    office: Office, kind: str, if_unknown: str, state: str
) -> None:
    """What may be repeated is sent again; what can't be looked up is given up, and somebody hears of it."""
    ask(office)
    key = office.invitations()[0]["key"]
    now = office.now()
    office.database.write(lambda db: outbox.put(db, kind, key, now, user=office.anna, channel=office.acme))
    office.service.stop()
    database = Database(office.path)
    database.write(lambda db: run(
        db, "UPDATE outbox SET state = 'sending', tried_at = :now, if_unknown = :what WHERE kind = :kind",
        now=stamp(now), what=if_unknown, kind=kind,
    ))  # fmt: skip
    database.close()
    whispers = len(office.whispers(office.anna))
    office.service = office.serve()
    office.pass_time(seconds=10)
    found = [row["state"] for row in rows(office.database.reader, "SELECT * FROM outbox WHERE kind = :k", k=kind)]
    assert found == [state]
    assert len(office.whispers(office.anna)) == whispers
    assert bool([text for text in office.told(office.ada) if "I gave up a message" in text]) == (state == "dead")


def test_a_refresh_is_on_disk_as_what_it_is_before_its_call(office: Office) -> None:
    """It is claimed before anybody knows that it is a note that only one person sees, which must not come twice."""
    _, ts = office.thread_survey()
    office.slack.faults.next("chat.postEphemeral", "slow", seconds=0.5)
    office.slack.click(office.carla, office.acme, ts, label="2")
    office.slack.wait_for(lambda: office.slack.held)
    [task] = [task for task in outbox.in_state(office.database.reader, "sending") if task.kind == "followup"]
    assert task.if_unknown == "give up"
    office.settle()


@pytest.mark.parametrize("error", ["org_login_required", "team_added_to_org", "accesslimited", "a_new_error"])
def test_a_refusal_of_the_workspace_ends_nothing(office: Office, error: str) -> None:
    office.slack.faults.next("chat.postMessage", "error", code=error)
    ask(office)
    assert surveys(office) == []
    assert not office.service.health()["slack"]
    office.pass_time(seconds=5)
    assert len(surveys(office)) == 1
    assert office.service.health()["slack"]
    assert office.told(office.ada) == []


def test_what_is_given_up_is_reported_once_a_day(office: Office) -> None:
    for number in range(3):
        office.slack.faults.next("chat.postEphemeral", "error", code="user_not_in_channel")
        office.close(office.conversation(customer=_newcomer(office, number)))
    office.settle()
    assert len([text for text in office.told(office.ada) if "I gave up a message" in text]) == 1


def test_a_report_waits_for_somebody_to_get_it(tmp_path: Path) -> None:
    with Office(tmp_path, leads=[]) as office:
        office.service.stop()
        office.settings = dataclasses.replace(office.settings, admins=frozenset())
        office.service = office.serve()
        office.slack.faults.next("chat.postEphemeral", "error", code="user_not_in_channel")
        office.close(office.conversation())
        assert [task.kind for task in outbox.in_state(office.database.reader, "due")] == ["admin_note"]
        office.change_team(leads=[office.leo])
        office.pass_time(minutes=2)
        assert "I gave up a message" in office.told(office.leo)[0]


def test_after_downtime_nobody_is_asked_at_night(office: Office) -> None:
    office.close(office.conversation())  # Wednesday morning
    office.service.stop()
    office.clock.set(datetime(2026, 11, 21, 1, 0, tzinfo=UTC))  # Saturday, three o'clock in Helsinki
    office.service = office.serve()
    office.pass_time(seconds=30)
    assert surveys(office, office.acme) == []
    office.clock.set(datetime(2026, 11, 23, 6, 5, tzinfo=UTC))  # Monday, five past eight
    office.service.tick()
    office.settle()
    assert len(surveys(office, office.acme)) == 1


def test_a_survey_that_waited_in_the_outbox_is_checked_again(office: Office) -> None:
    """The customer's wish came meanwhile, from a survey of another time."""
    office.slack.faults.next("chat.postMessage", "rate_limited", retry_after=1200)
    thread = office.conversation()
    office.close(thread)
    office.pass_time(minutes=10)
    assert surveys(office, office.acme) == []
    now = office.now()
    office.database.write(lambda db: run(
        db, "INSERT INTO opt_outs (customer, since) SELECT customer, :at FROM invitations", at=stamp(now)
    ))  # fmt: skip
    office.restart()  # the limit was this process's
    office.pass_time(minutes=25)
    office.pass_time(seconds=30)
    assert surveys(office, office.acme) == []
    assert (office.invitations()[0]["state"], office.invitations()[0]["reason"]) == ("refused", "opted_out")


def test_what_became_too_old_ends_in_the_ledger_and_the_agent_hears_of_it(office: Office) -> None:
    office.close(office.conversation())
    office.service.stop()
    office.clock.advance(timedelta(days=8))
    office.service = office.serve()
    office.pass_time(minutes=1)
    assert surveys(office, office.acme) == []
    assert (office.invitations()[0]["state"], office.invitations()[0]["reason"]) == ("refused", "too_old")
    assert "was not asked" in office.told(office.anna)[-1]


def test_a_close_that_can_never_be_decided_is_told_to_the_agent(office: Office) -> None:
    thread = office.conversation()
    office.service.bot.directory.forget(office.anna)
    office.slack.faults.next("users.info", "500", times=500)
    office.slack.react(office.anna, office.acme, thread, REACTION)
    office.slack.settle()
    for _ in range(9):
        office.pass_time(days=1)
    office.slack.faults.clear()
    for _ in range(3):
        office.pass_time(hours=2)
    assert surveys(office, office.acme) == []
    assert "so nobody was asked" in office.told(office.anna)[-1]


def test_of_digests_that_waited_only_the_latest_is_posted(office: Office) -> None:
    office.slack.workspace.app.revoked = True
    for week in range(2):
        office.clock.set(datetime(2026, 11, 23, 7, 5, tzinfo=UTC) + timedelta(weeks=week))
        office.service.tick()
        office.slack.settle()
    office.slack.workspace.app.revoked = False
    office.pass_time(hours=2)
    office.pass_time(hours=2)
    assert ["2026-W48" in each["text"].splitlines()[0] for each in digests(office)] == [True]


def test_a_stop_does_not_wait_for_a_backlog(office: Office) -> None:
    office.service.stop()
    quick = RateLimits(PER_MINUTE, interval=0, clock=lambda: time.monotonic() * 1000)
    office.service = RunningBot(office.settings, clock=office.now, limits=quick, host="127.0.0.1")
    office.service.start()
    now = office.now()

    def queue(db: Connection) -> None:
        for number in range(600):
            message = {"text": f"Note {number}", "blocks": []}
            outbox.put(db, "say", office.leo, now, once=str(number), user=office.leo, channel=office.team_channel,
                       post=True, message=message)  # fmt: skip

    office.database.write(queue)
    office.slack.wait_for(lambda: posts(office) > 0)
    office.service.stop()
    assert posts(office) < 600, "what had not begun stays for the next start"
    office.service = RunningBot(office.settings, clock=office.now, limits=quick, host="127.0.0.1")
    office.service.start()
    office.slack.wait_for(lambda: len(notes_in(office)) >= 600, timeout=30)
    office.settle()
    assert len(notes_in(office)) == len(set(notes_in(office))) == 600


def notes_in(office: Office) -> list[str]:
    return [each["text"] for each in office.slack.messages(office.team_channel) if each["text"].startswith("Note ")]


def _newcomer(office: Office, number: int) -> str:
    person: str = office.slack.add_user(f"newcomer{number}", external=True)
    office.slack.join(office.acme, person)
    return person


def test_a_crash_before_sending_sends_after_the_start(office: Office) -> None:
    office.slack.faults.next("chat.postMessage", "rate_limited", retry_after=3)
    ask(office)
    office.restart()
    office.pass_time(minutes=1)
    assert len(surveys(office)) == 1


def test_rate_limits_are_honoured_for_that_method_only(office: Office) -> None:
    office.slack.faults.next("chat.postMessage", "rate_limited", retry_after=1)
    ask(office)
    assert surveys(office) == []
    assert posts(office) == 1
    gus = office.slack.add_user("gus", guest="single")
    office.slack.join(office.acme, gus)
    office.close(office.conversation(customer=gus))
    assert len(office.whispers(office.anna)) == 2
    office.clock_seconds(5)
    office.slack.wait_for(lambda: surveys(office))
    office.settle()  # a message is there a moment before its call is counted
    assert posts(office) == 2


def test_a_token_that_is_revoked_for_a_while_delays_everything_and_loses_nothing(office: Office) -> None:
    channel, ts = office.ask()
    click = office.slack.click_payload(office.carla, channel, ts, label="1")
    office.slack.workspace.app.revoked = True
    assert office.slack.send_action(click).status == 200
    office.settle()
    assert office.rating()["score"] == 1
    assert office.notices() == []
    office.slack.workspace.app.revoked = False
    office.pass_time(hours=1)
    assert len(office.notices()) == 1
    assert "1 of 5" in office.message(channel, ts)["text"]


@pytest.mark.parametrize("kind", ["500", "drop_before", "drop_after", "html_200", "half_body", "bare"])
def test_an_update_may_be_repeated(office: Office, kind: Any) -> None:
    channel, ts = office.ask()
    office.slack.faults.next("chat.update", kind)
    office.click(office.carla, channel, ts, "5")
    office.pass_time(seconds=10)
    assert "5 of 5" in office.message(channel, ts)["text"]


def test_a_note_without_an_answer_is_not_repeated(office: Office) -> None:
    office.slack.faults.next("chat.postEphemeral", "drop_after")
    office.close(office.conversation())
    office.pass_time(minutes=5)
    assert len(office.whispers(office.anna)) == 1


def test_a_burst_of_answers_is_shown_in_full(office: Office) -> None:
    people = [office.slack.add_user(f"customer{number}", external=True) for number in range(6)]
    found = []
    for person in people:
        office.slack.join(office.acme, person)
        found.append((person, *office.ask(customer=person)))
    for person, channel, ts in found:
        office.slack.click(person, channel, ts, label="1")
    office.settle()
    assert len(office.notices()) == 6
    for _, channel, ts in found:
        assert "1 of 5" in office.message(channel, ts)["text"]


def test_a_busy_channel_makes_nobody_else_wait(office: Office) -> None:
    people = [office.slack.add_user(f"customer{number}") for number in range(4)]
    found = [(person, *office.ask(customer=person)) for person in people[:3]]
    office.service.stop()
    limits = RateLimits(PER_MINUTE, interval=30)  # seconds that the leads' channel rests after each notice
    office.service = RunningBot(office.settings, clock=office.clock.now, limits=limits, host="127.0.0.1")
    office.service.start()
    office.slack.events_url = f"http://127.0.0.1:{office.service.port}/slack/events"
    for person, channel, ts in found:
        assert office.slack.click(person, channel, ts, label="1").status == 200
    office.slack.wait_for(office.notices)
    office.slack.command(office.anna, office.acme, "/cx", f"ask <@{people[3]}>")
    office.slack.wait_for(lambda: surveys(office, office.slack.dm(people[3])), timeout=10)
    assert len(office.notices()) == 1


def test_a_single_pass_makes_nobody_wait_for_a_busy_channel_either(office: Office) -> None:
    """`cxbot tick` sends everything before it ends, and the other channel's message does not wait for the last."""
    office.service.stop()
    now = office.now()

    def queue(db: Connection) -> None:
        for number in range(6):
            outbox.put(db, "say", f"U{number}", now, user=office.leo, channel=office.team_channel, post=True,
                       message={"text": f"Note {number}", "blocks": []})  # fmt: skip
        outbox.put(db, "say", "last", now, user=office.leo, channel=office.acme, post=True,
                   message={"text": "For another channel", "blocks": []})  # fmt: skip

    database = Database(office.settings.database)
    database.write(queue)
    bot = make_bot(office.settings, database, identify(office.settings), lambda: now)
    delivery = make_delivery(office.settings, bot, RateLimits(PER_MINUTE, interval=0.01))
    assert delivery.deliver(now, drain=True) >= 7
    for opened in (delivery, bot.chart_process, bot.workers, database):
        opened.close()
    sent = [call.args["text"] for call in office.slack.calls if call.method == "chat.postMessage"]
    assert len(notes_in(office)) == 6
    assert sent.index("For another channel") <= AT_ONCE


def test_a_write_after_the_end_is_refused_and_waits_for_nothing(office: Office) -> None:
    office.service.stop()
    with pytest.raises(StoreError):
        office.database.write(lambda db: outbox.by_id(db, 1))


def test_many_posts_for_one_channel_hide_no_other(office: Office) -> None:
    """150 wait for the team's channel, more than are read at a time; the one for another channel goes out at once."""
    office.service.stop()
    office.service = RunningBot(
        office.settings, clock=office.now, limits=RateLimits(PER_MINUTE, interval=30), host="127.0.0.1"
    )
    now = office.now()

    def queue(db: Connection) -> None:
        for number in range(150):
            outbox.put(db, "say", f"U{number}", now, user=office.leo, channel=office.team_channel, post=True,
                       message={"text": f"Note {number}", "blocks": []})  # fmt: skip
        outbox.put(db, "say", "last", now, user=office.leo, channel=office.acme, post=True,
                   message={"text": "For another channel", "blocks": []})  # fmt: skip

    office.database.write(queue)
    office.service.start()
    office.slack.wait_for(lambda: "For another channel" in [m["text"] for m in office.slack.messages(office.acme)])
    assert len(notes_in(office)) == 1


def test_an_outcome_that_could_not_be_written_is_written_later(office: Office) -> None:
    office.database.write(lambda db: run(db, "PRAGMA busy_timeout = 20"))
    office.slack.faults.next("chat.postMessage", "timeout", seconds=0.7, carried_out=True)
    office.slack.command(office.anna, office.acme, "/cx", f"ask <@{office.carla}>")
    office.slack.wait_for(lambda: outbox.in_state(office.database.reader, "sending"))
    other = connect(office.path)
    other.execute("BEGIN IMMEDIATE")  # somebody holds the lock
    office.slack.wait_for(lambda: not office.service.health()["writer"])
    assert outbox.in_state(office.database.reader, "sending")
    office.slack.wait_for(lambda: not office.service.health()["outbox"])
    other.close()
    office.slack.wait_for(office.unknown)
    office.slack.wait_for(lambda: office.service.health()["outbox"])
    reconciled(office)
    assert len(surveys(office)) == 1
    assert office.invitations()[0]["state"] == "sent"


def _later(office: Office) -> datetime:
    return office.now() + timedelta(minutes=1)


def test_what_is_due_is_sent_soon_after_the_file_could_not_be_written(office: Office) -> None:
    """It is no failure of the message: nothing is held against it, and the others don't go round without a pause."""
    office.database.write(lambda db: run(db, "PRAGMA busy_timeout = 20"))
    office.slack.faults.next("chat.postMessage", "rate_limited", retry_after=1)
    office.slack.command(office.anna, office.acme, "/cx", f"ask <@{office.carla}>")
    office.slack.wait_for(lambda: [task for task in outbox.due(office.database.reader, _later(office)) if task.error])
    other = connect(office.path)
    other.execute("BEGIN IMMEDIATE")
    office.clock_seconds(3)
    office.slack.wait_for(lambda: not office.service.health()["writer"])
    other.close()
    office.slack.wait_for(lambda: surveys(office))
    [task] = rows(office.database.reader, "SELECT * FROM outbox WHERE kind = 'survey'")
    assert task["attempts"] == 2


def test_a_second_bot_on_the_same_file_is_refused(office: Office) -> None:
    with pytest.raises(ConfigError, match="Another cxbot is already sending from") as refused:
        RunningBot(office.settings, clock=office.clock.now, host="127.0.0.1")
    assert "Stop it first, or set CXBOT_DB to another file" in str(refused.value)
    assert office.service.health()["outbox"]


def test_a_bot_that_could_not_start_frees_the_file(office: Office) -> None:
    office.service.stop()
    wrong = dataclasses.replace(office.settings, bot_token="xoxb-wrong")
    with pytest.raises(ConfigError, match="does not accept SLACK_BOT_TOKEN"):
        RunningBot(wrong, clock=office.clock.now, host="127.0.0.1")
    office.service = office.serve()
    ask(office)
    assert len(surveys(office)) == 1


def test_answers_are_taken_in_while_slack_is_down(office: Office) -> None:
    channel, ts = office.ask()
    office.slack.faults.next("*", "drop_before", times=40)
    assert office.slack.click(office.carla, channel, ts, label="2").status == 200
    assert office.rating()["score"] == 2
    office.settle()
    office.slack.faults.clear()
    reconciled(office)
    office.pass_time(hours=1)
    assert len(office.notices()) == 1


def test_what_was_sent_long_ago_is_forgotten(office: Office) -> None:
    ask(office)
    office.pass_time(days=31)
    office.service.tick()
    assert outbox.counts(office.database.reader).get("sent", 0) <= 4


def test_sending_for_a_long_time_opens_no_more_files(office: Office) -> None:
    def open_files() -> int:
        links = (os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd") if _is_link(name))
        return sum(link.startswith(str(office.path)) for link in links)

    for number in range(12):
        office.ask(customer=office.slack.add_user(f"customer{number}"))
    settled = open_files()
    for number in range(12, 30):
        office.ask(customer=office.slack.add_user(f"customer{number}"))
    assert open_files() <= settled + 4  # threads that had nothing to do so far may still open theirs


def _is_link(name: str) -> bool:
    return os.path.islink(f"/proc/self/fd/{name}")

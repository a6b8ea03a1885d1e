"""Silence: a thread that a customer began, the team answered and nobody writes in any more is closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cxbot.sandbox import ALL_SCOPES
from cxbot.store.engine.statements import rows
from cxbot.store.records import people
from tests.desk import Desk
from tests.office import Office, interactions, labels

ALL_BUT_HISTORY = (
    "chat:write", "commands", "im:write", "users:read", "channels:read", "groups:read", "reactions:read",
)  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path, silence="4h") as made:
        yield made


def at(office: Office, moment: str) -> None:
    """Move on to a moment of the team's clock, with ticks on the way: every hour, and every minute in the last one."""
    goal = datetime.fromisoformat(f"{moment}+02:00")
    while (left := (goal - office.now()).total_seconds()) > 0:
        office.pass_time(seconds=min(left, 60 if left <= 3600 else 3600))


def write(office: Office, user: str, thread: str | None = None, text: str = "Thank you!") -> str:
    office.clock_seconds(1)
    ts = office.slack.post(user, office.acme, text, thread_ts=thread)
    office.settle()
    return ts


def threads(office: Office) -> list[dict[str, Any]]:
    return rows(office.database.reader, "SELECT * FROM interactions ORDER BY id")


def states(office: Office) -> list[tuple[str, str]]:
    return [(each["state"], each["reason"]) for each in office.invitations()]


def surveys(office: Office) -> list[dict[str, Any]]:
    return [each for each in office.slack.messages(office.acme) if "Not now" in labels(each)]


# -- what silence ends ----------------------------------------------------------------------------------------


def test_a_quiet_thread_is_asked_about_after_the_teams_working_hours(office: Office) -> None:
    thread = office.conversation()  # Wednesday, 10:00
    at(office, "2026-11-18T13:59")
    assert office.invitations() == []
    at(office, "2026-11-18T14:01")
    [invitation] = office.invitations()
    assert (invitation["asked_via"], invitation["asked_by"]) == ("silence", "automatic")
    assert (invitation["customer"], invitation["agent"]) == (office.carla, office.anna)
    assert (invitation["channel"], invitation["thread_ts"]) == (office.acme, thread)
    at(office, "2026-11-18T14:12")
    [shown] = surveys(office)
    assert shown["thread_ts"] == thread


def test_nobody_of_the_team_gets_a_note(office: Office) -> None:
    office.conversation()
    at(office, "2026-11-18T14:12")
    assert len(surveys(office)) == 1
    assert office.whispers(office.anna) == []
    assert office.told(office.anna) == []


def test_nobody_of_the_team_gets_a_note_about_a_refusal_either(office: Office) -> None:
    office.change_team(sampling="0")
    office.conversation()
    at(office, "2026-11-18T14:12")
    assert states(office) == [("refused", "sampled_out")]
    assert office.whispers(office.anna) == []
    assert [each["state"] for each in threads(office)] == ["closed"]


@pytest.mark.parametrize(
    ("last", "before", "after"),
    [
        ("2026-11-18T16:00", "2026-11-19T09:59", "2026-11-19T10:01"),  # over a night
        ("2026-11-20T17:00", "2026-11-23T10:59", "2026-11-23T11:01"),  # over a weekend
        ("2026-11-21T12:00", "2026-11-23T11:59", "2026-11-23T12:01"),  # from a Saturday on
    ],
)
def test_only_working_hours_count(office: Office, last: str, before: str, after: str) -> None:
    at(office, last)
    office.conversation()
    at(office, before)
    assert office.invitations() == []
    at(office, after)
    assert len(office.invitations()) == 1


def test_every_message_begins_the_silence_anew(office: Office) -> None:
    thread = office.conversation()
    stranger = office.slack.add_user("dora", external=True)
    office.slack.join(office.acme, stranger)
    for hour, user in ((12, office.carla), (14, stranger), (16, office.leo)):
        at(office, f"2026-11-18T{hour}:00")
        write(office, user, thread)
    at(office, "2026-11-19T09:59")
    assert office.invitations() == []
    at(office, "2026-11-19T10:01")
    [invitation] = office.invitations()
    assert (invitation["customer"], invitation["agent"]) == (office.carla, office.leo)


def test_a_reply_that_is_also_sent_to_the_channel_is_a_message(office: Office) -> None:
    thread = office.slack.post(office.carla, office.acme, "Our export does not work.")
    root = {"user": office.carla, "ts": thread, "thread_ts": thread, "type": "message"}
    deliver(office, office.anna, f"{float(thread) + 1:.6f}", thread, subtype="thread_broadcast", root=root)
    at(office, "2026-11-18T14:02")
    assert [each["agent"] for each in office.invitations()] == [office.anna]


def test_agents_are_not_stored_if_the_team_says_so(office: Office) -> None:
    office.change_team(agents="off")
    office.conversation()
    assert [each.agent for each in interactions(office.database.reader)] == [""]
    at(office, "2026-11-18T14:12")
    assert [each["agent"] for each in office.invitations()] == [""]
    assert len(surveys(office)) == 1


def test_no_text_of_a_thread_is_in_the_file(office: Office) -> None:
    thread = office.conversation()
    write(office, office.carla, thread, "Xylophones everywhere")
    at(office, "2026-11-18T14:12")
    office.service.stop()
    kept = b"".join(path.read_bytes() for path in office.path.parent.glob("cxbot.db*"))
    assert b"Xylophones" not in kept
    assert b"Our export" not in kept
    office.service = office.serve()


# -- what it does not end -------------------------------------------------------------------------------------


def test_a_thread_without_an_answer_is_not_over(office: Office) -> None:
    thread = office.slack.post(office.carla, office.acme, "Our export does not work.")
    write(office, office.carla, thread, "Hello?")
    at(office, "2026-11-20T17:00")
    assert office.invitations() == []
    assert [each["state"] for each in threads(office)] == ["open"]


def test_what_a_colleague_began_is_no_customers_conversation(office: Office) -> None:
    thread = office.slack.post(office.leo, office.acme, "Maintenance tonight.")
    write(office, office.carla, thread)
    write(office, office.anna, thread)
    at(office, "2026-11-20T17:00")
    assert office.invitations() == []
    assert threads(office) == []


def test_what_a_bot_began_is_no_customers_conversation(office: Office) -> None:
    robot = office.slack.add_user("robot", bot=True)
    office.slack.join(office.acme, robot)
    thread = office.slack.post(robot, office.acme, "A new ticket.")
    write(office, office.anna, thread)
    at(office, "2026-11-20T17:00")
    assert threads(office) == []


def test_silence_is_off_by_default(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.conversation()
        at(office, "2026-11-19T17:00")
        assert office.invitations() == []
        assert threads(office) == []


def test_without_the_scope_nothing_is_heard(tmp_path: Path) -> None:
    with Office(tmp_path, silence="4h", scopes=ALL_BUT_HISTORY) as office:
        thread = office.conversation()
        deliver(office, office.anna, f"{float(thread) + 1:.6f}", thread, parent_user_id=office.carla)
        at(office, "2026-11-19T17:00")
        assert threads(office) == []


def test_nobody_is_asked_about_a_thread_that_was_over_long_ago(office: Office) -> None:
    office.conversation()
    office.change_team(silence="off")
    at(office, "2026-12-02T12:00")
    office.change_team(silence="4h")
    office.pass_time(minutes=1)
    assert states(office) == [("refused", "too_old")]
    assert office.invitations()[0]["closed_at"].startswith("2026-11-18T12:00")


def test_after_a_night_without_the_bot_a_thread_was_over_in_the_evening(office: Office) -> None:
    office.pass_time(hours=3)
    office.conversation()  # at 13:00
    office.pass_time(hours=8)  # 21:00
    [invitation] = office.invitations()
    assert invitation["closed_at"].startswith("2026-11-18T15:00")
    assert surveys(office) == []
    at(office, "2026-11-19T08:05")
    assert len(surveys(office)) == 1


@pytest.mark.parametrize("scopes", [ALL_SCOPES, ALL_BUT_HISTORY], ids=["all", "without history"])
def test_the_doctor_says_what_silence_and_quiet_need(tmp_path: Path, scopes: tuple[str, ...]) -> None:
    with Office(tmp_path, silence="4h", quiet="30m", scopes=scopes) as office:
        desk = Desk(
            tmp_path, SLACK_BOT_TOKEN=office.slack.bot_token, SLACK_SIGNING_SECRET=office.slack.signing_secret,
            SLACK_API_URL=office.slack.api_url, CXBOT_ADMINS=office.ada,
        )  # fmt: skip
        office.path.chmod(0o644)  # so that there is something to mend, whatever the mask of this process
        said = desk.run("doctor", code=1)
        for words in ("silence closes nothing without the feature history", "so quiet counts from the close"):
            assert (words in said) == (scopes == ALL_BUT_HISTORY)


def test_other_channels_are_not_followed(office: Office) -> None:
    lobby = office.slack.add_channel("lobby", members=[office.anna, office.carla], shared=True)
    office.conversation(lobby)
    at(office, "2026-11-19T17:00")
    assert threads(office) == []


def test_an_edit_and_a_deletion_are_no_messages(office: Office) -> None:
    thread = office.conversation()
    before = threads(office)
    at(office, "2026-11-18T12:00")
    office.slack.delete_message(office.carla, office.acme, thread)
    office.slack.settle()
    at(office, "2026-11-18T13:00")
    deliver(office, office.carla, "1795000000.000001", thread, subtype="message_changed")
    assert threads(office) == before
    at(office, "2026-11-18T14:01")
    assert len(office.invitations()) == 1


def test_an_erased_customer_is_not_followed_any_more(office: Office) -> None:
    thread = office.conversation()
    office.database.write(lambda db: people.erase(db, [office.carla], office.now()))
    write(office, office.carla, thread)
    at(office, "2026-11-19T17:00")
    assert office.invitations() == []


# -- once ------------------------------------------------------------------------------------------------------


def test_a_thread_is_closed_once(office: Office) -> None:
    office.conversation()
    at(office, "2026-11-27T17:00")
    assert len(office.invitations()) == 1
    assert [each["closes"] for each in threads(office)] == [1]


def test_a_thread_that_was_closed_by_a_reaction_is_not_closed_again(office: Office) -> None:
    thread = office.conversation()
    office.pass_time(minutes=5)
    office.close(thread)
    write(office, office.anna, thread)  # the team's last words are no new conversation
    at(office, "2026-11-20T17:00")
    assert [each["asked_via"] for each in office.invitations()] == ["reaction"]
    assert [(each["state"], each["closes"]) for each in threads(office)] == [("closed", 1)]


def test_a_copy_and_an_older_message_undo_nothing(office: Office) -> None:
    thread = office.conversation()
    last = write(office, office.carla, thread)
    at(office, "2026-11-18T14:02")
    assert [each["state"] for each in threads(office)] == ["closed"]
    before = threads(office)
    for ts in (last, thread):
        deliver(office, office.carla, ts, thread, parent_user_id=office.carla)
    assert threads(office) == before
    deliver(office, office.carla, f"{float(thread) + 0.5:.6f}", thread, parent_user_id=office.carla)
    counted = {"customer_messages": before[0]["customer_messages"] + 1}
    assert [{**each, "changed_at": ""} for each in threads(office)] == [{**before[0], **counted, "changed_at": ""}]
    assert states(office) == [("due", "")]


def test_messages_in_the_wrong_order_end_in_the_same_state(office: Office) -> None:
    first = float(office.slack.post(office.leo, office.acme, "Good morning."))
    thread, reply, later = (f"{first + seconds:.6f}" for seconds in (1, 2, 3))
    deliver(office, office.leo, later, thread, parent_user_id=office.carla)
    deliver(office, office.anna, reply, thread, parent_user_id=office.carla)
    deliver(office, office.carla, thread, "")
    at(office, "2026-11-18T14:01")
    assert [(each["customer"], each["agent"]) for each in office.invitations()] == [(office.carla, office.leo)]


def test_who_wrote_is_found_out_later_if_slack_cannot_tell_now(office: Office) -> None:
    office.change_team(members=[office.slack.add_usergroup("agents", [office.anna])])
    office.slack.faults.next("usergroups.users.list", "500", times=2)
    office.conversation()
    office.slack.wait_for(lambda: not office.slack.faults.waiting() or office.pass_time(seconds=5), timeout=20)
    at(office, "2026-11-18T14:02")
    assert [(each["customer"], each["agent"]) for each in office.invitations()] == [(office.carla, office.anna)]


# -- it goes on --------------------------------------------------------------------------------------------------


def test_the_customer_reopens_a_thread_whose_survey_waits(office: Office) -> None:
    thread = office.conversation()
    at(office, "2026-11-18T14:05")
    write(office, office.carla, thread, "One more thing.")
    assert states(office) == [("withdrawn", "reopened")]
    assert [each["state"] for each in threads(office)] == ["open"]
    write(office, office.leo, thread)
    at(office, "2026-11-18T14:30")
    assert surveys(office) == []
    at(office, "2026-11-19T08:20")
    assert states(office) == [("withdrawn", "reopened"), ("sent", "")]
    assert office.invitations()[-1]["agent"] == office.leo
    assert [(each["state"], each["closes"]) for each in threads(office)] == [("closed", 2)]


def test_the_customer_reopens_a_thread_whose_survey_was_sent(office: Office) -> None:
    thread = office.conversation()
    at(office, "2026-11-18T14:15")
    assert len(surveys(office)) == 1
    write(office, office.carla, thread, "It is broken again.")
    assert states(office) == [("withdrawn", "reopened")]
    assert surveys(office) == []


def test_the_customer_reopens_a_thread_that_a_reaction_closed(office: Office) -> None:
    thread = office.conversation()
    office.close(thread)
    office.pass_time(minutes=1)
    write(office, office.carla, thread, "One more thing.")
    assert states(office) == [("withdrawn", "reopened")]
    at(office, "2026-11-18T14:05")
    assert [each["asked_via"] for each in office.invitations()] == ["reaction", "silence"]


def test_a_score_that_is_typed_in_the_thread_reopens_nothing(office: Office) -> None:
    thread = office.conversation()
    at(office, "2026-11-18T14:15")
    write(office, office.carla, thread, "5")
    assert states(office) == [("sent", "")]
    assert len(office.whispers(office.carla)) == 1


def test_an_answered_survey_stays_when_the_customer_goes_on(office: Office) -> None:
    thread = office.conversation()
    at(office, "2026-11-18T14:15")
    [shown] = surveys(office)
    office.click(office.carla, office.acme, shown["ts"], "5")
    write(office, office.carla, thread, "One more thing.")
    assert states(office) == [("sent", "")]
    assert [each["state"] for each in threads(office)] == ["open"]


def test_nobody_else_reopens_a_thread(office: Office) -> None:
    thread = office.conversation()
    at(office, "2026-11-18T14:05")
    write(office, office.anna, thread)
    assert states(office) == [("due", "")]


def test_a_reaction_closes_an_open_thread_before_silence_does(office: Office) -> None:
    thread = office.conversation()
    at(office, "2026-11-18T13:00")
    office.close(thread)
    at(office, "2026-11-19T17:00")
    assert [each["asked_via"] for each in office.invitations()] == ["reaction"]


def test_a_thread_moves_with_its_channel(office: Office) -> None:
    thread = office.conversation()
    event = {"type": "channel_id_changed", "old_channel_id": office.acme, "new_channel_id": "C0MOVED"}
    office.slack.send_event(event)
    assert [(each["channel"], each["source_id"]) for each in threads(office)] == [("C0MOVED", f"C0MOVED:{thread}")]


def test_why_says_that_it_was_silence(office: Office) -> None:
    office.conversation()
    at(office, "2026-11-18T14:05")
    assert "Nobody wrote in the thread any more." in office.command(office.leo, "/cx", f"why <@{office.carla}>")


def deliver(office: Office, user: str, ts: str, thread: str, **more: Any) -> None:
    """Slack tells of a message, in a signed event of its own."""
    event = {
        "type": "message", "user": user, "text": "…", "ts": ts, "event_ts": ts, "channel": office.acme,
        "channel_type": "channel", **({"thread_ts": thread} if thread else {}), **more,
    }  # fmt: skip
    assert office.slack.send_event(event).status == 200
    office.settle()

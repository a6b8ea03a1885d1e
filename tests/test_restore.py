"""A restored back-up: what was sent after it was made is found in Slack and not sent again, what was not is sent."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cxbot.sandbox import ALL_SCOPES
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import rows
from cxbot.store.records import outbox
from tests.desk import Desk
from tests.digests import digests, thread, until
from tests.office import Office, labels
from tests.test_faults import visible

MONDAY = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)  # five past nine in Helsinki, just after the digest's time
NO_HISTORY = sorted(set(ALL_SCOPES) - {"channels:history", "groups:history", "im:history"})


@pytest.fixture(params=["thread", "dm"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """An office that sends its surveys to the thread or as a direct message."""
    with Office(tmp_path, delivery=request.param) as office:
        yield office


def back_up(office: Office, desk: Desk) -> None:
    """Make a back-up while the bot runs."""
    desk.run("backup", "copy.db", "--at", office.now().isoformat())


def stop(office: Office) -> None:
    """The bot ends, and its file is lost."""
    office.service.stop()
    for path in office.path.parent.glob("cxbot.db*"):
        path.unlink()


def start(office: Office, desk: Desk, copy: str = "copy.db") -> str:
    """Restore the back-up, start the bot, and wait until everything has been looked up."""
    said = desk.run("restore", copy, "--at", office.now().isoformat())
    office.service = office.serve()
    looked_up(office)
    return said


def looked_up(office: Office) -> None:
    office.pass_time(seconds=91)
    office.slack.wait_for(lambda: not office.unknown() or None)
    office.settle()
    office.pass_time(seconds=1)


def restore(office: Office, desk: Desk) -> str:
    stop(office)
    return start(office, desk)


def tasks(office: Office, kind: str) -> list[dict[str, Any]]:
    return rows(office.database.reader, "SELECT * FROM outbox WHERE kind = :kind ORDER BY id", kind=kind)


def surveys(office: Office) -> list[str]:
    return [str(each["ts"]) for each in visible(office) if "Not now" in labels(each)]


def references(office: Office) -> Counter[str]:
    """How often each message is in Slack."""
    return Counter(
        each["metadata"]["event_payload"]["reference"]  # type: ignore[index]
        for each in visible(office)
        if each.get("metadata")
    )


def nothing_twice(office: Office) -> None:
    twice = [reference for reference, n in references(office).items() if n > 1]
    assert not twice
    left = outbox.counts(office.database.reader)
    assert not {state: n for state, n in left.items() if state in ("due", "sending", "unknown")}


def test_a_survey_that_went_out_after_the_back_up_is_found(place: Office, desk: Desk) -> None:
    place.close(place.conversation())
    back_up(place, desk)
    place.pass_time(minutes=10)
    [ts] = surveys(place)
    place.pass_time(hours=3)
    restore(place, desk)
    assert surveys(place) == [ts]
    [invitation] = place.invitations()
    assert (invitation["state"], invitation["message_ts"]) == ("sent", ts)
    [task] = tasks(place, "survey")
    assert (task["state"], task["ts"]) == ("sent", ts)
    place.click(place.carla, invitation["message_channel"], ts, "5")
    assert place.rating()["score"] == 5
    nothing_twice(place)


def test_a_survey_that_was_answered_after_the_back_up_is_found(place: Office, desk: Desk) -> None:
    place.close(place.conversation())
    back_up(place, desk)
    place.pass_time(minutes=10)
    channel = place.invitations()[0]["message_channel"]
    [ts] = surveys(place)
    place.click(place.carla, channel, ts, "5")
    before = len(visible(place))
    restore(place, desk)
    assert (place.invitations()[0]["state"], place.invitations()[0]["message_ts"]) == ("sent", ts)
    assert len(visible(place)) == before
    nothing_twice(place)


def test_a_survey_that_had_not_been_sent_is_sent_once(place: Office, desk: Desk) -> None:
    place.close(place.conversation())
    back_up(place, desk)
    stop(place)
    place.clock.advance(timedelta(minutes=15))
    said = start(place, desk)
    assert "0 answers and 1 invitation." in said
    assert "1 message may have been sent since then." in said
    [ts] = surveys(place)
    assert (place.invitations()[0]["state"], place.invitations()[0]["message_ts"]) == ("sent", ts)
    nothing_twice(place)
    place.pass_time(hours=1)
    assert surveys(place) == [ts]


def test_a_survey_that_had_not_been_sent_keeps_to_working_hours(office: Office, desk: Desk) -> None:
    office.close(office.conversation())
    back_up(office, desk)
    stop(office)
    office.clock.advance(timedelta(hours=12))  # ten in the evening in Helsinki
    start(office, desk)
    assert surveys(office) == []
    assert office.invitations()[0]["state"] == "due"
    until(office, datetime(2026, 11, 19, 6, 1, tzinfo=UTC))
    assert len(surveys(office)) == 1
    nothing_twice(office)


def test_a_survey_that_was_due_later_is_sent_at_its_time(office: Office, desk: Desk) -> None:
    office.close(office.conversation())
    back_up(office, desk)
    assert "Nothing was waiting to be sent" in restore(office, desk)
    assert surveys(office) == []
    office.pass_time(minutes=10)
    assert len(surveys(office)) == 1
    nothing_twice(office)


def test_nothing_waits_and_nothing_is_looked_up(office: Office, desk: Desk) -> None:
    office.ask()
    back_up(office, desk)
    calls = len(office.slack.calls)
    said = restore(office, desk)
    assert "Nothing was waiting to be sent" in said
    assert not [call.method for call in office.slack.calls[calls:] if call.method.startswith("conversations.")]


def test_a_survey_that_waited_in_the_outbox_is_found_in_a_busy_channel(place: Office, desk: Desk) -> None:
    """It is looked up from the moment of the back-up on, however much was written since."""
    place.slack.faults.next("chat.postMessage", "rate_limited", retry_after=1200)
    asked = place.conversation()
    place.close(asked)
    place.pass_time(minutes=10)
    assert [task.kind for task in outbox.in_state(place.database.reader, "due")] == ["survey"]
    back_up(place, desk)
    place.restart()  # the limit was this process's
    place.pass_time(minutes=25)  # it is late, and checked again
    place.pass_time(seconds=30)
    [ts] = surveys(place)
    channel = place.invitations()[0]["message_channel"]
    for number in range(150):
        root = asked if channel == place.acme else None
        place.slack.post(place.carla, channel, f"Question {number}", thread_ts=root)
    place.pass_time(days=2)
    restore(place, desk)
    assert surveys(place) == [ts]
    assert place.invitations()[0]["message_ts"] == ts
    nothing_twice(place)


def test_a_survey_that_was_being_sent_is_looked_up(office: Office, desk: Desk) -> None:
    office.slack.faults.next("chat.postMessage", "timeout", seconds=0.7, carried_out=True)
    office.slack.command(office.anna, office.acme, "/cx", f"ask <@{office.carla}>")
    office.slack.wait_for(lambda: outbox.in_state(office.database.reader, "sending") or None)
    back_up(office, desk)
    looked_up(office)
    [ts] = surveys(office)
    restore(office, desk)
    assert surveys(office) == [ts]
    assert office.invitations()[0]["message_ts"] == ts
    nothing_twice(office)


def test_surveys_that_the_copy_does_not_know_stay_honest(office: Office, desk: Desk) -> None:
    back_up(office, desk)
    channel, ts = office.ask()
    restore(office, desk)
    office.click(office.carla, channel, ts, "5")
    assert "Nothing was stored" in str(office.slack.ephemerals(channel, office.carla)[-1]["text"])


@pytest.mark.parametrize("posted", [True, False])
def test_a_digest_is_there_once_with_its_details(office: Office, desk: Desk, posted: bool) -> None:
    office.seed([5] * 12)
    until(office, MONDAY - timedelta(hours=1))
    back_up(office, desk)
    if posted:
        until(office, MONDAY)
        [digest], rest = digests(office), thread(office)
        office.pass_time(hours=1)
        restore(office, desk)
        assert [each["ts"] for each in digests(office)] == [digest["ts"]]
        assert [each["ts"] for each in thread(office)] == [each["ts"] for each in rest]
        assert [row["state"] for row in tasks(office, "digest_picture")] == ["dead"], "a picture can't be looked up"
        assert "I gave up" in office.told(office.ada)[-1]
    else:
        stop(office)
        office.clock.set(MONDAY)
        start(office, desk)
        assert len(digests(office)) == 1
        assert len(thread(office)) == 2, "details and picture"
        assert office.told(office.ada) == []
    [task] = tasks(office, "digest")
    assert (task["state"], task["ts"]) == ("sent", digests(office)[0]["ts"])
    [task] = tasks(office, "digest_details")
    assert task["state"] == "sent"
    assert task["ts"] in [each["ts"] for each in thread(office)]
    nothing_twice(office)
    office.pass_time(minutes=5)
    assert len(digests(office)) == 1


def test_every_digest_since_the_back_up_is_claimed(office: Office, desk: Desk) -> None:
    back_up(office, desk)
    for week in range(3):
        until(office, MONDAY + timedelta(weeks=week))
    before = [each["ts"] for each in digests(office)]
    assert len(before) == 3
    restore(office, desk)
    assert [each["ts"] for each in digests(office)] == before
    assert len(rows(office.database.reader, "SELECT * FROM digests")) == 3
    assert "already" in desk.run("digest", "Support", "--week", "2026-W47", "--post", **_slack(office))
    nothing_twice(office)


def _slack(office: Office) -> dict[str, str]:
    return {"SLACK_BOT_TOKEN": office.slack.bot_token, "SLACK_API_URL": office.slack.api_url}


def test_a_digest_of_unknown_outcome_is_found_with_its_details(office: Office, desk: Desk) -> None:
    """The back-up was made between the broken call and its look-up."""
    office.slack.faults.next("chat.postMessage", "drop_after")
    office.command(office.leo, "/cx", "digest post")
    assert len(office.unknown()) == 1
    back_up(office, desk)
    looked_up(office)
    before = [each["ts"] for each in thread(office)]
    restore(office, desk)
    assert len(digests(office)) == 1
    assert [each["ts"] for each in thread(office)] == before
    nothing_twice(office)


def test_an_attempt_long_before_the_back_up_is_found(office: Office, desk: Desk) -> None:
    office.slack.faults.next("chat.postMessage", "drop_after")
    office.slack.faults.next("conversations.history", "500", times=9)
    office.command(office.anna, "/cx", f"ask <@{office.carla}>", office.acme)
    [ts] = surveys(office)
    office.pass_time(minutes=2)
    office.slack.wait_for(lambda: office.told(office.ada) or None)  # it can't be looked up
    office.pass_time(minutes=30)
    back_up(office, desk)
    stop(office)
    office.slack.faults.clear()
    office.clock.advance(timedelta(hours=1))
    start(office, desk)
    assert surveys(office) == [ts]
    assert office.invitations()[0]["message_ts"] == ts
    nothing_twice(office)


def test_what_changes_while_a_note_is_in_doubt_is_shown(office: Office, desk: Desk) -> None:
    """A follow-up of before the back-up is given up; the one to a later answer is not."""
    _, ts = office.thread_survey()
    later = office.slack.click_payload(office.carla, office.acme, ts, label="2")
    office.click(office.carla, office.acme, ts, "5")
    office.service.stop()
    database = Database(office.path)
    key = rows(database.reader, "SELECT key FROM invitations")[0]["key"]
    database.write(lambda db: outbox.refresh(db, "followup", key, office.now()))
    database.close()
    back_up(office, desk)
    for path in office.path.parent.glob("cxbot.db*"):
        path.unlink()
    desk.run("restore", "copy.db", "--at", office.now().isoformat())
    office.service = office.serve()
    assert [task.kind for task in office.unknown()] == ["followup"]
    later["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
    office.slack.send_action(later)
    office.settle()
    assert "2 of 5" in office.whispers(office.carla)[-1]
    looked_up(office)
    assert [row["state"] for row in tasks(office, "followup")][-2:] == ["dead", "sent"]


def test_the_buttons_of_a_lost_case_act_on_no_other(office: Office, desk: Desk) -> None:
    back_up(office, desk)
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "1")
    [lost] = office.notices()
    restore(office, desk)
    gus = office.slack.add_user("gus")
    office.click(gus, *office.ask(customer=gus), "1")
    assert len(office.notices()) == 2
    office.click(office.leo, office.leads_channel, lost["ts"], "Take it")
    assert "This case is not known any more" in office.whispers(office.leo, office.leads_channel)[-1]
    assert labels(office.notices()[-1]) == ["Take it", "Done"]
    nothing_twice(office)


def _hold_back_a_notice(office: Office) -> None:
    """A customer was let down, and Slack puts the notice off."""
    channel, ts = office.ask()
    office.slack.faults.next("chat.postMessage", "rate_limited", retry_after=1200)
    office.click(office.carla, channel, ts, "1")
    assert office.notices() == []


@pytest.mark.parametrize("posted", [True, False])
def test_leads_get_a_notice_once(office: Office, desk: Desk, posted: bool) -> None:
    _hold_back_a_notice(office)
    back_up(office, desk)
    if posted:
        office.restart()
        office.pass_time(minutes=30)
        assert len(office.notices()) == 1
    stop(office)
    office.clock.advance(timedelta(minutes=30))
    start(office, desk)
    [notice] = office.notices()
    [task] = tasks(office, "case_notice")
    assert (task["state"], task["ts"]) == ("sent", notice["ts"])
    office.click(office.leo, office.leads_channel, notice["ts"], "Take it")
    assert labels(office.notices()[0]) == ["Done"]
    nothing_twice(office)


def test_each_lead_gets_a_notice_once(office: Office, desk: Desk) -> None:
    """A guest reads the leads' channel since the back-up, so each lead gets the notice directly."""
    office.change_team(leads=[office.leo, office.ada])
    _hold_back_a_notice(office)
    back_up(office, desk)
    office.slack.join(office.leads_channel, office.slack.add_user("gus", guest="single"))
    office.restart()
    office.pass_time(minutes=30)
    assert office.notices() == []
    assert (len(office.told(office.leo)), len(office.told(office.ada))) == (1, 1)
    restore(office, desk)
    assert (len(office.told(office.leo)), len(office.told(office.ada))) == (1, 1)
    nothing_twice(office)


def test_a_rehearsal_is_shown_to_the_leads_once(tmp_path: Path, desk: Desk) -> None:
    with Office(tmp_path, rehearsal=True) as office:
        office.close(office.conversation())
        back_up(office, desk)
        office.pass_time(minutes=10)
        assert len(office.notices()) == 1
        office.pass_time(days=1)
        restore(office, desk)
        assert len(office.notices()) == 1
        nothing_twice(office)


@pytest.mark.parametrize("sent", [True, False])
def test_a_note_that_one_person_sees_is_given_up_and_reported(office: Office, desk: Desk, sent: bool) -> None:
    office.slack.faults.next("chat.postEphemeral", "rate_limited", retry_after=1200)
    office.close(office.conversation())
    assert office.whispers(office.anna) == []
    back_up(office, desk)
    if sent:
        office.restart()
        office.pass_time(minutes=25)
        assert len(office.whispers(office.anna)) == 1
    stop(office)
    office.clock.advance(timedelta(minutes=25))
    start(office, desk)
    assert len(office.whispers(office.anna)) == sent
    [task] = tasks(office, "asked")
    assert (task["state"], task["error"]) == ("dead", "unknown outcome: may have been sent since the back-up")
    assert "I gave up a message" in office.told(office.ada)[-1]
    assert f"{task['id']}  dead  asked" in desk.run("outbox", "list")


def test_an_update_is_made_again(office: Office, desk: Desk) -> None:
    channel, ts = office.ask()
    office.slack.faults.next("chat.update", "rate_limited", retry_after=1200)
    office.click(office.carla, channel, ts, "5")
    assert "5 of 5" not in office.message(channel, ts)["text"]
    back_up(office, desk)
    stop(office)
    office.clock.advance(timedelta(minutes=25))
    start(office, desk)
    assert "5 of 5" in office.message(channel, ts)["text"]
    assert office.told(office.ada) == []
    nothing_twice(office)


def test_a_close_that_may_have_been_decided_is_given_up_and_reported(office: Office, desk: Desk) -> None:
    asked = office.conversation()
    office.service.bot.directory.forget(office.anna)
    office.slack.faults.next("users.info", "500", times=3)
    office.slack.react(office.anna, office.acme, asked, "ballot_box_with_ballot")
    office.slack.settle()
    office.slack.wait_for(lambda: outbox.in_state(office.database.reader, "due") or None)
    back_up(office, desk)
    office.slack.faults.clear()
    for _ in range(2):
        office.pass_time(minutes=12)
    [ts] = surveys(office)
    restore(office, desk)
    office.pass_time(minutes=12)
    assert surveys(office) == [ts]
    [task] = tasks(office, "close")
    assert task["state"] == "dead"
    assert "I gave up a message" in office.told(office.ada)[-1]


def test_a_thread_that_silence_has_ended_since_is_not_asked_about_again(office: Office, desk: Desk) -> None:
    office.change_team(silence="4h")
    thread = office.conversation()
    back_up(office, desk)
    office.pass_time(hours=4, minutes=1)
    office.pass_time(minutes=10)
    [ts] = surveys(office)
    restore(office, desk)
    office.pass_time(days=2)
    assert surveys(office) == [ts]
    assert office.invitations() == []
    office.clock_seconds(1)
    office.slack.post(office.anna, office.acme, "Anything else?", thread_ts=thread)
    office.pass_time(days=3)
    assert [each["asked_via"] for each in office.invitations()] == ["silence"], "the team went on"


def test_a_message_that_was_deleted_since_needs_no_second_deletion(office: Office, desk: Desk) -> None:
    office.ask()
    back_up(office, desk)
    office.pass_time(days=8)
    assert surveys(office) == []
    restore(office, desk)
    assert office.invitations()[0]["state"] == "expired"
    assert office.told(office.ada) == []
    nothing_twice(office)


def test_without_history_nothing_is_sent_twice_and_an_admin_is_told(tmp_path: Path, desk: Desk) -> None:
    with Office(tmp_path, scopes=NO_HISTORY) as office:
        office.close(office.conversation())
        back_up(office, desk)
        office.pass_time(minutes=10)
        [ts] = surveys(office)
        stop(office)
        desk.run("restore", "copy.db", "--at", office.now().isoformat())
        office.service = office.serve()
        office.pass_time(hours=2)
        office.slack.wait_for(lambda: office.told(office.ada) or None)
        assert surveys(office) == [ts]
        assert "I do not send it again" in office.told(office.ada)[0]
        office.click(office.carla, office.acme, ts, "5")
        assert office.invitations()[0]["message_ts"] == ts, "a click proves that it arrived"
        assert office.rating()["score"] == 5


def test_slack_that_can_t_be_asked_is_asked_again(office: Office, desk: Desk) -> None:
    office.slack.faults.next("chat.postMessage", "rate_limited", retry_after=1200)
    office.command(office.anna, "/cx", f"ask <@{office.carla}>", office.acme)
    back_up(office, desk)
    office.restart()
    office.pass_time(minutes=25)
    office.pass_time(seconds=30)
    [ts] = surveys(office)
    stop(office)
    desk.run("restore", "copy.db", "--at", office.now().isoformat())
    office.slack.faults.next("conversations.open", "500")
    office.service = office.serve()
    office.slack.wait_for(lambda: not office.slack.faults.waiting() or None)
    assert office.unknown()
    looked_up(office)
    office.settle()
    assert surveys(office) == [ts]
    assert (office.invitations()[0]["state"], office.invitations()[0]["message_ts"]) == ("sent", ts)
    nothing_twice(office)


def test_a_plain_copy_of_the_file_is_as_old_as_what_it_knows(office: Office, desk: Desk) -> None:
    office.close(office.conversation())
    office.service.stop()
    shutil.copyfile(office.path, desk.folder / "plain.db")
    office.service = office.serve()
    office.pass_time(minutes=10)
    [ts] = surveys(office)
    office.pass_time(days=1)
    stop(office)
    said = start(office, desk, "plain.db")
    assert "which knows everything up to 2026-11-18 08:00 UTC." in said
    assert surveys(office) == [ts]
    nothing_twice(office)


def test_a_restored_file_is_backed_up_and_restored_again(office: Office, desk: Desk) -> None:
    office.close(office.conversation())
    back_up(office, desk)
    restore(office, desk)
    shutil.move(desk.folder / "copy.db", desk.folder / "first.db")
    office.pass_time(minutes=7)
    back_up(office, desk)
    office.pass_time(hours=1)
    [ts] = surveys(office)
    said = restore(office, desk)
    assert f"which knows everything up to {office.now() - timedelta(hours=1):%Y-%m-%d %H:}" in said
    assert surveys(office) == [ts]
    nothing_twice(office)

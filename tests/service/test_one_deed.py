"""One deed has one effect, however often and under whatever ids Slack tells of it; and what shows a state shows the
state as it is now."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cxbot.sandbox import payloads
from cxbot.slack.messages.parts import ids
from cxbot.store.engine.statements import rows
from tests.campaigns import mailing, submit
from tests.office import REACTION, T0, Office, labels
from tests.team_form import open_form, team


def reacted(office: Office, thread: str, at: str, kind: str = "reaction_added") -> dict[str, Any]:
    item = {"type": "message", "channel": office.acme, "ts": thread}
    return {"type": kind, "user": office.anna, "reaction": REACTION, "item": item, "item_user": office.carla,
            "event_ts": at}  # fmt: skip


def test_one_reaction_under_six_ids_is_one_close(tmp_path: Path) -> None:
    with Office(tmp_path, throttle_days=0, delay_minutes=0, hours="always") as office:
        thread = office.conversation()
        event = reacted(office, thread, office.slack.workspace.world.new_ts())
        for number in range(6):
            assert office.slack.send_event(event, event_id=f"Ev0SAME{number}").status == 200
            office.settle()
        office.pass_time(minutes=1)
        assert [row["state"] for row in office.invitations()] == ["sent"]
        assert len(office.whispers(office.anna)) == 1


def test_a_late_copy_of_a_reaction_that_was_taken_back_asks_nobody(office: Office) -> None:
    thread = office.conversation()
    added, removed = (office.slack.workspace.world.new_ts() for _ in range(2))
    office.slack.send_event(reacted(office, thread, added), event_id="Ev0FIRST")
    office.settle()
    office.slack.send_event(reacted(office, thread, removed, "reaction_removed"), event_id="Ev0BACK")
    office.settle()
    office.slack.send_event(reacted(office, thread, added), event_id="Ev0LATE")
    office.settle()
    office.pass_time(minutes=20)
    assert [row["state"] for row in office.invitations()] == ["withdrawn"]


def test_an_older_deed_that_comes_after_a_newer_one_does_nothing(office: Office) -> None:
    thread = office.conversation()
    added, removed = (office.slack.workspace.world.new_ts() for _ in range(2))
    office.slack.send_event(reacted(office, thread, removed, "reaction_removed"), event_id="Ev0BACK")
    office.slack.send_event(reacted(office, thread, added), event_id="Ev0FIRST")
    office.settle()
    office.pass_time(minutes=20)
    assert office.invitations() == []


def answered(office: Office, *scores: str) -> None:
    """Carla gives these scores to one survey, one after the other."""
    channel, ts = office.ask()
    clicks = [office.slack.click_payload(office.carla, channel, ts, label=score) for score in scores]
    for click in clicks:
        click["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
        office.slack.send_action(click)
        office.settle()
        office.pass_time(minutes=1)


def test_who_changes_a_bad_answer_into_a_good_one_was_not_let_down(office: Office) -> None:
    answered(office, "1", "5")
    [notice] = office.notices()
    assert "was let down" not in notice["text"]
    assert "has changed the answer to a better one" in notice["text"]
    assert "There is nothing to do any more." in notice["text"]
    assert not [block for block in notice["blocks"] if block["type"] == "actions"]
    assert "still wait" not in office.command(office.leo, "/cx", "digest")


def test_a_good_answer_that_becomes_bad_again_is_told_again(office: Office) -> None:
    answered(office, "1", "5", "2")
    first, second = office.notices()
    assert "was let down" in second["text"]
    assert "2 of 5" in second["text"]
    assert "was let down" in first["text"], "both notices show the case as it is now"


def test_whoever_has_taken_a_case_keeps_it(office: Office) -> None:
    channel, ts = office.ask()
    better = office.slack.click_payload(office.carla, channel, ts, label="5")
    office.click(office.carla, channel, ts, "1")
    [notice] = office.notices()
    office.click(office.leo, office.leads_channel, notice["ts"], "Take it")
    better["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
    office.slack.send_action(better)
    office.settle()
    [notice] = office.notices()
    assert f"<@{office.leo}> takes care of it." in notice["text"]
    assert "has changed the answer to a better one" in notice["text"]


def test_who_changes_an_answer_again_and_again_does_not_flood_the_leads(office: Office) -> None:
    answered(office, *["1", "5"] * 6)
    notices = office.notices()
    assert len(notices) == 2, "one at first, one when the answer was bad again"
    assert all("has changed the answer to a better one" in notice["text"] for notice in notices)


def test_every_notice_shows_that_an_answer_is_bad_again(office: Office) -> None:
    answered(office, *["1", "5"] * 3, "2")
    notices = office.notices()
    assert len(notices) == 2
    assert all("Take it" in labels(notice) for notice in notices)


# -- what people press and type comes late, twice, or in another order -----------------------------------------------


def pressed(office: Office, user: str, channel: str, ts: str, label: str) -> dict[str, Any]:
    """A press on a button, which has happened but has not arrived yet."""
    click = office.slack.click_payload(user, channel, ts, label=label)
    click["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
    return dict(click)


def arrive(office: Office, *clicks: dict[str, Any]) -> None:
    for click in clicks:
        assert office.slack.send_action(click).status == 200
        office.settle()


def opted_out(office: Office) -> bool:
    return bool(rows(office.database.reader, "SELECT * FROM opt_outs"))


def test_the_last_wish_to_be_asked_or_not_holds_whatever_comes_late(office: Office) -> None:
    channel, ts = office.ask()
    stop = pressed(office, office.carla, channel, ts, "Don't ask me again")
    arrive(office, stop)
    [shown] = office.slack.ephemerals(channel, office.carla)
    again = pressed(office, office.carla, channel, shown["ts"], "Ask me again")
    stop_again = pressed(office, office.carla, channel, shown["ts"], "Ask me again")
    stop_again["actions"][0] |= {"action_id": "opt_out"}
    arrive(office, again, stop)
    assert not opted_out(office), "a late copy of an earlier wish"
    arrive(office, stop_again, again)
    assert opted_out(office)
    assert "won't ask you again" in office.whispers(office.carla, channel)[-1]


def test_a_wish_that_overtakes_an_earlier_one_holds(office: Office) -> None:
    channel, ts = office.ask()
    stop = pressed(office, office.carla, channel, ts, "Don't ask me again")
    later = {**stop, "actions": [{**stop["actions"][0], "action_id": "opt_in"}]}
    later["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
    arrive(office, later, stop)
    assert not opted_out(office)
    assert all("won't ask you again" not in each for each in office.whispers(office.carla, channel))


def test_a_direct_message_under_two_ids_is_one_answer(office: Office) -> None:
    channel, _ = office.ask()
    event = {"type": "message", "channel": channel, "channel_type": "im", "user": office.carla, "text": "5",
             "ts": office.slack.workspace.world.new_ts()}  # fmt: skip
    for number in range(3):
        office.slack.send_event({**event, "event_ts": event["ts"]}, event_id=f"Ev0SAME{number}")
        office.settle()
    assert (office.rating()["score"], office.rating()["comment"]) == (5, "")
    assert len(office.told(office.carla)) == 1


def test_a_late_copy_of_done_does_not_end_a_later_promise(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "1")
    [notice] = office.notices()
    done = pressed(office, office.leo, office.leads_channel, notice["ts"], "Done")
    arrive(office, done, done)
    office.click(office.carla, channel, office.slack.messages(channel)[-1]["ts"], "Please contact me")
    arrive(office, done)
    assert "Take it" in [label for notice in office.notices() for label in labels(notice)]
    assert not [each for each in office.whispers(office.leo, office.leads_channel) if "faster" in each]


def copied(office: Office, text: str, user: str = "") -> tuple[Any, Any]:
    """Type a command, and keep its payload."""
    user = user or office.ada
    workspace = office.slack.workspace
    world = workspace.world
    form = payloads.slash_command(workspace, world.users[user], world.channels[office.team_channel], "/cx", text)
    return form, workspace.outbound.deliver("slash_commands", form)


@pytest.mark.parametrize("socket_mode", [False, True])
def test_a_late_copy_of_a_command_undoes_nothing(tmp_path: Path, socket_mode: bool) -> None:
    with Office(tmp_path, socket_mode=socket_mode) as office:
        if socket_mode:
            office.slack.wait_for(lambda: office.slack.sockets_connected)
        for first, second in (("pause", "resume"), ("pause all", "resume all"),
                              ('incident "outage" 2026-11-03', 'incident remove "outage"')):  # fmt: skip
            form, _ = copied(office, first)
            copied(office, second)
            before = office.database.reader.execute("SELECT COUNT(*) FROM audit").fetchone()
            told = office.slack.workspace.outbound.deliver("slash_commands", form)
            assert "came twice" in told.body["text"]
            assert office.database.reader.execute("SELECT COUNT(*) FROM audit").fetchone() == before
        assert not rows(office.database.reader, "SELECT * FROM incidents")
        assert not office.service.bot.teams()[0].paused


def test_a_late_copy_of_a_shortcut_or_of_ask_asks_nobody_again(tmp_path: Path) -> None:
    with Office(tmp_path, throttle_days=0, delay_minutes=0, hours="always") as office:
        workspace, thread = office.slack.workspace, office.conversation()
        used = payloads.message_shortcut(
            workspace, workspace.world.users[office.anna], workspace.world.find(office.acme, thread), ids.ASK_SHORTCUT
        )
        form = {"command": "/cx", "text": f"ask <@{office.carla}>", "user_id": office.anna, "channel_id": office.acme,
                "team_id": office.slack.workspace_id, "trigger_id": "1.2.abc"}  # fmt: skip
        for number, (kind, payload) in enumerate((("interactive", used), ("slash_commands", form)), 1):
            for first in (True, False, False):
                workspace.outbound.deliver(kind, payload)
                office.settle()
                office.pass_time(minutes=1)
                if first:
                    survey = office.invitations()[-1]
                    office.click(office.carla, survey["message_channel"], survey["message_ts"], "5")
            assert [row["state"] for row in office.invitations()] == ["sent"] * number


def test_a_late_copy_of_a_form_undoes_no_later_one(office: Office) -> None:
    sent: list[Any] = []
    for minutes in ("3", "5"):
        view = open_form(office)
        workspace = office.slack.workspace
        state = workspace.world.views[view["id"]]
        state.state["delay_minutes"]["delay_minutes"]["value"] = minutes
        sent.append(payloads.view_submission(workspace, workspace.world.users[office.ada], state))
    for form in (*sent, sent[0]):
        assert office.slack.workspace.outbound.deliver("interactive", form).status == 200
    assert team(office).delay_minutes == 5


def test_a_late_copy_of_a_campaigns_button_undoes_no_later_one(tmp_path: Path) -> None:
    with mailing(tmp_path) as office:
        submit(office, "eve@example.com")
        office.command(office.ada, "/cx", "campaign spring")
        where = (office.ada, office.team_channel, office.slack.ephemerals(office.team_channel, office.ada)[-1]["ts"])
        pause = pressed(office, *where, "Pause")
        resume = {**pause, "actions": [{**pause["actions"][0], "action_id": "campaign_resume"}]}
        resume["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
        arrive(office, pause, resume, pause)
        assert office.show()["state"] == "running"


def test_one_share_is_one_message_and_one_deed(office: Office) -> None:
    office.command(office.leo, "/csat", "week")
    shown = office.slack.ephemerals(office.team_channel, office.leo)[-1]
    share = pressed(office, office.leo, office.team_channel, shown["ts"], "Share in this channel")
    arrive(office, share, share)
    office.slack.wait_for(lambda: "report shared" in office.command(office.ada, "/cx", "audit"))
    assert office.command(office.ada, "/cx", "audit").count("report shared") == 1
    assert len([each for each in office.slack.messages(office.team_channel) if each.get("bot_id")]) == 1


# -- what Slack tells late, after what came later -----------------------------------------------------------------


def stamped(office: Office) -> str:
    """The next moment by Slack's clock."""
    return str(office.slack.workspace.world.new_ts())


def wrote(office: Office, channel: str, text: str, at: str) -> None:
    """A direct message of Carla's arrives."""
    event = {"type": "message", "channel": channel, "channel_type": "im", "user": office.carla, "text": text, "ts": at}
    assert office.slack.send_event({**event, "event_ts": at}).status == 200
    office.settle()


def test_a_message_that_was_written_before_the_survey_is_no_answer_to_it(office: Office) -> None:
    early = stamped(office)
    channel, ts = office.ask()
    wrote(office, channel, "1", early)
    assert office.rating()["score"] is None
    office.click(office.carla, channel, ts, "5")
    wrote(office, channel, "How do I export?", f"{early}1")
    assert office.rating()["comment"] == ""
    wrote(office, channel, "Thank you!", stamped(office))
    assert office.rating()["comment"] == "Thank you!"


def test_a_score_that_was_typed_before_a_press_is_no_comment_on_it(office: Office) -> None:
    channel, ts = office.ask()
    typed = stamped(office)
    arrive(office, pressed(office, office.carla, channel, ts, "2"))
    wrote(office, channel, "5", typed)
    assert (office.rating()["score"], office.rating()["comment"]) == (2, "")
    assert not any("5" in notice["text"].splitlines() for notice in office.notices())


def test_a_message_in_the_thread_from_before_the_survey_is_no_answer(tmp_path: Path) -> None:
    with Office(tmp_path, silence="4h") as office:
        early = stamped(office)
        thread, _ = office.thread_survey()
        event = {"type": "message", "channel": office.acme, "channel_type": "channel", "user": office.carla,
                 "text": "4", "ts": early, "thread_ts": thread, "parent_user_id": office.carla}  # fmt: skip
        assert office.slack.send_event(event).status == 200
        office.settle()
        assert office.whispers(office.carla) == []


def test_a_tap_on_a_reason_from_before_the_score_or_a_form_changes_nothing(office: Office) -> None:
    channel, ts = office.ask()
    late_score = pressed(office, office.carla, channel, ts, "2")
    office.click(office.carla, channel, ts, "1")
    tap = pressed(office, office.carla, channel, ts, "Long wait")
    late_score["actions"][0]["action_ts"] = stamped(office)
    arrive(office, late_score, tap)
    assert office.rating()["reasons"] == "", "it was about another answer"
    again = pressed(office, office.carla, channel, ts, "Long wait")
    off = pressed(office, office.carla, channel, ts, "Long wait")
    arrive(office, again, off, again)
    assert office.rating()["reasons"] == ""
    stale = pressed(office, office.carla, channel, ts, "Long wait")
    office.clock_seconds(5)
    office.click(office.carla, channel, ts, "Comment or change")
    view = office.slack.views(office.carla)[-1]
    chosen = {"selected_options": [{"value": "long_wait"}]}
    assert office.slack.submit(office.carla, view["id"], {"reasons": {"reasons": chosen}}).status == 200
    office.settle()
    assert office.rating()["reasons"] == "long_wait"
    arrive(office, stale)
    assert office.rating()["reasons"] == "long_wait", "the form came later"


def test_done_that_was_pressed_before_a_wish_to_be_contacted_does_not_end_it(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "1")
    [notice] = office.notices()
    done = pressed(office, office.leo, office.leads_channel, notice["ts"], "Done")
    arrive(office, pressed(office, office.carla, channel, ts, "Please contact me"), done)
    assert "Done" in labels(office.notices()[-1]), "she still waits"
    assert not office.whispers(office.leo, office.leads_channel)
    arrive(office, pressed(office, office.leo, office.leads_channel, notice["ts"], "Done"))
    assert "Done" not in labels(office.notices()[-1])


def test_a_late_copy_of_a_channels_change_of_id_undoes_no_later_one(office: Office) -> None:
    new = office.slack.add_channel("acme-shared", members=[office.anna, office.leo, office.carla], shared=True)
    there = {"type": "channel_id_changed", "old_channel_id": office.acme, "new_channel_id": new}
    back = {"type": "channel_id_changed", "old_channel_id": new, "new_channel_id": office.acme}
    there, back = ({**each, "event_ts": stamped(office)} for each in (there, back))
    for event in (there, there, back, there):
        assert office.slack.send_event(event).status == 200
    assert office.service.bot.teams()[0].source_channels == (office.acme,)


def test_a_reaction_that_is_told_late_closes_when_it_was_put(office: Office) -> None:
    office.command(office.leo, "/cx", 'incident "outage" 2026-11-17')
    event = reacted(office, office.conversation(), f"{(T0 - timedelta(hours=16)).timestamp():.6f}")
    office.slack.send_event(event)
    office.settle()
    [asked] = office.invitations()
    assert asked["closed_at"].startswith("2026-11-17T16:00")
    assert (asked["state"], asked["reason"]) == ("refused", "incident")


def test_what_is_still_to_be_sent_follows_a_channel_to_its_new_id(office: Office) -> None:
    new = office.slack.add_channel("acme-shared", members=[office.anna, office.leo, office.carla], shared=True)
    office.slack.faults.next("chat.postEphemeral", "error", code="ratelimited")
    office.close(office.conversation())
    event = {"type": "channel_id_changed", "old_channel_id": office.acme, "new_channel_id": new}
    assert office.slack.send_event({**event, "event_ts": stamped(office)}).status == 200
    office.pass_time(minutes=2)
    assert (len(office.whispers(office.anna)), len(office.whispers(office.anna, new))) == (0, 1)

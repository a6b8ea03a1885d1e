"""Asking: who is asked, by whom, where and when, and everything that forbids it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cxbot.slack.messages.parts import ids
from tests.office import REACTION, Office, at_once, labels

FRIDAY_EVENING = datetime(2026, 11, 20, 16, 5, tzinfo=UTC)  # 18:05 in Helsinki, 11:05 in New York


def surveys(office: Office, channel: str) -> list[str]:
    return [each["ts"] for each in office.slack.messages(channel) if "Not now" in labels(each)]


# -- the ways to ask ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("survey", "first", "last"), [("nps", "0", "10"), ("csat", "1", "5"), ("ces", "1", "7")])
def test_command_asks_at_once_by_direct_message(office: Office, survey: str, first: str, last: str) -> None:
    channel, ts = office.ask(survey)
    shown = labels(office.message(channel, ts))
    assert (shown[0], shown[-3]) == (first, last)
    assert shown[-2:] == ["Not now", "Don't ask me again"]


def test_who_is_in_several_teams_asks_for_the_team_whose_channel_it_is(office: Office) -> None:
    sales, lobby = (office.slack.add_channel(name, members=[office.leo]) for name in ("sales-team", "lobby"))
    office.add_team(name="Sales", channel=sales, leads=[office.leo])
    assert "Support · week" in office.command(office.leo, "/cx", "digest", channel=office.team_channel)
    assert "Sales · week" in office.command(office.leo, "/cx", "digest", channel=sales)
    assert "There are several teams" in office.command(office.leo, "/cx", "digest", channel=lobby)


@pytest.mark.parametrize("how", ["shortcut", "command"])
def test_in_a_channel_with_another_teams_customers_nobody_asks_for_the_own_team(office: Office, how: str) -> None:
    bea = office.slack.add_user("bea")
    office.slack.join(office.acme, bea)
    office.add_team(name="Sales", channel=office.team_channel, leads=[bea])
    thread = office.conversation()
    if how == "shortcut":
        office.slack.shortcut(bea, office.acme, thread, ids.ASK_SHORTCUT)
        office.settle()
        [said] = office.whispers(bea)
    else:
        said = office.command(bea, "/cx", f"ask <@{office.carla}>", channel=office.acme)
    assert said == "The customers in this channel are asked by Support, and you are not in it."
    assert office.invitations() == []


def test_an_admin_in_a_teams_channel_means_that_team(office: Office) -> None:
    sales, lobby = (office.slack.add_channel(name, members=[office.ada]) for name in ("sales-team", "lobby"))
    office.add_team(name="Sales", channel=sales)
    assert "Sales · week" in office.command(office.ada, "/cx", "digest", channel=sales)
    assert office.command(office.ada, "/cx", "pause", channel=sales).startswith("Sales is paused")
    assert "There are several teams. Say which one: " in office.command(office.ada, "/cx", "digest", channel=lobby)


def test_survey_command_is_the_same_as_ask(office: Office) -> None:
    assert "is being asked by direct message now" in office.command(office.anna, "/survey", f"<@{office.carla}>")
    assert len(surveys(office, office.slack.dm(office.carla))) == 1


def test_shortcut_asks_the_conversation_at_once_in_its_thread(office: Office) -> None:
    thread = office.conversation()
    assert office.slack.shortcut(office.anna, office.acme, thread, "ask_for_feedback").status == 200
    office.settle()
    assert len(surveys(office, office.acme)) == 1
    assert "is being asked in the thread now" in office.whispers(office.anna)[-1]


def test_shortcut_on_a_reply_asks_the_author_of_the_first_message(office: Office) -> None:
    thread = office.conversation()
    reply = office.slack.messages(office.acme, thread)[-1]["ts"]
    office.slack.shortcut(office.anna, office.acme, reply, "ask_for_feedback")
    office.settle()
    assert office.invitations()[0]["customer"] == office.carla
    assert office.invitations()[0]["thread_ts"] == thread


def test_reaction_asks_after_the_delay(office: Office) -> None:
    office.close(office.conversation())
    assert office.invitations()[0]["send_at"].startswith("2026-11-18T08:10:00")
    office.pass_time(minutes=9)
    assert surveys(office, office.acme) == []
    office.pass_time(minutes=1)
    assert len(surveys(office, office.acme)) == 1


def test_reaction_on_a_reply_asks_the_author_of_the_first_message(office: Office) -> None:
    thread = office.conversation()
    office.close(office.slack.messages(office.acme, thread)[-1]["ts"])
    [invitation] = office.invitations()
    assert (invitation["customer"], invitation["thread_ts"]) == (office.carla, thread)


def test_in_a_thread_an_agent_opened_the_first_other_participant_is_asked(office: Office) -> None:
    robot = office.slack.add_user("robot", bot=True)
    office.slack.join(office.acme, robot)
    thread = office.slack.post(office.anna, office.acme, "Maintenance tonight.")
    for user in (office.leo, robot, office.carla):
        office.slack.post(user, office.acme, "…", thread_ts=thread)
    office.close(thread)
    assert office.invitations()[0]["customer"] == office.carla


@pytest.mark.parametrize("method", ["users.info", "reactions.get"])
@pytest.mark.parametrize("kind", ["500", "rate_limited", "drop_before", "timeout"])
def test_a_close_that_slack_cannot_tell_about_is_decided_later(office: Office, method: str, kind: Any) -> None:
    thread = office.conversation()
    for user in (office.anna, office.carla):
        office.service.bot.directory.forget(user)
    office.slack.faults.next(method, kind, times=2, **({"seconds": 3} if kind == "timeout" else {}))
    office.slack.react(office.anna, office.acme, thread, REACTION)
    office.slack.settle()
    office.slack.wait_for(lambda: not office.slack.faults.waiting() or office.pass_time(seconds=5), timeout=20)
    for _ in range(3):
        office.pass_time(seconds=20)
    [invitation] = office.invitations()
    assert invitation["customer"] == office.carla
    assert len(office.whispers(office.anna)) == 1


def test_a_close_of_a_group_that_slack_cannot_list_is_decided_later(office: Office) -> None:
    """It is not clear whether Anna is of the team, so it is not clear either that she is not."""
    office.change_team(members=[office.slack.add_usergroup("agents", [office.anna])])
    office.slack.faults.next("usergroups.users.list", "500", times=2)
    office.close(office.conversation())
    for _ in range(3):
        office.pass_time(seconds=20)
    assert [invitation["customer"] for invitation in office.invitations()] == [office.carla]


@pytest.mark.parametrize("method", ["users.info", "reactions.get", "usergroups.users.list", "conversations.info"])
def test_a_shortcut_that_slack_cannot_tell_about_is_decided_later(office: Office, method: str) -> None:
    office.change_team(members=[office.slack.add_usergroup("agents", [office.anna])])
    thread = office.conversation()
    for thing in (office.anna, office.carla, office.acme):
        office.service.bot.directory.forget(thing)
    office.slack.faults.next(method, "500", times=2)
    assert office.slack.shortcut(office.anna, office.acme, thread, "ask_for_feedback").status == 200
    office.settle()
    assert "Slack can't tell me right now who took part" in office.whispers(office.anna)[-1]
    assert office.invitations() == []
    for _ in range(3):
        office.pass_time(seconds=20)
    assert len(surveys(office, office.acme)) == 1
    assert office.invitations()[0]["asked_via"] == "shortcut"
    assert "is being asked in the thread now" in office.whispers(office.anna)[-1]
    office.slack.unreact(office.anna, office.acme, thread, REACTION)  # is about another close
    office.settle()
    assert office.invitations()[0]["state"] == "sent"


def test_a_shortcut_that_is_refused_later_says_so(office: Office) -> None:
    office.ask()  # so Carla was asked today
    thread = office.conversation()
    office.service.bot.directory.forget(office.carla)
    office.slack.faults.next("users.info", "500", times=1)
    office.slack.shortcut(office.anna, office.acme, thread, "ask_for_feedback")
    office.settle()
    office.pass_time(seconds=20)
    assert len(office.whispers(office.anna)) == 3
    assert "was asked" in office.whispers(office.anna)[-1]


def test_a_close_that_slack_sends_twice_is_decided_once(tmp_path: Path) -> None:
    with Office(tmp_path, throttle_days=0, delay_minutes=0, hours="always") as office:
        thread = office.conversation()
        office.slack.faults.duplicate_events()
        office.close(thread)
        office.pass_time(minutes=1)
        assert len(office.invitations()) == 1
        assert len(office.whispers(office.anna)) == 1


def test_a_reaction_taken_back_before_it_is_decided_means_nothing(office: Office) -> None:
    thread = office.conversation()
    office.service.bot.directory.forget(office.anna)
    office.slack.faults.next("users.info", "500", times=1)
    office.slack.react(office.anna, office.acme, thread, REACTION)
    office.slack.wait_for(lambda: not office.slack.faults.waiting())
    office.slack.unreact(office.anna, office.acme, thread, REACTION)
    office.slack.settle()
    for _ in range(3):
        office.pass_time(minutes=20)
    assert office.invitations() == []


def test_a_reaction_taken_back_while_it_is_being_decided_means_nothing(office: Office) -> None:
    first, second = office.conversation(), office.conversation()
    office.service.bot.directory.forget(office.carla)
    office.slack.faults.next("users.info", "slow", seconds=0.3)
    office.slack.react(office.anna, office.acme, first, REACTION)
    office.slack.wait_for(lambda: not office.slack.faults.waiting())
    office.slack.unreact(office.anna, office.acme, first, REACTION)
    office.slack.settle()
    office.close(second)  # is decided after the first
    assert [invitation["trigger_ts"] for invitation in office.invitations()] == [second]


def test_an_agent_among_colleagues_asks_nobody(office: Office) -> None:
    thread = office.slack.post(office.anna, office.acme, "Note to self.")
    office.slack.post(office.leo, office.acme, "Right.", thread_ts=thread)
    office.close(thread)
    assert "I see no customer in this conversation" in office.whispers(office.anna)[-1]
    office.pass_time(minutes=30)
    assert surveys(office, office.acme) == []


def test_bots_colleagues_oneself_and_people_who_left_are_not_asked(office: Office) -> None:
    ghost = office.slack.add_user("ghost")
    office.slack.deactivate(ghost)
    for person, why in (
        (office.slack.bot_user_id, "That is a bot"),
        (office.leo, "belongs to the team"),
        (office.anna, "ask yourself"),
        (ghost, "deactivated"),
        ("U0UNKNOWN", "Slack does not know this person"),
    ):
        assert why in office.command(office.anna, "/cx", f"ask <@{person}>")
    assert {each["state"] for each in office.invitations()} == {"refused"}
    assert surveys(office, office.slack.dm(office.leo)) == []


def test_unclear_words_are_explained_and_ask_nobody(office: Office) -> None:
    for text, answer in (
        ("", "Name the customer"),
        ("@nobody", "`@nobody` is only text to me"),
        (f"<@{office.carla}> ces1", "`ces1` does not belong here"),
        (f"<@{office.carla}> team:Sales", "your own team: Support"),
    ):
        assert answer in office.command(office.anna, "/cx", f"ask {text}")
    assert surveys(office, office.slack.dm(office.carla)) == []


def test_topic_and_touchpoint_stay_with_the_answer(office: Office) -> None:
    office.command(office.anna, "/cx", f'ask <@{office.carla}> nps topic:"Export file" touchpoint:onboarding')
    [invitation] = office.invitations()
    assert (invitation["topic"], invitation["touchpoint"], invitation["survey"]) == ("Export file", "onboarding", "nps")


# -- where ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delivery", "shared", "where"),
    [("auto", True, "thread"), ("auto", False, "dm"), ("thread", False, "thread"), ("dm", True, "dm")],
)
def test_the_team_decides_between_thread_and_direct_message(
    tmp_path: Path, delivery: str, shared: bool, where: str
) -> None:
    with Office(tmp_path, delivery=delivery) as office:
        guest = office.slack.add_user("gus", guest="single")
        channel = office.acme
        if not shared:
            channel = office.slack.add_channel("desk", members=[office.anna, guest])
            office.change_team(source_channels=[office.acme, channel])
        thread = office.conversation(channel, None if shared else guest)
        office.close(thread, channel)
        office.pass_time(minutes=10)
        dm = office.slack.dm(office.carla if shared else guest)
        assert len(surveys(office, channel if where == "thread" else dm)) == 1
        assert len(surveys(office, dm if where == "thread" else channel)) == 0


def test_a_survey_in_a_thread_mentions_nobody(office: Office) -> None:
    _, ts = office.thread_survey()
    shown = office.message(office.acme, ts)
    assert office.carla not in shown["text"] + str(shown["blocks"])


# -- when -----------------------------------------------------------------------------------------------------


def test_friday_evening_waits_for_monday_morning_of_the_customers_zone(tmp_path: Path) -> None:
    with Office(tmp_path, start=FRIDAY_EVENING) as office:
        office.close(office.conversation())
        nina = office.slack.add_user("nina", external=True, tz="America/New_York")
        office.slack.join(office.acme, nina)
        office.close(office.conversation(customer=nina))
        sent = {each["customer"]: each["send_at"][:16] for each in office.invitations()}
        assert sent == {office.carla: "2026-11-23T06:00", nina: "2026-11-20T16:15"}
        assert "Mon 23 Nov 08:00" in office.whispers(office.anna)[0]


def test_delay_zero_and_always_send_at_once(tmp_path: Path) -> None:
    sunday = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    with Office(tmp_path, start=sunday, delay_minutes=0, hours="always") as office:
        office.close(office.conversation())
        assert len(surveys(office, office.acme)) == 1
        assert "is being asked in the thread now" in office.whispers(office.anna)[-1]


# -- taking it back -------------------------------------------------------------------------------------------


def test_reaction_taken_back_withdraws_the_survey(office: Office) -> None:
    thread = office.conversation()
    office.close(thread)
    office.slack.unreact(office.anna, office.acme, thread, REACTION)
    office.pass_time(minutes=30)
    assert surveys(office, office.acme) == []
    assert office.invitations()[0]["state"] == "withdrawn"


def test_reaction_put_again_asks_again(office: Office) -> None:
    thread = office.conversation()
    office.close(thread)
    office.slack.unreact(office.anna, office.acme, thread, REACTION)
    office.pass_time(minutes=1)
    office.close(thread)
    office.pass_time(minutes=10)
    assert len(surveys(office, office.acme)) == 1


def test_reaction_taken_back_after_sending_changes_nothing(office: Office) -> None:
    thread, _ = office.thread_survey()
    office.slack.unreact(office.anna, office.acme, thread, REACTION)
    office.settle()
    assert len(surveys(office, office.acme)) == 1


def test_cancel_in_the_note_withdraws(office: Office) -> None:
    office.close(office.conversation())
    note = office.slack.ephemerals(office.acme, office.anna)[-1]
    office.click(office.anna, office.acme, note["ts"], "Cancel")
    assert office.whispers(office.anna)[-1] == "Cancelled: the customer is not asked."
    office.pass_time(minutes=30)
    assert surveys(office, office.acme) == []


def test_cancel_after_sending_deletes_the_survey_and_takes_it_out_of_the_figures(office: Office) -> None:
    office.thread_survey()
    assert office.response()["response"]["sent"] == 1
    note = office.slack.ephemerals(office.acme, office.anna)[-1]
    office.click(office.anna, office.acme, note["ts"], "Cancel")
    assert surveys(office, office.acme) == []
    assert office.response()["response"] == {
        "sent": 0, "delivered": 0, "answered": 0, "open": 0, "rate": None, "settled_rate": None,
    }  # fmt: skip


def test_cancel_after_the_answer_is_too_late(office: Office) -> None:
    _, ts = office.thread_survey()
    office.click(office.carla, office.acme, ts, "4")
    note = office.slack.ephemerals(office.acme, office.anna)[-1]
    office.click(office.anna, office.acme, note["ts"], "Cancel")
    assert "Too late to cancel" in office.whispers(office.anna)[-1]
    assert office.rating()["score"] == 4


# -- budgets and wishes ---------------------------------------------------------------------------------------


def test_one_survey_per_person_in_thirty_days_across_teams_and_surveys(office: Office) -> None:
    office.add_team(name="Sales", channel=office.team_channel, members=[office.leo], throttle_days="30")
    office.ask("csat")
    said = office.command(office.leo, "/cx", f"ask <@{office.carla}> nps team:Sales")
    assert "was asked on Wed 18 Nov 10:00 and can be asked again from Fri 18 Dec 10:00" in said
    office.pass_time(days=30)
    said = office.command(office.leo, "/cx", f"ask <@{office.carla}> nps team:Sales")
    assert "is being asked" in said


def test_a_second_request_while_one_waits_names_its_date(office: Office) -> None:
    office.close(office.conversation())
    said = office.command(office.anna, "/cx", f"ask <@{office.carla}>")
    assert "already waiting; it goes out on Wed 18 Nov 10:10" in said


def test_opting_out_holds_and_opting_in_ends_it(tmp_path: Path) -> None:
    with Office(tmp_path, throttle_days="0") as office:
        channel, ts = office.ask()
        office.click(office.carla, channel, ts, "Don't ask me again")
        assert office.whispers(office.carla, channel)[-1] == "All right: we won't ask you again."
        assert labels(office.message(channel, ts)) == []
        said = office.command(office.anna, "/cx", f"ask <@{office.carla}>")
        assert "has asked not to get surveys" in said
        back = office.slack.ephemerals(channel, office.carla)[-1]
        office.click(office.carla, channel, back["ts"], "Ask me again")
        assert "is being asked" in office.command(office.anna, "/cx", f"ask <@{office.carla}>")


def test_not_now_ends_this_survey_only(tmp_path: Path) -> None:
    with Office(tmp_path, throttle_days="0") as office:
        channel, ts = office.ask()
        office.click(office.carla, channel, ts, "Not now")
        assert "no question this time" in office.message(channel, ts)["text"]
        assert "is being asked" in office.command(office.anna, "/cx", f"ask <@{office.carla}>")


@pytest.mark.parametrize(("who", "what"), [("leo", ""), ("ada", " all")])
def test_nothing_is_sent_during_a_pause_and_the_rest_after_it(office: Office, who: str, what: str) -> None:
    person = {"leo": office.leo, "ada": office.ada}[who]
    office.close(office.conversation())
    office.command(person, "/cx", f"pause{what}")
    office.pass_time(hours=2)
    assert surveys(office, office.acme) == []
    assert "Surveys are paused" in office.command(office.anna, "/cx", f"ask <@{office.carla}>")
    office.command(person, "/cx", f"resume{what}")
    office.pass_time(seconds=20)
    assert len(surveys(office, office.acme)) == 1


def test_a_close_is_too_old_after_a_long_pause(office: Office) -> None:
    office.close(office.conversation())
    office.command(office.leo, "/cx", "pause")
    office.pass_time(days=8)
    office.command(office.leo, "/cx", "resume")
    office.pass_time(hours=1)
    assert surveys(office, office.acme) == []
    [invitation] = office.invitations()
    assert (invitation["state"], invitation["reason"]) == ("refused", "too_old")


def test_a_pause_also_holds_what_waits_for_slack(office: Office) -> None:
    office.close(office.conversation())
    office.slack.faults.next("chat.postMessage", "rate_limited", retry_after=1)
    office.pass_time(minutes=10)
    office.command(office.leo, "/cx", "pause")
    office.pass_time(hours=2)
    assert surveys(office, office.acme) == []
    office.command(office.leo, "/cx", "resume")
    office.slack.wait_for(lambda: office.pass_time(seconds=20) or surveys(office, office.acme))


def test_rehearsal_shows_the_leads_and_asks_nobody(tmp_path: Path) -> None:
    with Office(tmp_path, rehearsal=True) as office:
        office.close(office.conversation())
        office.pass_time(minutes=10)
        assert surveys(office, office.acme) == []
        [notice] = office.notices()
        assert f"<@{office.carla}> would have been asked now" in notice["text"]
        assert "Rehearsal: nothing was sent" in office.command(office.anna, "/cx", f"ask <@{office.carla}>")


# -- what means nothing ---------------------------------------------------------------------------------------


def test_other_emoji_other_channels_and_the_customers_own_reaction_mean_nothing(office: Office) -> None:
    thread = office.conversation()
    office.slack.react(office.anna, office.acme, thread, "white_check_mark")
    office.slack.react(office.carla, office.acme, thread, REACTION)
    stranger = office.slack.add_user("sam")
    office.slack.join(office.acme, stranger)
    office.slack.react(stranger, office.acme, thread, REACTION)
    elsewhere = office.slack.post(office.leo, office.team_channel, "Lunch?")
    office.slack.react(office.anna, office.team_channel, elsewhere, REACTION)
    office.settle()
    assert office.invitations() == []
    assert office.whispers(office.anna) + office.whispers(office.carla) + office.whispers(stranger) == []


def test_a_duplicated_event_asks_once(office: Office) -> None:
    office.slack.faults.duplicate_events()
    office.close(office.conversation())
    assert len(office.invitations()) == 1
    assert len(office.whispers(office.anna)) == 1


def test_a_retried_event_asks_once_also_much_later(office: Office) -> None:
    thread = office.conversation()
    event = {
        "type": "reaction_added", "user": office.anna, "reaction": REACTION, "item_user": office.carla,
        "item": {"type": "message", "channel": office.acme, "ts": thread}, "event_ts": "1795000000.000100",
    }  # fmt: skip
    office.slack.send_event(event, event_id="Ev0AGAIN")
    office.pass_time(minutes=10)
    for retry in (1, 2, 3):
        assert office.slack.send_event(event, event_id="Ev0AGAIN", retry_num=retry).status == 200
    office.pass_time(hours=24)
    office.slack.send_event(event, event_id="Ev0AGAIN", retry_num=3)
    office.settle()
    assert len(office.invitations()) == 1
    assert len(office.whispers(office.anna)) == 1
    assert len(surveys(office, office.acme)) == 1


def test_a_second_agents_reaction_adds_no_survey(office: Office) -> None:
    thread = office.conversation()
    office.close(thread)
    office.slack.react(office.leo, office.acme, thread, REACTION)
    office.settle()
    assert "will be asked in the thread on Wed 18 Nov 10:10" in office.whispers(office.leo)[-1]
    office.pass_time(minutes=10)
    assert len(surveys(office, office.acme)) == 1


def test_a_reaction_long_after_the_survey_does_not_claim_to_ask(office: Office) -> None:
    thread, _ = office.thread_survey()
    office.pass_time(days=3)
    office.slack.react(office.leo, office.acme, thread, REACTION)
    office.settle()
    assert "can be asked again from" in office.whispers(office.leo)[-1]
    office.pass_time(days=30)
    office.slack.unreact(office.leo, office.acme, thread, REACTION)
    office.close_as(office.leo, thread)
    assert "will be asked in the thread" in office.whispers(office.leo)[-1]
    assert [each["state"] for each in office.invitations()].count("due") == 1


# -- what cannot be delivered ---------------------------------------------------------------------------------


def test_a_customer_who_left_before_the_survey_counts_as_not_delivered(tmp_path: Path) -> None:
    with Office(tmp_path, delivery="dm") as office:
        office.close(office.conversation())
        office.slack.deactivate(office.carla)
        office.pass_time(minutes=10)
        [invitation] = office.invitations()
        assert (invitation["state"], invitation["reason"]) == ("undeliverable", "user_disabled")
        found = office.response()["response"]
        assert (found["sent"], found["delivered"], found["rate"]) == (1, 0, None)
        assert "could not be delivered (Slack says `user_disabled`)" in office.told(office.anna)[-1]


@pytest.mark.parametrize("code", ["cannot_dm_bot", "user_not_found", "user_not_visible"])
def test_a_direct_message_slack_refuses_for_good_is_undeliverable(office: Office, code: str) -> None:
    office.slack.faults.next("conversations.open", "error", code=code)
    office.command(office.anna, "/cx", f"ask <@{office.carla}>", office.acme)
    [invitation] = office.invitations()
    assert (invitation["state"], invitation["reason"]) == ("undeliverable", code)
    assert f"(Slack says `{code}`)" in office.told(office.anna)[-1]


def test_a_channel_the_bot_has_left_is_undeliverable_and_the_customer_can_be_asked_again(office: Office) -> None:
    office.close(office.conversation())
    office.slack.remove_member(office.acme, office.slack.bot_user_id)
    office.pass_time(minutes=10)
    [invitation] = office.invitations()
    assert (invitation["state"], invitation["reason"]) == ("undeliverable", "not_in_channel")
    assert office.response()["response"]["sent"] == 1
    assert "is being asked" in office.command(office.anna, "/cx", f"ask <@{office.carla}>")


def test_an_archived_channel_is_undeliverable(office: Office) -> None:
    office.close(office.conversation())
    office.slack.archive(office.acme)
    office.pass_time(minutes=10)
    assert office.invitations()[0]["reason"] == "is_archived"


def test_a_channel_whose_id_changes_is_followed(office: Office) -> None:
    office.close(office.conversation())
    world = office.slack.workspace.world
    with world.change():
        world.channels["C0MOVED"] = world.channels.pop(office.acme)
        world.channels["C0MOVED"].id = "C0MOVED"
        world.messages["C0MOVED"] = world.messages.pop(office.acme)
        for each in world.messages["C0MOVED"]:
            each.channel = "C0MOVED"
    event = {"type": "channel_id_changed", "old_channel_id": office.acme, "new_channel_id": "C0MOVED"}
    assert office.slack.send_event(event).status == 200
    office.pass_time(minutes=10)
    assert len(surveys(office, "C0MOVED")) == 1


# -- the end --------------------------------------------------------------------------------------------------


def test_an_unanswered_survey_is_deleted_after_a_week(office: Office) -> None:
    office.thread_survey()
    office.pass_time(days=6, hours=23)
    assert len(surveys(office, office.acme)) == 1
    office.pass_time(hours=1)
    assert surveys(office, office.acme) == []
    assert office.invitations()[0]["state"] == "expired"


def test_an_answered_survey_shrinks_to_one_line_after_a_week(office: Office) -> None:
    _, ts = office.thread_survey()
    office.click(office.carla, office.acme, ts, "5")
    office.pass_time(days=7)
    shown = office.message(office.acme, ts)
    assert shown["text"] == "Thank you for your answer!"
    assert [block["type"] for block in shown["blocks"]] == ["context"]


def test_a_team_without_agents_stores_none(tmp_path: Path) -> None:
    with Office(tmp_path, agents="off") as office:
        _, ts = office.thread_survey()
        office.click(office.carla, office.acme, ts, "5")
        assert (office.invitations()[0]["agent"], office.rating()["agent"]) == ("", 0)
        assert len(office.whispers(office.anna)) == 1


def test_two_agents_at_once_lead_to_one_survey(office: Office) -> None:
    thread = office.conversation()
    events = [
        {"type": "reaction_added", "user": user, "reaction": REACTION, "item_user": office.carla, "event_ts": "1.0",
         "item": {"type": "message", "channel": office.acme, "ts": thread}}
        for user in (office.anna, office.leo)
    ]  # fmt: skip
    assert {reply.status for reply in at_once(office.slack.send_event, events)} == {200}
    office.settle()
    office.pass_time(minutes=10)
    assert len(surveys(office, office.acme)) == 1
    assert [each["state"] for each in office.invitations()].count("sent") == 1

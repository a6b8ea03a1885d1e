"""Surveys of several items: one message, one tap per item, each stored at once."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from cxbot.core.surveys.shipped import SURVEYS
from cxbot.errors import UsageError
from cxbot.store.engine.statements import rows
from tests.office import Office, at_once, buttons, labels

THANKS = "Thank you for your answer!"
EXPERIENCE = ("goal", "ease", "emotion")


def tap(office: Office, channel: str, ts: str, item: str, score: int) -> None:
    """The customer answers one item."""
    click = payload(office, channel, ts, item, score)
    assert office.slack.send_action(click).status == 200
    office.settle()


def payload(office: Office, channel: str, ts: str, item: str, score: int) -> dict[str, Any]:
    """The click on the button of an item's score, as Slack sends it now."""
    click = office.slack.click_payload(office.carla, channel, ts, label="4")
    click["actions"][0] |= {"action_id": f"score:{item}:{score}", "action_ts": office.slack.workspace.world.new_ts()}
    return click


def ratings(office: Office) -> dict[str, int | None]:
    """The score on file for each item."""
    return {each["metric"]: each["score"] for each in rows(office.database.reader, "SELECT * FROM ratings")}


def actions(office: Office, channel: str, ts: str) -> list[str]:
    """The action ids of a message's buttons."""
    return [each["action_id"] for each in buttons(office.message(channel, ts))]


def thread_survey(office: Office) -> tuple[str, str]:
    """The survey in the thread of #acme; the team asks for the experience."""
    office.change_team(survey="experience")
    return office.thread_survey()


# -- asking ---------------------------------------------------------------------------------------------------


def test_all_items_stand_in_one_message_with_a_row_of_buttons_each(office: Office) -> None:
    channel, ts = office.ask("experience")
    assert actions(office, channel, ts) == [
        *(f"score:{item}:{score}" for item in EXPERIENCE for score in range(1, 6)), "not_now", "opt_out"
    ]  # fmt: skip
    said = [each["accessibility_label"] for each in buttons(office.message(channel, ts))[:15]]
    assert said[5:7] == ["Ease: 1 of 5", "Ease: 2 of 5"]
    assert ratings(office) == dict.fromkeys(EXPERIENCE)


def test_what_is_sent_counts_for_each_item(office: Office) -> None:
    office.ask("experience")
    assert [office.response(item)["response"]["sent"] for item in EXPERIENCE] == [1, 1, 1]


@pytest.mark.parametrize("name", [name for name, survey in SURVEYS.items() if not survey.employees])
def test_every_survey_can_be_asked_and_answered_with_its_buttons(office: Office, name: str) -> None:
    channel, ts = office.ask(name)
    for item in SURVEYS[name].items:
        fitting = [each for each in actions(office, channel, ts) if each.startswith("score:")]
        chosen = next(each for each in fitting if not SURVEYS[name].several or f":{item.metric.name}:" in each)
        click = office.slack.click_payload(office.carla, channel, ts, action_id=chosen)
        assert office.slack.send_action(click).status == 200
        office.settle()
        found = office.response(item.metric.name)
        assert found["n"] + found["buckets"].get("unsure", 0) == 1
    assert "What " in office.message(channel, ts)["text"]
    office.change_team(survey=name)


def test_answers_in_words_are_confirmed_in_words(office: Office) -> None:
    channel, ts = office.ask("promise")
    assert labels(office.message(channel, ts))[:3] == ["Yes", "Partly", "No"]
    office.click(office.carla, channel, ts, "Partly")
    assert "Your answer: Partly. Thank you!" in office.message(channel, ts)["text"]
    assert office.rating()["score"] == 1


def test_whether_it_is_still_solved_is_asked_two_weeks_after_the_close(office: Office) -> None:
    office.change_team(survey="still_solved")
    thread = office.conversation()
    office.close(thread)
    office.pass_time(days=13, hours=23)
    assert office.invitations()[0]["state"] == "due"
    office.pass_time(hours=2)
    assert office.invitations()[0]["state"] == "sent"


# -- colleagues -----------------------------------------------------------------------------------------------


def test_a_survey_for_colleagues_is_not_for_customers(office: Office) -> None:
    said = office.command(office.leo, "/cx", f"ask <@{office.carla}> enps")
    assert "for colleagues" in said
    with pytest.raises(UsageError, match="for colleagues"):
        office.change_team(survey="enps")


def test_a_colleague_of_the_team_can_be_asked_and_calls_nobody(office: Office) -> None:
    office.command(office.leo, "/cx", f"ask <@{office.anna}> disciplines")
    channel = office.slack.dm(office.anna)
    ts = office.slack.messages(channel)[-1]["ts"]
    assert "its own people" in office.message(channel, ts)["text"]
    assert "nobody is shown who answered what" in office.message(channel, ts)["text"]
    for item in SURVEYS["disciplines"].items:
        click = office.slack.click_payload(office.anna, channel, ts, action_id=f"score:{item.metric.name}:1")
        office.slack.send_action(click)
        office.settle()
    assert office.notices() == []
    assert labels(office.message(channel, ts)) == ["Comment or change"], (
        "a wish to be contacted would name who answered"
    )
    wish = office.slack.click_payload(office.anna, channel, ts, label="Comment or change")
    wish["actions"][0]["action_id"] = "contact"
    office.slack.send_action(wish)
    office.settle()
    assert office.notices() == []


# -- answering in a direct message ----------------------------------------------------------------------------


def test_an_answered_item_shows_its_answer_and_the_others_keep_their_buttons(office: Office) -> None:
    channel, ts = office.ask("experience")
    tap(office, channel, ts, "ease", 4)
    assert ratings(office) == {"goal": None, "ease": 4, "emotion": None}
    assert "It was easy.\nYour answer: 4 of 5" in office.message(channel, ts)["text"]
    assert [each.split(":")[1] for each in actions(office, channel, ts)[:10:5]] == ["goal", "emotion"]
    tap(office, channel, ts, "goal", 5)
    tap(office, channel, ts, "emotion", 5)
    shown = office.message(channel, ts)
    assert "• It was easy. 4 of 5" in shown["text"]
    assert labels(shown) == ["Speed", "Expertise", "Attitude", "Solved", "Comment or change", "Please contact me"]


def test_one_low_item_asks_what_could_have_been_better_and_calls_the_leads_once(office: Office) -> None:
    channel, ts = office.ask("experience")
    for item, score in (("goal", 5), ("ease", 1), ("emotion", 2)):
        tap(office, channel, ts, item, score)
    assert "What could have been better?" in office.message(channel, ts)["text"]
    [notice] = office.notices()
    assert "Goal reached: 5 of 5\nEase: 1 of 5\nFeeling: 2 of 5" in notice["text"]


def test_words_belong_to_the_survey_and_stay_with_its_first_item(office: Office) -> None:
    channel, ts = office.ask("experience")
    tap(office, channel, ts, "emotion", 5)
    office.slack.post(office.carla, channel, "A pleasure")
    office.settle()
    found = {each["metric"]: each["comment"] for each in rows(office.database.reader, "SELECT * FROM ratings")}
    assert found == {"goal": "A pleasure", "ease": "", "emotion": ""}
    assert "“A pleasure”" in office.message(channel, ts)["text"]
    tap(office, channel, ts, "goal", 4)
    tap(office, channel, ts, "ease", 4)
    assert "“A pleasure”" in office.message(channel, ts)["text"]


def test_a_changed_item_drops_reasons_that_no_longer_fit_the_whole(office: Office) -> None:
    channel, ts = office.ask("experience")
    for item in EXPERIENCE:
        tap(office, channel, ts, item, 5)
    office.click(office.carla, channel, ts, "Speed")
    old = office.slack.click_payload(office.carla, channel, ts, label="Comment or change")
    old["actions"][0] |= {"action_id": "score:ease:2", "action_ts": office.slack.workspace.world.new_ts()}
    office.slack.send_action(old)
    office.settle()
    assert "What could have been better?" in office.message(channel, ts)["text"]
    assert {each["reasons"] for each in rows(office.database.reader, "SELECT reasons FROM ratings")} == {""}


# -- the honesty of each item ---------------------------------------------------------------------------------


def test_taps_on_all_items_at_the_same_moment_all_count(office: Office) -> None:
    channel, ts = office.ask("levels")
    clicks = [payload(office, channel, ts, item.metric.name, 4) for item in SURVEYS["levels"].items]
    clicks += copy.deepcopy(clicks)
    assert {reply.status for reply in at_once(office.slack.send_action, clicks)} == {200}
    office.settle()
    assert set(ratings(office).values()) == {4}
    found = rows(office.database.reader, "SELECT metric, COUNT(*) AS n FROM answer_events GROUP BY metric")
    assert [each["n"] for each in found] == [1] * 9
    assert {office.response(item.metric.name)["response"]["answered"] for item in SURVEYS["levels"].items} == {1}


def test_the_latest_click_on_an_item_counts_whatever_comes_to_the_others(office: Office) -> None:
    channel, ts = office.ask("experience")
    older, newer = payload(office, channel, ts, "ease", 2), payload(office, channel, ts, "ease", 5)
    tap(office, channel, ts, "goal", 3)
    for click in (newer, older):
        office.slack.send_action(click)
    office.settle()
    assert ratings(office) == {"goal": 3, "ease": 5, "emotion": None}
    assert office.notices() == []


def test_each_item_can_be_changed_for_a_day_of_its_own(office: Office) -> None:
    channel, ts = office.ask("experience")
    early, late = payload(office, channel, ts, "goal", 1), payload(office, channel, ts, "ease", 1)
    tap(office, channel, ts, "goal", 5)
    office.pass_time(hours=20)
    tap(office, channel, ts, "ease", 5)
    office.pass_time(hours=5)
    for click in (early, late):
        click["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
        office.slack.send_action(click)
    office.settle()
    assert ratings(office) == {"goal": 5, "ease": 1, "emotion": None}
    assert "can't be changed any more" in office.whispers(office.carla, channel)[-1]


def test_an_item_answered_after_the_end_is_late_and_the_others_are_not(office: Office) -> None:
    channel, ts = office.ask("experience")
    late = payload(office, channel, ts, "emotion", 5)
    tap(office, channel, ts, "goal", 5)
    office.pass_time(days=7)
    late["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
    assert office.slack.send_action(late).status == 200
    office.settle()
    found = {each["metric"]: each["late"] for each in rows(office.database.reader, "SELECT * FROM ratings")}
    assert (found["goal"], found["emotion"]) == (0, 1)


@pytest.mark.parametrize(
    "action", ["score:4", "score:nps:4", "score:goal:6", "score:goal:0", "score:goal:", "score::4", "score:goal:x:4"]
)
def test_forged_items_store_nothing_and_are_answered_kindly(office: Office, action: str) -> None:
    channel, ts = office.ask("experience")
    click = payload(office, channel, ts, "goal", 4)
    click["actions"][0]["action_id"] = action
    assert office.slack.send_action(click).status == 200
    office.settle()
    assert len(office.whispers(office.carla, channel)) == 1
    assert set(ratings(office).values()) == {None}
    assert rows(office.database.reader, "SELECT * FROM answer_events") == []


# -- in a thread ----------------------------------------------------------------------------------------------


def test_in_a_thread_nobody_sees_an_answer_and_the_question_stays_until_all_are_there(office: Office) -> None:
    _, ts = thread_survey(office)
    asked = office.message(office.acme, ts)
    tap(office, office.acme, ts, "goal", 4)
    tap(office, office.acme, ts, "emotion", 4)
    assert office.message(office.acme, ts) == asked
    private = office.whispers(office.carla)[-1]
    assert "I got done what I came for. 4 of 5" in private
    assert "Still open: It was easy." in private
    tap(office, office.acme, ts, "ease", 4)
    assert office.message(office.acme, ts)["text"] == THANKS
    assert "Still open" not in office.whispers(office.carla)[-1]
    public = [each for each in office.slack.messages(office.acme) if each.get("bot_id")]
    assert not any("4 of 5" in str(each) for each in [public[-1]["text"], *(each["text"] for each in public)])


# -- the form -------------------------------------------------------------------------------------------------


def test_the_form_shows_all_items_and_takes_them_in_one(office: Office) -> None:
    _, ts = thread_survey(office)
    tap(office, office.acme, ts, "goal", 4)
    click = payload(office, office.acme, ts, "goal", 4)
    click["actions"][0]["action_id"] = "write"
    office.slack.send_action(click)
    view = office.slack.views(office.carla)[-1]
    fields = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    assert fields == ["score:goal", "score:ease", "score:emotion", "reasons", "comment", "contact"]
    given = {"score:goal": "5", "score:ease": "3", "score:emotion": "5", "comment": "Well done."}
    reply = office.slack.submit(office.carla, view["id"], {name: {name: value} for name, value in given.items()})
    office.settle()
    assert reply.status == 200
    assert ratings(office) == {"goal": 5, "ease": 3, "emotion": 5}
    assert office.message(office.acme, ts)["text"] == THANKS
    assert "Well done." in office.whispers(office.carla)[-1]

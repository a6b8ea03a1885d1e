"""Answering: what a click, a form and a message do, in time and too late, once and twice."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cxbot.store.engine.statements import rows
from tests.office import REACTION, Office, at_once, buttons, labels

SUNDAY_NIGHT = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)  # 23:30 in Helsinki
THANKS = "Thank you for your answer!"


FORGED = (
    ("score:11", None), ("score:-1", None), ("score:7", None), ("score:", None), ("score:٣", None),
    ("score:3.5", None), ("score::4", None), ("score:csat:9", None), ("score:nps:4", None),
    ("score:999999999999999999999", None), ("score:4", "forged"), ("score:4", ""),
    ("reason:nonsense", None), ("contact", "forged"), ("write", "forged"), ("opt_out", "forged"),
)  # fmt: skip


ESCAPED = {
    "a &amp; b": "a &amp;amp; b",
    "two\nlines\r\n> quote": "two lines &gt; quote",
    "שלום 😀": "שלום 😀",
    "<https://evil.example|bank>": "&lt;https://evil.example|bank&gt;",
    "<!channel> <@U0SB000003> & <#C1|x>": "&lt;!channel&gt; &lt;@U0SB000003&gt; &amp; &lt;#C1|x&gt;",
}


def form(office: Office, channel: str, ts: str, label: str = "Comment or change") -> dict[str, Any]:
    """The form that a button opens for the customer."""
    office.slack.click(office.carla, channel, ts, label=label)
    return office.slack.views(office.carla)[-1]


def submit(office: Office, view: dict[str, Any], **values: Any) -> Any:
    reply = office.slack.submit(office.carla, view["id"], {name: {name: value} for name, value in values.items()})
    office.settle()
    return reply


def events(office: Office) -> list[tuple[str, str, str]]:
    found = rows(office.database.reader, "SELECT kind, value, outcome FROM answer_events ORDER BY received_at, kind")
    return [(each["kind"], each["value"], each["outcome"]) for each in found]


# -- one tap --------------------------------------------------------------------------------------------------


def test_one_tap_is_stored_and_confirmed_in_place(office: Office) -> None:
    channel, ts = office.ask("nps")
    assert office.click(office.carla, channel, ts, "9").status == 200
    assert office.rating()["score"] == 9
    shown = office.message(channel, ts)
    assert "Your answer: 9 of 10. Thank you!" in shown["text"]
    assert labels(shown) == ["Speed", "Expertise", "Attitude", "Solved", "Comment or change", "Please contact me"]


def test_an_answer_is_on_disk_when_the_click_is_acknowledged(office: Office) -> None:
    channel, ts = office.ask()
    office.slack.faults.next("*", "500", times=3)
    assert office.slack.click(office.carla, channel, ts, label="4").status == 200
    assert office.rating()["score"] == 4
    office.slack.faults.clear()


def test_scores_are_labelled_for_screen_readers(office: Office) -> None:
    channel, ts = office.ask("nps")
    said = [each.get("accessibility_label") for each in buttons(office.message(channel, ts))][:11]
    assert said == [f"{score} of 10" for score in range(11)]


def test_nps_buttons_stand_in_two_rows(office: Office) -> None:
    channel, ts = office.ask("nps")
    rows_ = [block["elements"] for block in office.message(channel, ts)["blocks"] if block["type"] == "actions"]
    assert [len(row) for row in rows_] == [6, 5, 2]


def test_a_double_click_has_one_effect(office: Office) -> None:
    channel, ts = office.ask()
    click = office.slack.click_payload(office.carla, channel, ts, label="1")
    replies = at_once(office.slack.send_action, [click, copy.deepcopy(click), copy.deepcopy(click)])
    office.settle()
    assert {reply.status for reply in replies} == {200}
    assert events(office) == [("score", "1", "counted")]
    assert len(office.notices()) == 1


def test_second_click_replaces_the_score(office: Office) -> None:
    channel, ts = office.ask()
    old = office.slack.click_payload(office.carla, channel, ts, label="5")
    office.click(office.carla, channel, ts, "2")
    old["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
    office.slack.send_action(old)
    office.settle()
    assert office.rating()["score"] == 5
    assert office.response()["scores"] == {"1": 0, "2": 0, "3": 0, "4": 0, "5": 1}
    assert "5 of 5" in office.message(channel, ts)["text"]


def test_an_older_click_that_arrives_later_does_not_count(office: Office) -> None:
    channel, ts = office.ask()
    first = office.slack.click_payload(office.carla, channel, ts, label="1")
    second = office.slack.click_payload(office.carla, channel, ts, label="4")
    office.slack.send_action(second)
    assert office.slack.send_action(first).status == 200
    office.settle()
    assert office.rating()["score"] == 4
    assert office.notices() == []


def test_two_clicks_racing_leave_the_latest(office: Office) -> None:
    channel, ts = office.ask("nps")
    clicks = [office.slack.click_payload(office.carla, channel, ts, label=str(score)) for score in (3, 10, 0, 8)]
    assert {reply.status for reply in at_once(office.slack.send_action, clicks)} == {200}
    office.settle()
    assert office.rating()["score"] == 8
    assert office.response("nps")["n"] == 1
    assert "8 of 10" in office.message(channel, ts)["text"]


def test_the_follow_up_fits_the_score(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "2")
    shown = office.message(channel, ts)
    assert "What could have been better?" in shown["text"]
    assert labels(shown)[:4] == ["Long wait", "Not solved", "Hard to follow", "Tone"]


def test_reasons_are_set_and_taken_back(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "5")
    office.click(office.carla, channel, ts, "Speed")
    office.click(office.carla, channel, ts, "Solved")
    assert office.rating()["reasons"] == "speed,solved"
    office.click(office.carla, channel, ts, "✓ Speed")
    assert office.rating()["reasons"] == "solved"
    assert "✓ Solved" in labels(office.message(channel, ts))


def test_a_changed_score_drops_reasons_that_no_longer_fit(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "5")
    office.click(office.carla, channel, ts, "Speed")
    submit(office, form(office, channel, ts, "Comment or change"), score="1")
    assert (office.rating()["score"], office.rating()["reasons"]) == (1, "")


# -- the form -------------------------------------------------------------------------------------------------


def test_the_form_takes_comment_score_and_contact_in_one(office: Office) -> None:
    _, ts = office.thread_survey()
    office.click(office.carla, office.acme, ts, "4")
    view = form(office, office.acme, ts)
    assert "4 of 5" in str(view["state"]) + str(view["blocks"])
    assert submit(office, view, score="2", comment="It broke again.", contact=["yes"]).status == 200
    found = office.rating()
    assert (found["score"], found["comment"], found["contact"]) == (2, "It broke again.", 1)
    private = office.whispers(office.carla)[-1]
    assert "2 of 5" in private
    assert "It broke again." in private
    assert "Somebody will contact you." in private


def test_a_form_counts_also_when_slacks_clock_is_ahead(office: Office) -> None:
    _, ts = office.thread_survey()
    ahead = f"{office.clock.now().timestamp() + 30:.6f}"
    office.click(office.carla, office.acme, ts, "4", action_ts=ahead)
    submit(office, form(office, office.acme, ts), score="5")
    assert office.rating()["score"] == 5


def test_a_repeated_submission_changes_nothing(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "3")
    view = form(office, channel, ts, "Comment or change")
    submit(office, view, comment="First.")
    assert [each for each in events(office) if each[0] == "comment"] == [("comment", "First.", "counted")]


def test_a_form_that_cannot_be_opened_in_time_says_so(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "3")
    office.slack.faults.next("views.open", "error", code="expired_trigger_id")
    assert office.click(office.carla, channel, ts, "Comment or change").status == 200
    assert "could not be opened in time" in office.whispers(office.carla, channel)[-1]


@pytest.mark.parametrize("kind", ["500", "drop_before", "html_200"])
def test_a_form_that_slack_does_not_take_says_so(office: Office, kind: Any) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "3")
    office.slack.faults.next("views.open", kind)
    assert office.click(office.carla, channel, ts, "Comment or change").status == 200
    assert "could not be opened in time" in office.whispers(office.carla, channel)[-1]


# -- the time for changes -------------------------------------------------------------------------------------


def test_a_score_can_be_changed_for_a_day(office: Office) -> None:
    channel, ts = office.ask()
    old = office.slack.click_payload(office.carla, channel, ts, label="2")
    office.click(office.carla, channel, ts, "5")
    office.pass_time(hours=23, minutes=59)
    old["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
    office.slack.send_action(old)
    assert office.rating()["score"] == 2


def test_after_a_day_the_score_stays_and_a_comment_is_still_possible(office: Office) -> None:
    channel, ts = office.ask()
    old = office.slack.click_payload(office.carla, channel, ts, label="2")
    office.click(office.carla, channel, ts, "5")
    office.pass_time(hours=24)
    old["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
    assert office.slack.send_action(old).status == 200
    office.settle()
    assert office.rating()["score"] == 5
    assert "can't be changed any more, but you can still write a comment" in office.whispers(office.carla, channel)[-1]
    view = form(office, channel, ts, "Comment or change")
    assert "score" not in [block["block_id"] for block in view["blocks"]]
    submit(office, view, comment="Still good.")
    assert office.rating()["comment"] == "Still good."


def test_a_score_cannot_be_changed_after_its_week_but_always_for_an_hour(tmp_path: Path) -> None:
    with Office(tmp_path, start=SUNDAY_NIGHT) as office:
        channel, ts = office.ask()
        clicks = [office.slack.click_payload(office.carla, channel, ts, label=label) for label in ("4", "3")]
        office.click(office.carla, channel, ts, "5")
        for click, minutes, kept in zip(clicks, (59, 1), (4, 4), strict=True):
            office.pass_time(minutes=minutes)
            click["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
            office.slack.send_action(click)
            assert office.rating()["score"] == kept


def test_a_form_left_open_past_the_lock_keeps_the_words_and_says_what_it_did_not(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "5")
    view = form(office, channel, ts, "Comment or change")
    office.pass_time(hours=25)
    submit(office, view, score="1", comment="On second thoughts…")
    found = office.rating()
    assert (found["score"], found["comment"]) == (5, "On second thoughts…")
    assert "can't be changed any more" in office.whispers(office.carla, channel)[-1]


def test_a_form_left_open_past_the_end_says_that_nothing_was_stored(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "5")
    view = form(office, channel, ts, "Comment or change")
    office.pass_time(days=7)
    reply = submit(office, view, comment="Too late?")
    assert reply.body["response_action"] == "errors"
    assert "closed" in str(reply.body["errors"])
    assert office.rating()["comment"] == ""


# -- late -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("swept", [True, False])
def test_a_late_answer_is_stored_thanked_and_not_counted(office: Office, swept: bool) -> None:
    channel, ts = office.ask()
    click = office.slack.click_payload(office.carla, channel, ts, label="1")
    if swept:
        office.pass_time(days=7)
    else:
        office.clock.advance(datetime(2026, 11, 25, 8, tzinfo=UTC) - office.clock.now())
    click["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
    assert office.slack.send_action(click).status == 200
    office.settle()
    found = office.rating()
    assert (found["score"], found["late"]) == (1, 1)
    assert office.response()["n"] == 0
    said = [*office.whispers(office.carla, channel), *office.told(office.carla)]
    assert "Your answer: 1 of 5. Thank you!" in said[-1]
    assert "count" not in said[-1]
    assert len(office.notices()) == 1


def test_an_answer_after_not_now_counts(office: Office) -> None:
    channel, ts = office.ask()
    click = office.slack.click_payload(office.carla, channel, ts, label="5")
    office.click(office.carla, channel, ts, "Not now")
    click["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
    office.slack.send_action(click)
    office.settle()
    assert office.response()["n"] == 1
    assert "5 of 5" in office.message(channel, ts)["text"]


def test_contact_is_possible_after_the_end(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "5")
    click = office.slack.click_payload(office.carla, channel, ts, label="Please contact me")
    office.pass_time(days=8)
    click["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
    office.slack.send_action(click)
    office.settle()
    assert "asks to be contacted" in office.notices()[-1]["text"]


# -- what is not an answer ------------------------------------------------------------------------------------


def test_forged_clicks_store_nothing_and_are_answered_kindly(office: Office) -> None:
    channel, ts = office.ask("csat")
    genuine = office.slack.click_payload(office.carla, channel, ts, label="4")
    for action, value in FORGED:
        click = copy.deepcopy(genuine)
        given = {"action_id": action, "action_ts": office.slack.workspace.world.new_ts()}
        click["actions"][0] |= given | ({} if value is None else {"value": value})
        told = len(office.whispers(office.carla, channel))
        assert office.slack.send_action(click).status == 200
        office.settle()
        assert len(office.whispers(office.carla, channel)) == told + (action != "reason:nonsense"), action
    assert office.rating()["score"] is None
    assert rows(office.database.reader, "SELECT * FROM answer_events") == []


def test_an_unknown_button_is_refused_without_a_failure(office: Office) -> None:
    channel, ts = office.ask()
    click = office.slack.click_payload(office.carla, channel, ts, label="4")
    click["actions"][0]["action_id"] = "something_old"
    assert office.slack.send_action(click).status == 404


def test_signed_nonsense_is_refused_without_a_failure(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "4")
    click = office.slack.click_payload(office.carla, channel, ts, label="Please contact me")
    view = form(office, channel, ts, "Comment or change")
    submission = {
        "type": "view_submission", "team": click["team"], "user": click["user"],
        "view": view | {"state": {"values": {
            "score": {"score": {"type": "static_select", "selected_option": {"value": "4"}}},
            "reasons": {"reasons": {"type": "checkboxes", "selected_options": [{"value": "speed"}]}},
            "comment": {"comment": {"type": "plain_text_input", "value": "x"}},
            "contact": {"contact": {"type": "checkboxes", "selected_options": []}},
        }}},
    }  # fmt: skip
    shortcut = {
        "type": "message_action", "callback_id": "ask_for_feedback", "user": click["user"], "trigger_id": "1.2",
        "channel": {"id": office.acme}, "message": {"ts": "1.1", "user": office.carla}, "response_url": "",
    }  # fmt: skip
    item = {"type": "message", "channel": office.acme, "ts": "1.1"}
    events = [
        {"type": "reaction_added", "user": office.anna, "reaction": REACTION, "item": item, "event_ts": "1.1"},
        {"type": "message", "channel_type": "im", "channel": channel, "user": office.carla, "text": "?", "ts": "1.1"},
        {"type": "channel_id_changed", "old_channel_id": "C1", "new_channel_id": "C2"},
        {"type": "user_change", "user": {"id": office.anna}},
    ]
    envelopes = [{"type": "event_callback", "event_id": "Ev1", "event": event} for event in events]
    for kind, payload in [("interactive", each) for each in (click, submission, shortcut)] + [
        ("events_api", each) for each in envelopes
    ]:
        for damaged in mutations(payload):
            reply = office.slack.workspace.outbound.deliver(kind, damaged)  # type: ignore[arg-type]
            assert reply.status in (200, 400, 404), (reply, damaged)


def mutations(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """The payload with each part, to some depth, missing or of another kind."""
    found = []
    for path in paths(payload, 8):
        for value in (None, 7, "9" * 5000, {}, ["x"]):
            damaged = copy.deepcopy(payload)
            place: Any = damaged
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = value
            found.append(damaged)
    return found


def paths(value: Any, depth: int) -> list[tuple[Any, ...]]:
    skipped = ("blocks", "message", "previous_message", "authorizations")
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    here = [(key,) for key in keys if key not in skipped]
    deeper = [(key, *path) for (key,) in here for path in (paths(value[key], depth - 1) if depth else ())]
    return here + deeper


# -- words ----------------------------------------------------------------------------------------------------


def test_a_message_after_the_score_is_the_comment_and_the_next_one_is_answered(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "5")
    office.slack.post(office.carla, channel, "Quick &amp; friendly &lt;3")
    office.settle()
    assert office.rating()["comment"] == "Quick & friendly <3"
    assert "“Quick &amp; friendly &lt;3”" in office.message(channel, ts)["text"]
    office.slack.post(office.carla, channel, "Are you there?")
    office.settle()
    assert "Nobody reads messages here live" in office.told(office.carla)[-1]
    assert office.rating()["comment"] == "Quick & friendly <3"


def test_a_typed_score_that_a_button_says_is_the_score_and_the_next_message_the_comment(office: Office) -> None:
    channel, ts = office.ask("nps")
    office.slack.faults.duplicate_events()
    office.slack.post(office.carla, channel, "9")
    office.settle()
    assert "Your answer: 9 of 10. Thank you!" in office.message(channel, ts)["text"]
    office.slack.post(office.carla, channel, "Quick!")
    office.settle()
    assert (office.rating()["score"], office.rating()["comment"]) == (9, "Quick!")
    assert len(office.told(office.carla)) == 1
    office.slack.post(office.carla, channel, "10")
    office.settle()
    assert "press “Comment or change” above. Nobody reads messages here live" in office.told(office.carla)[-1]
    assert (office.rating()["score"], office.rating()["comment"]) == (9, "Quick!")


@pytest.mark.parametrize("text", ["9, quick!", "11", "Great", "9 or 10"])
def test_a_typed_answer_that_may_mean_several_things_is_told_where_to_press(office: Office, text: str) -> None:
    channel, _ = office.ask("nps")
    office.slack.post(office.carla, channel, text)
    office.settle()
    assert "To answer, please press a button of the question above." in office.told(office.carla)[-1]
    assert (office.rating()["score"], office.rating()["comment"]) == (None, "")


def test_a_click_after_a_typed_score_is_the_newer_one(office: Office) -> None:
    channel, ts = office.ask()
    click = office.slack.click_payload(office.carla, channel, ts, label="2")
    office.slack.post(office.carla, channel, "5")
    office.slack.send_action(click)
    office.settle()
    assert office.rating()["score"] == 5, "the click was made before the message was written"
    click["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
    office.slack.send_action(click)
    assert office.rating()["score"] == 2


def test_a_score_typed_in_the_thread_is_answered_where_only_its_writer_sees_it(office: Office) -> None:
    thread, ts = office.thread_survey()
    before = len(office.slack.messages(office.acme))
    office.slack.faults.duplicate_events()
    for text in ("Thank you all!", "4, quick!", "5", "3 of them still fail"):
        office.slack.post(office.carla, office.acme, text, thread_ts=thread)
        office.settle()
    [told] = office.whispers(office.carla)
    assert "so it was not taken as your answer. Please press a button of the question" in told
    assert office.rating()["score"] is None
    office.click(office.carla, office.acme, ts, "4")
    office.slack.post(office.carla, office.acme, "5", thread_ts=thread)
    office.settle()
    assert "To change your answer or your comment, press “Comment or change”." in office.whispers(office.carla)[-1]
    assert (office.rating()["score"], office.rating()["comment"]) == (4, "")
    assert len(office.slack.messages(office.acme)) == before + 5, "the bot has posted nothing"


def test_what_others_type_in_the_thread_or_the_customer_elsewhere_is_nobodys_answer(office: Office) -> None:
    thread, _ = office.thread_survey()
    office.slack.post(office.anna, office.acme, "5", thread_ts=thread)
    office.slack.post(office.carla, office.acme, "5")
    other = office.conversation()
    office.slack.post(office.carla, office.acme, "5", thread_ts=other)
    office.pass_time(days=7)
    office.slack.post(office.carla, office.acme, "5", thread_ts=thread)
    office.settle()
    assert office.whispers(office.carla) == []
    assert [each for each in office.whispers(office.anna) if "press" in each] == []


def test_a_comment_that_slack_delivers_twice_is_not_taken_for_another_message(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "5")
    office.slack.faults.duplicate_events()
    office.slack.post(office.carla, channel, "Quick and friendly")
    office.settle()
    assert office.rating()["comment"] == "Quick and friendly"
    assert not any("Nobody reads" in said for said in office.told(office.carla))


def test_a_file_with_words_is_a_comment_too(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "5")
    event = {"type": "message", "subtype": "file_share", "channel": channel, "channel_type": "im",
             "user": office.carla, "text": "See the picture.", "ts": "1795000000.000100"}  # fmt: skip
    office.slack.send_event(event)
    assert office.rating()["comment"] == "See the picture."


def test_a_message_out_of_the_blue_is_answered_once(office: Office) -> None:
    channel = office.slack.dm(office.carla)
    office.slack.faults.duplicate_events()
    office.slack.post(office.carla, channel, "Hello?")
    office.settle()
    assert office.told(office.carla) == [
        "Nobody reads messages here live. For help, please write where you were helped before."
    ]


def test_help_is_pointed_at_the_conversation(office: Office) -> None:
    office.thread_survey()
    office.slack.post(office.carla, office.slack.dm(office.carla), "Hello?")
    office.settle()
    assert f"please write to <#{office.acme}>" in office.told(office.carla)[-1]


def test_channels_a_customer_may_not_know_are_not_named(office: Office) -> None:
    office.command(office.anna, "/cx", f"ask <@{office.carla}>", office.team_channel)
    office.slack.post(office.carla, office.slack.dm(office.carla), "Hello?")
    office.settle()
    assert "<#" not in office.told(office.carla)[-1]


def test_a_long_comment_fits_everywhere(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "1")
    comment = ("<&>😀 مرحبا\n" * 400)[:3000]
    submit(office, form(office, channel, ts, "Comment or change"), comment=comment)
    assert office.rating()["comment"] == comment.strip()
    assert form(office, channel, ts, "Comment or change")["state"]["values"] is not None
    [notice] = office.notices()
    assert notice["text"].count("…") == 1


def test_comments_are_escaped_exactly_once_wherever_they_are_shown(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "1")
    for written, shown in ESCAPED.items():
        office.pass_time(seconds=1)
        submit(office, form(office, channel, ts, "Comment or change"), comment=written)
        for message in (office.message(channel, ts), office.notices()[-1]):
            assert f"“{shown}”" in message["text"]
            assert f"“{shown}”" in message["blocks"][0]["text"]["text"]
    office.pass_time(days=5)  # Monday 10:00: the digest of the week is out
    digest = next(each for each in office.slack.messages(office.team_channel) if each.get("blocks"))
    assert f"“{shown}”" in digest["text"]
    assert f"“{shown}”" in digest["blocks"][0]["text"]["text"]


# -- what is not known for sure -------------------------------------------------------------------------------


def test_a_click_proves_that_a_survey_arrived(office: Office) -> None:
    office.slack.faults.next("chat.postMessage", "drop_after")
    office.command(office.anna, "/cx", f"ask <@{office.carla}>")
    channel = office.slack.dm(office.carla)
    ts = office.slack.messages(channel)[-1]["ts"]
    assert office.invitations()[0]["state"] == "sending"
    office.click(office.carla, channel, ts, "5")
    assert office.rating()["score"] == 5
    assert "5 of 5" in office.message(channel, ts)["text"]
    office.pass_time(seconds=120)
    assert office.unknown() == []
    assert len([each for each in office.slack.messages(channel) if each.get("bot_id")]) == 1


def test_a_message_deleted_before_its_update_still_thanks_the_customer(office: Office) -> None:
    channel, ts = office.ask()
    click = office.slack.click_payload(office.carla, channel, ts, label="5")
    office.slack.delete_message(office.ada_in(channel), channel, ts)
    assert office.slack.send_action(click).status == 200
    office.settle()
    assert office.rating()["score"] == 5
    assert "5 of 5" in office.whispers(office.carla, channel)[-1]


def test_a_used_up_response_url_is_followed_by_a_new_private_message(office: Office) -> None:
    _, ts = office.thread_survey()
    office.click(office.carla, office.acme, ts, "5")
    private = office.slack.ephemerals(office.acme, office.carla)[-1]
    click = office.slack.click_payload(office.carla, office.acme, private["ts"], label="Speed")
    office.slack.workspace.tickets.urls[click["response_url"].rsplit("/", 1)[-1]].uses = 5
    office.slack.send_action(click)
    office.settle()
    assert office.rating()["reasons"] == "speed"
    shown = office.slack.ephemerals(office.acme, office.carla)[-1]
    assert "✓ Speed" in labels(shown)

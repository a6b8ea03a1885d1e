"""Modals and the Home tab: triggers, stacks, hashes, submissions."""

from __future__ import annotations

import time
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk.errors import SlackApiError

from cxbot.sandbox import NotPossible

from .conftest import Team
from .test_methods import button, error, refusal


def modal(name: str = "m", **more: Any) -> dict[str, Any]:
    blocks = [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "Words"},
            "element": {"type": "plain_text_input", "action_id": "text", "max_length": 10},
        },
        {
            "type": "actions",
            "block_id": "more",
            "elements": [button("go")],
        },
        {
            "type": "input",
            "block_id": "why",
            "optional": True,
            "label": {"type": "plain_text", "text": "Why"},
            "element": {
                "type": "radio_buttons",
                "action_id": "reason",
                "options": [{"text": {"type": "plain_text", "text": "Long wait"}, "value": "wait"}],
            },
        },
    ]
    title = {"type": "plain_text", "text": "Title"}
    submit = {"type": "plain_text", "text": "Send"}
    return {"type": "modal", "callback_id": name, "title": title, "submit": submit, "blocks": blocks, **more}


def test_a_trigger_works_once_and_for_three_seconds(team: Team) -> None:
    ws = team.slack.workspace
    trigger = ws.tickets.trigger(team.anna)
    view = team.client.views_open(trigger_id=trigger, view=modal())["view"]
    assert view["state"]["values"]["words"]["text"] == {"type": "plain_text_input", "value": None}
    assert error(team.client.views_open, trigger_id=trigger, view=modal()) == "exchanged_trigger_id"
    assert error(team.client.views_open, trigger_id="1.2.x", view=modal()) == "invalid_trigger_id"
    late = ws.tickets.trigger(team.anna)
    ws.tickets.triggers[late].born = time.monotonic() - 3.1
    assert error(team.client.views_open, trigger_id=late, view=modal()) == "expired_trigger_id"


def test_views_are_checked(team: Team) -> None:
    trigger = team.slack.workspace.tickets.trigger(team.anna)
    view = modal(title={"type": "plain_text", "text": "x" * 25})
    del view["submit"]
    answer = refusal(team.client.views_open, trigger_id=trigger, view=view)
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
        "[ERROR] must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]",
        "[ERROR] must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/2/input]",
    ]
    assert error(team.client.views_open, trigger_id=trigger, view={"x": "y" * 250_000}) == "view_too_large"


def test_update_keeps_what_was_entered_and_refuses_an_old_hash(team: Team, bolt: App) -> None:
    bolt.action("reason")(lambda ack: ack())
    client = team.client
    view = client.views_open(trigger_id=team.slack.workspace.tickets.trigger(team.anna), view=modal())["view"]
    assert team.slack.click_in_view(team.anna, view["id"], "reason", value="wait").ok
    updated = client.views_update(view_id=view["id"], hash=view["hash"], view=modal("n"))["view"]
    assert updated["state"]["values"]["why"]["reason"]["selected_option"]["value"] == "wait"
    assert error(client.views_update, view_id=view["id"], hash=view["hash"], view=modal()) == "hash_conflict"
    assert error(client.views_update, view_id="V404", view=modal()) == "not_found"


def test_three_views_can_be_stacked(team: Team, bolt: App) -> None:
    pushed: list[str] = []

    @bolt.action("go")
    def push(ack: Any, body: Any, client: Any) -> None:
        try:
            client.views_push(trigger_id=body["trigger_id"], view=modal())
            pushed.append("ok")
        except SlackApiError as problem:
            pushed.append(problem.response["error"])
        ack()

    team.client.views_open(trigger_id=team.slack.workspace.tickets.trigger(team.anna), view=modal())
    for _ in range(3):
        team.slack.click_in_view(team.anna, team.slack.views(team.anna)[-1]["id"], "go")
    assert pushed == ["ok", "ok", "push_limit_reached"]
    root, middle, top = team.slack.views(team.anna)
    assert (top["root_view_id"], top["previous_view_id"]) == (root["id"], middle["id"])
    assert error(team.client.views_push, trigger_id=team.slack.workspace.tickets.trigger(team.anna), view=modal())


def test_a_submission_is_answered_with_errors_update_push_or_clear(team: Team, bolt: App) -> None:
    answers: list[dict[str, Any]] = [
        {"response_action": "errors", "errors": {"words": "Say more."}},
        {"response_action": "update", "view": modal("second")},
        {"response_action": "push", "view": modal("third")},
        {"response_action": "clear"},
    ]
    for name in ("m", "second", "third"):
        bolt.view(name)(lambda ack: ack(**answers.pop(0)))
    slack = team.slack
    team.client.views_open(trigger_id=slack.workspace.tickets.trigger(team.carla), view=modal())
    view_id = slack.views(team.carla)[0]["id"]
    assert slack.submit(team.carla, view_id).error == "incomplete"
    assert slack.submit(team.carla, view_id, {"words": {"text": "much too long"}}).error == "incomplete"
    assert slack.submit(team.carla, view_id, {"words": {"text": "short"}}).ok
    assert slack.views(team.carla)[0]["errors"] == {"words": "Say more."}
    slack.submit(team.carla, view_id)
    assert slack.views(team.carla)[0]["callback_id"] == "second"
    slack.submit(team.carla, view_id)
    assert [v["callback_id"] for v in slack.views(team.carla)] == ["second", "third"]
    slack.submit(team.carla, slack.views(team.carla)[-1]["id"], {"words": {"text": "fine"}})
    assert slack.views(team.carla) == []


def test_a_failed_submission_stays_open_and_says_so(team: Team, heard: Any) -> None:
    slack = team.slack
    team.client.views_open(trigger_id=slack.workspace.tickets.trigger(team.anna), view=modal())
    heard.answers += [("", 500), ({"response_action": "errors", "errors": {"nowhere": "?"}}, 200)]
    view_id = slack.views(team.anna)[0]["id"]
    assert slack.submit(team.anna, view_id, {"words": {"text": "x"}}).status == 500
    assert slack.submit(team.anna, view_id).error == "bad_response"
    assert len(slack.views(team.anna)) == 1
    assert slack.notices(team.anna) == ["We had some trouble connecting. Try again?"] * 2


def test_closing_is_told_to_apps_that_asked(team: Team, heard: Any) -> None:
    slack = team.slack
    for spec in (modal(), modal(notify_on_close=True)):
        team.client.views_open(trigger_id=slack.workspace.tickets.trigger(team.anna), view=spec)
        slack.close_view(team.anna, slack.views(team.anna)[0]["id"])
    assert len(heard.requests) == 1
    assert slack.views(team.anna) == []


def test_home_is_published_and_shown_when_opened(team: Team, bolt: App) -> None:
    seen: list[Any] = []

    @bolt.event("app_home_opened")
    def home(event: Any, client: Any) -> None:
        seen.append(event)
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [{"type": "divider"}]})

    assert team.slack.open_home(team.anna).ok
    assert team.slack.open_home(team.anna).ok
    assert ["view" in event for event in seen] == [False, True]
    view = team.slack.home(team.anna)
    assert view is not None
    assert view["type"] == "home"


def test_what_is_not_there_cannot_be_clicked(team: Team) -> None:
    ts = team.client.chat_postMessage(channel=team.support, text="x")["ts"]
    with pytest.raises(NotPossible):
        team.slack.click(team.anna, team.support, ts, "nothing")
    with pytest.raises(NotPossible):
        team.slack.submit(team.anna, "V404")
    with pytest.raises(NotPossible):
        team.slack.post("U404", team.support, "x")
    with pytest.raises(NotPossible):
        team.slack.shortcut(team.anna, team.support, ts, "nothing")

"""A real Bolt app against the sandbox: commands, clicks, modals and events, over HTTP and Socket Mode."""

from __future__ import annotations

from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler

from cxbot.sandbox import Sandbox

from .conftest import Team, client_of

SURVEY = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "How was it?"}},
    {
        "type": "actions",
        "block_id": "scores",
        "elements": [
            {"type": "button", "text": {"type": "plain_text", "text": n}, "action_id": f"score_{n}", "value": n}
            for n in "012"
        ],
    },
]
COMMENT = {
    "type": "modal",
    "callback_id": "comment",
    "title": {"type": "plain_text", "text": "Comment"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "Words"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


def test_command_is_answered_in_the_acknowledgement(team: Team, bolt: App) -> None:
    bolt.command("/nps")(lambda ack, command: ack(f"{command['text']} for <@{command['user_id']}>"))
    reply = team.slack.command(team.anna, team.support, "/nps", "week")
    assert reply.ok
    assert [m["text"] for m in team.slack.ephemerals(team.support, team.anna)] == [f"week for <@{team.anna}>"]
    assert team.slack.ephemerals(team.support, team.leo) == []
    assert team.slack.messages(team.support) == []


def test_click_updates_the_message_and_opens_a_modal(team: Team, bolt: App) -> None:
    @bolt.action("score_2")
    def score(ack: Any, body: Any, client: Any) -> None:
        client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="Thanks")
        client.views_open(trigger_id=body["trigger_id"], view=COMMENT)
        ack()

    said: list[str] = []

    @bolt.view("comment")
    def comment(ack: Any, view: Any) -> None:
        said.append(view["state"]["values"]["words"]["text"]["value"])
        ack()

    ts = team.client.chat_postMessage(channel=team.support, text="How was it?", blocks=SURVEY)["ts"]
    assert team.slack.click(team.carla, team.support, ts, label="2").ok
    assert "blocks" not in team.slack.messages(team.support)[0]
    view = team.slack.views(team.carla)[0]
    assert team.slack.submit(team.carla, view["id"], {"words": {"text": "Fine"}}).ok
    assert said == ["Fine"]
    assert team.slack.views(team.carla) == []


def test_events_reach_the_app(team: Team, bolt: App) -> None:
    seen: list[Any] = []
    bolt.event("reaction_added")(lambda event: seen.append(event))
    bolt.event("message")(lambda event: seen.append(event))
    ts = team.slack.post(team.carla, team.support, "It is broken")
    team.slack.react(team.anna, team.support, ts, "eyes")
    assert [e["type"] for e in seen] == ["message", "reaction_added"]
    assert seen[1]["item_user"] == team.carla


def test_socket_mode_carries_commands_clicks_and_events(slack: Sandbox, team: Team) -> None:
    app = App(client=client_of(slack), signing_secret="unused", process_before_response=True)
    seen: list[Any] = []
    app.command("/nps")(lambda ack: ack(text="42"))
    app.event("message")(lambda event: seen.append(event["text"]))
    handler = SocketModeHandler(app, slack.app_token)
    handler.connect()
    try:
        slack.wait_for(lambda: slack.sockets_connected == 1)
        assert slack.command(team.anna, team.support, "/nps").body == {"text": "42"}
        slack.post(team.carla, team.support, "hello")
        assert seen == ["hello"]
    finally:
        handler.close()

"""What the app receives: signed requests, events with their retries, response URLs, faults and Slack Connect's
rules."""

from __future__ import annotations

import json
import time
import urllib.error
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs
from urllib.request import Request, urlopen

import pytest
from slack_bolt import App
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook import WebhookClient

from cxbot.sandbox import NotPossible, Sandbox, SandboxClock

from .conftest import START, Heard, Team, client_of, populate
from .test_methods import SECTION, button


def webhook(url: str) -> WebhookClient:
    client = WebhookClient(url)
    client.proxy = None
    return client


def payload(heard: Heard, index: int = -1) -> Any:
    """An interactive payload, the last one by default; events may have come in between."""
    bodies = [body for _, body in heard.requests if body.startswith(b"payload=")]
    return json.loads(parse_qs(bodies[index].decode())["payload"][0])


def event(heard: Heard, index: int = -1) -> Any:
    return json.loads(heard.requests[index][1])


def header(heard: Heard, name: str) -> list[str | None]:
    lower = [{k.lower(): v for k, v in headers.items()} for headers, _ in heard.requests]
    return [headers.get(name) for headers in lower]


def survey(team: Team, **more: Any) -> str:
    blocks = [SECTION, {"type": "actions", "block_id": "scores", "elements": [button("score")]}]
    ts = str(team.client.chat_postMessage(channel=team.support, text="How?", blocks=blocks, **more)["ts"])
    assert team.slack.settle()
    return ts


def test_every_request_is_signed(team: Team, heard: Heard) -> None:
    team.slack.command(team.anna, team.support, "/nps", "week")
    team.slack.post(team.anna, team.support, "hello")
    verifier = SignatureVerifier(team.slack.signing_secret)
    assert [verifier.is_valid_request(body, headers) for headers, body in heard.requests] == [True, True]
    body = b"payload=x"
    team.slack.send_raw(body, {"Content-Type": "text/plain", **team.slack.signature(body, 1)})
    assert not verifier.is_valid_request(heard.requests[2][1], heard.requests[2][0])


def test_failed_events_come_again_by_the_clock(team: Team, heard: Heard, clock: SandboxClock) -> None:
    heard.answers += [("", 500)] * 4
    team.slack.post(team.anna, team.support, "hello")
    team.slack.wait_for(lambda: len(heard.requests) == 2)
    assert team.slack.settle()
    clock.advance(timedelta(seconds=59))
    assert team.slack.settle()
    assert len(heard.requests) == 2
    clock.advance(timedelta(seconds=1))
    team.slack.wait_for(lambda: len(heard.requests) == 3)
    assert team.slack.settle()
    clock.advance(timedelta(minutes=5))
    team.slack.wait_for(lambda: len(heard.requests) == 4)
    assert team.slack.settle()
    clock.advance(timedelta(hours=1))
    assert team.slack.settle()
    assert header(heard, "x-slack-retry-num") == [None, "1", "2", "3"]
    assert header(heard, "x-slack-retry-reason") == [None, "http_error", "http_error", "http_error"]
    assert len({event(heard, n)["event_id"] for n in range(4)}) == 1


def test_events_can_be_doubled_repeated_and_made_up(team: Team, heard: Heard) -> None:
    team.slack.faults.duplicate_events(1)
    team.slack.post(team.anna, team.support, "hello")
    assert heard.requests[0][1] == heard.requests[1][1]
    team.slack.send_event({"type": "app_uninstalled"}, retry_num=2, event_id="Ev1")
    assert header(heard, "x-slack-retry-num")[2] == "2"
    assert event(heard)["event_id"] == "Ev1"


def test_the_apps_own_messages_are_told_in_the_background(team: Team, heard: Heard) -> None:
    ts = survey(team)
    team.client.chat_update(channel=team.support, ts=ts, text="Thanks")
    team.client.chat_delete(channel=team.support, ts=ts)
    team.slack.wait_for(lambda: len(heard.requests) == 3)
    subtypes = [event(heard, n)["event"].get("subtype") for n in range(3)]
    assert subtypes == [None, "message_changed", "message_deleted"]


def test_events_need_a_scope_a_subscription_and_the_bot_in_the_channel(heard: Heard, team: Team) -> None:
    elsewhere = team.slack.add_channel("elsewhere", members=[team.anna], bot_member=False)
    team.slack.post(team.anna, elsewhere, "not for the bot")
    with Sandbox(events_url=team.slack.events_url, scopes=["reactions:read"], subscriptions=["message.channels"]) as s:
        small = populate(s)
        s.react(small.anna, small.support, s.post(small.anna, small.support, "x"), "eyes")
    assert heard.requests == []


def test_membership_and_life_of_a_workspace_are_events(team: Team, heard: Heard) -> None:
    slack = team.slack
    sam = slack.add_user("sam")
    slack.join(team.support, sam)
    slack.remove_member(team.support, sam)
    slack.archive(team.support)
    slack.unarchive(team.support)
    slack.deactivate(sam)
    slack.change_usergroup(slack.add_usergroup("agents", [team.anna]), [sam])
    changed, whole = (event(heard, n)["event"] for n in (-2, -1))
    assert (changed["added_users"], changed["removed_users"]) == ([sam], [team.anna])
    assert (changed["subteam_id"], whole["subteam"]["users"]) == (whole["subteam"]["id"], [sam])
    slack.remove_member(team.support, slack.bot_user_id)
    slack.revoke_token()
    kinds = [event(heard, n)["event"]["type"] for n in range(len(heard.requests))]
    assert kinds == [
        "member_joined_channel",
        "message",
        "member_left_channel",
        "channel_archive",
        "channel_unarchive",
        "user_change",
        "subteam_members_changed",
        "subteam_updated",
        "channel_left",
        "tokens_revoked",
    ]


def test_a_failed_command_is_told_to_the_person(team: Team, heard: Heard) -> None:
    heard.answers.append(("", 500))
    reply = team.slack.command(team.anna, team.support, "/nps", "week")
    assert (reply.status, reply.ok) == (500, False)
    assert team.slack.ephemerals(team.support, team.anna)[0]["text"] == '/nps failed with the error "dispatch_failed"'
    heard.answers.append({"text": "x", "blocks": [{"type": "nonsense"}]})
    assert team.slack.command(team.anna, team.support, "/nps").error == "invalid_blocks"
    team.slack.events_url = "http://127.0.0.1:9/slack/events"
    ts = survey(team)
    assert team.slack.click(team.anna, team.support, ts, "score").error == "connection"
    assert team.slack.notices(team.anna)[-1] == "cxbot did not respond."


def test_commands_escape_known_names_only(team: Team, heard: Heard) -> None:
    team.slack.command(team.anna, team.support, "/cx", "ask @carla @nobody #support a@b.example <@U1>")
    text = parse_qs(heard.requests[0][1].decode())["text"][0]
    assert text == f"ask <@{team.carla}|carla> @nobody <#{team.support}|support> a@b.example <@U1>"


def test_commands_are_refused_where_slack_refuses_them(team: Team, heard: Heard) -> None:
    slack = team.slack
    ts = survey(team)
    assert slack.settle()
    heard.requests.clear()
    assert slack.command(team.carla, team.support, "/nps").error == "not_available"
    assert slack.command(team.anna, team.support, "/nps", thread_ts=ts).error == "not_in_threads"
    assert slack.command(team.anna, team.support, "/nonsense").error == "unknown_command"
    assert slack.shortcut(team.carla, team.support, ts, "ask_for_feedback").error == "not_available"
    slack.archive(team.support)
    assert slack.command(team.anna, team.support, "/nps").error == "is_archived"
    with pytest.raises(NotPossible):
        slack.command(slack.add_user("sam"), team.support, "/nps")
    assert len(heard.requests) == 1  # channel_archive


def test_ids_in_slack_connect(team: Team, heard: Heard) -> None:
    slack = team.slack
    slack.click(team.carla, team.support, survey(team), "score", action_ts="1794812400.500000")
    clicked = payload(heard)
    assert clicked["team"]["id"] == slack.workspace_id
    assert clicked["user"]["team_id"] == slack.external_workspace_id
    assert clicked["actions"][0]["action_ts"] == "1794812400.500000"
    assert clicked["container"]["is_ephemeral"] is False
    view = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": [SECTION]}
    team.client.views_open(trigger_id=clicked["trigger_id"], view=view)
    slack.submit(team.carla, slack.views(team.carla)[0]["id"])
    submitted = payload(heard)
    assert submitted["team"]["id"] == slack.external_workspace_id
    assert submitted["view"]["app_installed_team_id"] == slack.workspace_id
    slack.post(team.carla, team.support, "hello")
    assert event(heard)["is_ext_shared_channel"] is True
    assert event(heard)["event"]["team"] == slack.external_workspace_id


def test_a_kept_click_can_be_replayed(team: Team, heard: Heard) -> None:
    kept = team.slack.click_payload(team.anna, team.support, survey(team), "score")
    assert team.slack.send_action(kept | {"user": kept["user"] | {"id": team.leo}}).ok
    assert payload(heard)["user"]["id"] == team.leo


def test_a_response_url_works_five_times(team: Team, heard: Heard) -> None:
    team.slack.command(team.anna, team.support, "/nps")
    url = parse_qs(heard.requests[0][1].decode())["response_url"][0]
    answers = [webhook(url).send(text=f"n{n}") for n in range(6)]
    assert [(a.status_code, a.body) for a in answers] == [(200, "ok")] * 5 + [(404, "used_url")]
    assert [m["text"] for m in team.slack.ephemerals(team.support, team.anna)] == ["n0", "n1", "n2", "n3", "n4"]


def test_a_response_url_expires(team: Team, heard: Heard) -> None:
    team.slack.command(team.anna, team.support, "/nps")
    url = parse_qs(heard.requests[0][1].decode())["response_url"][0]
    team.slack.workspace.tickets.urls[url.rpartition("/")[2]].born -= 30 * 60
    assert webhook(url).send(text="late").body == "expired_url"


def test_a_response_url_replaces_deletes_and_posts(team: Team, heard: Heard) -> None:
    slack = team.slack
    ts = survey(team)
    slack.click(team.anna, team.support, ts, "score")
    url = payload(heard)["response_url"]
    webhook(url).send(text="private")
    webhook(url).send(text="for all", response_type="in_channel")
    webhook(url).send(text="replaced", replace_original=True)
    assert [m["text"] for m in slack.messages(team.support)] == ["replaced", "for all"]
    whispered = team.client.chat_postEphemeral(channel=team.support, user=team.anna, text="x", blocks=[
        {"type": "actions", "elements": [button("again")]}
    ])["message_ts"]  # fmt: skip
    slack.click(team.anna, team.support, whispered, "again")
    assert payload(heard)["container"]["is_ephemeral"] is True
    webhook(payload(heard)["response_url"]).send(text="changed", replace_original=True)
    assert [m["text"] for m in slack.ephemerals(team.support, team.anna)] == ["private", "changed"]
    webhook(payload(heard)["response_url"]).send(delete_original=True)
    assert [m["text"] for m in slack.ephemerals(team.support, team.anna)] == ["private"]
    assert webhook(url).send(text="x", blocks=[{"type": "nonsense"}]).status_code == 400


@pytest.mark.parametrize(
    ("kind", "options", "carried_out"),
    [
        ("rate_limited", {"retry_after": 7}, False),
        ("500", {}, False),
        ("500", {"carried_out": True}, True),
        ("html_200", {}, False),
        ("half_body", {}, True),
        ("drop_before", {}, False),
        ("drop_after", {}, True),
        ("error", {"code": "fatal_error"}, False),
        ("timeout", {"seconds": 0.6}, False),
        ("timeout", {"seconds": 0.6, "carried_out": True}, True),
    ],
)
def test_faults(team: Team, kind: Any, options: dict[str, Any], carried_out: bool) -> None:
    team.slack.faults.next("chat.postMessage", kind, **options)
    client = client_of(team.slack)
    client.timeout = 0.3  # type: ignore[assignment]  # seconds; slack_sdk says int
    with pytest.raises((SlackApiError, OSError, ValueError, Exception)) as caught:
        client.chat_postMessage(channel=team.support, text="once")
    if kind == "rate_limited":
        assert caught.value.response.headers["Retry-After"] == "7"  # type: ignore[attr-defined]
    assert len(team.slack.messages(team.support)) == carried_out
    client.timeout = 5
    client.chat_postMessage(channel=team.support, text="twice")


def test_a_slow_call_is_answered_in_the_end(team: Team) -> None:
    team.slack.faults.next("chat.postMessage", "slow", seconds=0.3)
    began = time.monotonic()
    assert client_of(team.slack).chat_postMessage(channel=team.support, text="once")["ok"]
    assert time.monotonic() - began >= 0.3


def test_only_local_pages_may_drive_it(team: Team) -> None:
    def status(path: str, **headers: str) -> int:
        asked = Request(team.slack.url + path, b"{}", headers={"Content-Type": "application/json", **headers})
        try:
            with urlopen(asked) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code

    assert status("/ui/reload", Host="evil.example") == 403
    assert status("/ui/reload", Origin="https://evil.example") == 403
    assert status("/ui/reload", **{"Content-Type": "text/plain"}) == 415
    assert status("/ui/nonsense") == 404


def test_sockets_are_refreshed_and_refused_without_a_ticket(team: Team) -> None:
    assert team.slack.disconnect_sockets() == 0
    url = team.slack.workspace.sockets.issue_url()
    assert url is not None
    assert url.startswith("ws://127.0.0.1:")


def test_a_frozen_clock_stands_still_and_only_moves_forward() -> None:
    clock = SandboxClock(START, frozen=True)
    moves: list[Any] = []
    clock.on_move(moves.append)
    clock.set(START + timedelta(days=1))
    assert clock.now() == START + timedelta(days=1) == moves[0]
    with pytest.raises(ValueError, match="forward"):
        clock.set(START)


def test_bolt_ignores_nothing_it_should_hear(team: Team, bolt: App) -> None:
    heard: list[str] = []
    bolt.shortcut("ask_for_feedback")(lambda ack, shortcut: (ack(), heard.append(shortcut["message"]["text"])))
    ts = team.slack.post(team.carla, team.support, "help")
    assert team.slack.shortcut(team.anna, team.support, ts, "ask_for_feedback").ok
    assert heard == ["help"]

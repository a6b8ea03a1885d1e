"""The Web API as slack_sdk's client sees it: happy paths and Slack's own error codes."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from cxbot.sandbox import Sandbox, SandboxClock

from .conftest import START, Team, client_of, populate

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}


def refusal(call: Callable[..., Any], **args: Any) -> Any:
    with pytest.raises(SlackApiError) as caught:
        call(**args)
    return caught.value.response


def error(call: Callable[..., Any], **args: Any) -> str:
    return str(refusal(call, **args)["error"])


def button(action_id: str, text: str = "Go") -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": text}}


def test_auth_test_names_the_bot_and_its_scopes(team: Team) -> None:
    answer = team.client.auth_test()
    assert answer["user_id"] == team.slack.bot_user_id
    assert answer["team_id"] == team.slack.workspace_id
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


def test_tokens_are_judged(team: Team) -> None:
    slack = team.slack
    assert error(client_of(slack, "xoxb-wrong").auth_test) == "invalid_auth"
    assert error(client_of(slack, slack.app_token).auth_test) == "not_allowed_token_type"
    assert error(team.client.apps_connections_open, app_token=slack.bot_token) == "not_allowed_token_type"
    with urllib.request.urlopen(slack.api_url + "auth.test", data=b"") as answer:
        assert json.load(answer)["error"] == "not_authed"
    assert error(team.client.api_call, api_method="chat.nonsense") == "unknown_method"
    slack.revoke_token()
    assert error(team.client.auth_test) == "token_revoked"


def test_scopes_are_needed() -> None:
    with Sandbox(SandboxClock(START, frozen=True), scopes=["chat:write"]) as slack:
        team = populate(slack)
        answer = refusal(team.client.users_info, user=team.anna)
        assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "users:read", "chat:write")
        assert refusal(team.client.conversations_history, channel=team.support)["needed"] == "channels:history"
        assert refusal(team.client.conversations_info, channel=team.support)["needed"] == "channels:read"


def test_posting_keeps_blocks_threads_and_metadata(team: Team) -> None:
    metadata = {"event_type": "survey", "event_payload": {"key": "k1"}}
    root = team.client.chat_postMessage(channel=team.support, text="Hi", blocks=[SECTION], metadata=metadata)
    assert root["message"]["blocks"][0]["block_id"]
    assert root["message"]["bot_id"] == team.slack.bot_id
    reply = team.client.chat_postMessage(channel=team.support, text="More", thread_ts=root["ts"])
    assert reply["message"]["parent_user_id"] == team.slack.bot_user_id
    thread = team.client.conversations_replies(channel=team.support, ts=root["ts"], include_all_metadata=True)
    assert [m["text"] for m in thread["messages"]] == ["Hi", "More"]
    assert thread["messages"][0]["metadata"] == metadata
    assert thread["messages"][0]["reply_count"] == 1
    history = team.client.conversations_history(channel=team.support)
    assert [m["text"] for m in history["messages"]] == ["Hi"]
    assert "metadata" not in history["messages"][0]


def test_posting_is_refused_as_slack_refuses_it(team: Team) -> None:
    slack, post = team.slack, team.client.chat_postMessage
    elsewhere = slack.add_channel("elsewhere", members=[team.anna], bot_member=False)
    secret = slack.add_channel("secret", members=[team.anna], private=True, bot_member=False)
    assert error(post, channel="C404", text="x") == "channel_not_found"
    assert error(post, channel=elsewhere, text="x") == "not_in_channel"
    assert error(post, channel=secret, text="x") == "channel_not_found"
    assert error(post, channel=team.support, text="", blocks=None, attachments=[]) == "no_text"
    assert error(post, channel=team.support, text="x" * 40_001) == "msg_too_long"
    assert error(post, channel=team.support, text="x", thread_ts="1.000100") == "thread_not_found"
    assert error(post, channel=team.support, text="x", metadata={"event_type": "x"}) == "invalid_metadata_format"
    slack.archive(team.support)
    assert error(post, channel=team.support, text="x") == "is_archived"


def test_update_without_blocks_removes_them_and_only_own_messages_change(team: Team) -> None:
    client = team.client
    ts = client.chat_postMessage(channel=team.support, text="Hi", blocks=[SECTION])["ts"]
    client.chat_update(channel=team.support, ts=ts, text="Thanks")
    message = team.slack.messages(team.support)[0]
    assert message["text"] == "Thanks"
    assert "blocks" not in message
    theirs = team.slack.post(team.carla, team.support, "mine")
    assert error(client.chat_update, channel=team.support, ts=theirs, text="x") == "cant_update_message"
    assert error(client.chat_delete, channel=team.support, ts=theirs) == "cant_delete_message"
    assert error(client.chat_update, channel=team.support, ts="1.000100", text="x") == "message_not_found"
    client.chat_delete(channel=team.support, ts=ts)
    assert error(client.chat_delete, channel=team.support, ts=ts) == "message_not_found"


def test_a_deleted_root_leaves_a_tombstone(team: Team) -> None:
    ts = team.client.chat_postMessage(channel=team.support, text="root")["ts"]
    team.slack.post(team.carla, team.support, "reply", thread_ts=ts)
    team.client.chat_delete(channel=team.support, ts=ts)
    assert team.slack.messages(team.support)[0]["subtype"] == "tombstone"


def test_ephemeral_messages_are_for_one_person_and_vanish_on_reload(team: Team) -> None:
    client, slack = team.client, team.slack
    ts = client.chat_postEphemeral(channel=team.support, user=team.carla, text="psst")["message_ts"]
    assert slack.messages(team.support) == []
    assert [m["text"] for m in slack.ephemerals(team.support, team.carla)] == ["psst"]
    assert error(client.chat_update, channel=team.support, ts=ts, text="x") == "message_not_found"
    stranger = slack.add_user("sam")
    assert error(client.chat_postEphemeral, channel=team.support, user=stranger, text="x") == "user_not_in_channel"
    slack.reload(team.carla)
    assert slack.ephemerals(team.support, team.carla) == []


@pytest.mark.parametrize(
    ("blocks", "problem"),
    [
        ([SECTION] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        (
            [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}],
            "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        ),
        ([SECTION | {"block_id": "a"}] * 2, '`block_id` "a" already exists [json-pointer:/blocks/1/block_id]'),
        (
            [{"type": "actions", "elements": [button("a"), button("a")]}],
            '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
        ),
        (
            [{"type": "actions", "elements": [button(str(n)) for n in range(26)]}],
            "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
        ),
        (
            [{"type": "actions", "elements": [button("a", "x" * 76)]}],
            "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
        ),
        ([{"type": "section"}], "must define either `text` or `fields` [json-pointer:/blocks/0/type]"),
        ([{"type": "wobble"}], "unsupported type: wobble [json-pointer:/blocks/0/type]"),
        ([SECTION | {"colour": "red"}], "invalid additional property: colour [json-pointer:/blocks/0]"),
        (
            [{"type": "image", "image_url": "http://127.0.0.1/x.png", "alt_text": "x"}],
            "downloading image failed [json-pointer:/blocks/0/image_url]",
        ),
        (
            [{"type": "image", "slack_file": {"id": "F404"}, "alt_text": "x"}],
            "invalid slack file [json-pointer:/blocks/0/slack_file]",
        ),
    ],
)
def test_invalid_blocks_are_named_by_pointer(team: Team, blocks: list[Any], problem: str) -> None:
    answer = refusal(team.client.chat_postMessage, channel=team.support, text="x", blocks=blocks)
    assert answer["error"] == "invalid_blocks"
    assert f"[ERROR] {problem}" in answer["response_metadata"]["messages"]


def test_conversations_are_listed_opened_and_read(team: Team) -> None:
    client, slack = team.client, team.slack
    for n in range(3):
        slack.add_channel(f"room-{n}", members=[team.anna])
    first = client.conversations_list(limit=2)
    second = client.conversations_list(limit=2, cursor=first["response_metadata"]["next_cursor"])
    assert [c["name"] for c in [*first["channels"], *second["channels"]]] == ["support", "room-0", "room-1", "room-2"]
    info = client.conversations_info(channel=team.support, include_num_members=True)["channel"]
    assert (info["is_ext_shared"], info["num_members"]) == (True, 4)
    assert client.conversations_members(channel=team.support)["members"][0] == team.anna
    assert error(client.conversations_replies, channel=team.support, ts="1.000100") == "thread_not_found"
    assert error(client.conversations_info, channel="C404") == "channel_not_found"


def test_direct_messages_open_where_slack_allows_it(team: Team) -> None:
    client, slack = team.client, team.slack
    assert client.conversations_open(users=team.anna)["channel"]["id"] == slack.dm(team.anna)
    assert client.conversations_open(users=team.carla)["channel"]["id"].startswith("D")
    stranger = slack.add_user("sven", external=True)
    robot = slack.add_user("robot", bot=True)
    slack.deactivate(team.leo)
    assert error(client.conversations_open, users=stranger) == "user_not_visible"
    assert error(client.conversations_open, users=robot) == "cannot_dm_bot"
    assert error(client.conversations_open, users=team.leo) == "user_disabled"
    assert error(client.conversations_open, users="U404") == "user_not_found"


def test_people_are_shown_with_what_slack_connect_allows(team: Team) -> None:
    client, slack = team.client, team.slack
    anna = client.users_info(user=team.anna, include_locale=True)["user"]
    carla = client.users_info(user=team.carla, include_locale=True)["user"]
    assert (anna["locale"], anna["team_id"]) == ("en-US", slack.workspace_id)
    assert "locale" not in carla
    assert (carla["team_id"], carla["is_stranger"]) == (slack.external_workspace_id, False)
    stranger = slack.add_user("sven", external=True)
    assert client.users_info(user=stranger)["user"]["is_stranger"] is True
    assert team.carla not in [u["id"] for u in client.users_list()["members"]]
    assert client.users_lookupByEmail(email="anna@sandbox.example")["user"]["id"] == team.anna
    assert error(client.users_lookupByEmail, email="carla@customer.example") == "users_not_found"
    assert error(client.users_info, user="U404") == "user_not_found"


def test_user_groups_reactions_permalinks_team_and_bot(team: Team) -> None:
    client, slack = team.client, team.slack
    group = slack.add_usergroup("agents", [team.anna])
    assert client.usergroups_users_list(usergroup=group)["users"] == [team.anna]
    assert error(client.usergroups_users_list, usergroup="S404") == "no_such_subteam"
    assert [g["handle"] for g in client.usergroups_list()["usergroups"]] == ["agents"]
    root = slack.post(team.carla, team.support, "help")
    reply = slack.post(team.anna, team.support, "here", thread_ts=root)
    slack.react(team.anna, team.support, root, "eyes")
    message = client.reactions_get(channel=team.support, timestamp=root)["message"]
    assert (message["user"], message["reply_users"]) == (team.carla, [team.anna])
    assert message["reactions"] == [{"name": "eyes", "users": [team.anna], "count": 1}]
    assert client.reactions_get(channel=team.support, timestamp=reply)["message"]["parent_user_id"] == team.carla
    assert error(client.reactions_get, channel=team.support, timestamp="1.0") == "message_not_found"
    client.reactions_add(channel=team.support, timestamp=root, name="wave")
    assert error(client.reactions_add, channel=team.support, timestamp=root, name="wave") == "already_reacted"
    link = client.chat_getPermalink(channel=team.support, message_ts=reply)["permalink"]
    assert f"/archives/{team.support}/p" in link
    assert client.team_info()["team"]["id"] == slack.workspace_id
    assert client.bots_info(bot=slack.bot_id)["bot"]["user_id"] == slack.bot_user_id
    assert client.api_test()["ok"]


def test_read_methods_take_no_json(team: Team) -> None:
    assert error(team.client.api_call, api_method="users.info", json={"user": team.anna}) == "user_not_found"


def test_files_are_uploaded_shared_and_shown(team: Team) -> None:
    client, slack = team.client, team.slack
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (64).to_bytes(4, "big") + (32).to_bytes(4, "big")
    answer = client.files_upload_v2(channel=team.support, content=png, filename="trend.png", initial_comment="Trend")
    file = answer["files"][0]
    message = slack.messages(team.support)[0]
    assert (message["text"], message["files"][0]["id"], message["subtype"]) == ("Trend", file["id"], "file_share")
    assert (file["original_w"], file["original_h"]) == (64, 32)
    with urllib.request.urlopen(file["url_private"]) as got:
        assert got.read() == png
    assert client.files_info(file=file["id"])["file"]["name"] == "trend.png"
    image = {"type": "image", "slack_file": {"id": file["id"]}, "alt_text": "Trend"}
    client.chat_postMessage(channel=team.support, text="Trend", blocks=[image])
    assert error(client.files_completeUploadExternal, files=[{"id": "F404"}]) == "file_not_found"
    assert error(client.files_info, file="F404") == "file_not_found"


def test_rate_limits_can_be_enforced() -> None:
    with Sandbox(SandboxClock(START), enforce_rate_limits=True) as slack:
        team = populate(slack)
        for n in range(3):
            team.client.chat_postMessage(channel=team.support, text=str(n))
        answer = refusal(team.client.chat_postMessage, channel=team.support, text="too fast")
        assert (answer.status_code, answer["error"], answer.headers["retry-after"]) == (429, "ratelimited", "1")


def test_timestamps_come_from_the_clock_and_never_repeat(team: Team, clock: SandboxClock) -> None:
    stamps = [team.slack.post(team.anna, team.support, str(n)) for n in range(3)]
    assert stamps == sorted(set(stamps))
    assert stamps[0].split(".")[0] == str(int(START.timestamp()))
    assert team.slack.calls == []
    assert clock.now() == START

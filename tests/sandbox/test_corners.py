"""Details that other tests rely on: paging, direct messages, selects in messages, rarer refusals."""

from __future__ import annotations

import urllib.error
from typing import Any
from urllib.request import Request, urlopen

import pytest

from cxbot.sandbox import NotPossible

from .conftest import Heard, Team
from .test_delivery import event, payload, survey
from .test_limits import actions, choice
from .test_methods import button, error
from .test_views import modal


def test_history_is_paged_and_cut_by_time(team: Team) -> None:
    client, slack = team.client, team.slack
    stamps = [slack.post(team.anna, team.support, str(n)) for n in range(5)]
    read = client.conversations_history
    first = read(channel=team.support, limit=3)
    assert [m["text"] for m in first["messages"]] == ["4", "3", "2"]
    rest = read(channel=team.support, limit=3, cursor=first["response_metadata"]["next_cursor"])
    assert ([m["text"] for m in rest["messages"]], rest["has_more"]) == (["1", "0"], False)
    between = read(channel=team.support, oldest=stamps[1], latest=stamps[3])
    assert [m["text"] for m in between["messages"]] == ["2"]
    between = read(channel=team.support, oldest=stamps[1], latest=stamps[3], inclusive=True)
    assert [m["text"] for m in between["messages"]] == ["3", "2", "1"]
    assert error(read, channel=team.support, cursor="%%%") == "invalid_cursor"
    assert error(read, channel=team.support, limit=-1) == "invalid_arguments"
    elsewhere = slack.add_channel("elsewhere", members=[team.anna], bot_member=False)
    assert error(read, channel=elsewhere) == "not_in_channel"
    client.conversations_join(channel=elsewhere)
    assert client.conversations_join(channel=elsewhere)["warning"] == "already_in_channel"
    assert [m["subtype"] for m in read(channel=elsewhere)["messages"]] == ["channel_join"]


def test_direct_messages_reach_the_bot_and_the_person(team: Team, heard: Heard) -> None:
    team.client.chat_postMessage(channel=team.anna, text="hello Anna")
    dm = team.slack.dm(team.anna)
    team.slack.post(team.anna, dm, "hello bot")
    assert team.slack.settle()
    assert event(heard)["event"]["channel_type"] == "im"
    assert [m["text"] for m in team.slack.messages(dm)] == ["hello Anna", "hello bot"]
    assert team.client.conversations_info(channel=dm)["channel"]["user"] == team.anna
    assert [c["id"] for c in team.client.conversations_list(types="im")["channels"]] == [dm, team.slack.dm(team.leo)]
    team.slack.deactivate(team.anna)
    assert error(team.client.chat_postMessage, channel=dm, text="x") == "user_disabled"


def test_selects_in_messages_send_their_option_and_state(team: Team, heard: Heard) -> None:
    block = actions(choice("static_select", 3), choice("checkboxes", 3), choice("overflow", 2), button("same", "A"))
    ts = team.client.chat_postMessage(channel=team.support, text="x", blocks=[block])["ts"]
    assert team.slack.settle()
    team.slack.click(team.anna, team.support, ts, "static_select", value="2")
    assert payload(heard)["actions"][0]["selected_option"]["value"] == "2"
    team.slack.click(team.anna, team.support, ts, "checkboxes", value=["0", "1"])
    assert len(payload(heard)["actions"][0]["selected_options"]) == 2
    team.slack.click(team.anna, team.support, ts, "overflow", value="1")
    clicked = payload(heard)
    assert clicked["actions"][0]["selected_option"]["value"] == "1"
    (state,) = clicked["state"]["values"].values()
    assert set(state) == {"static_select", "checkboxes"}
    for value in ("9", None):
        with pytest.raises(NotPossible):
            team.slack.click(team.anna, team.support, ts, "overflow", value=value)


def test_buttons_with_one_id_are_told_apart_by_value_and_block(team: Team, heard: Heard) -> None:
    rows = [
        {"type": "actions", "block_id": row, "elements": [button("score", row) | {"value": row}]} for row in ("a", "b")
    ]
    ts = team.client.chat_postMessage(channel=team.support, text="x", blocks=rows)["ts"]
    assert team.slack.settle()
    for which in ({"value": "b"}, {"block_id": "b"}, {"label": "b"}):
        team.slack.click(team.anna, team.support, ts, "score", **which)
        assert payload(heard)["actions"][0]["block_id"] == "b"


def test_forms_take_values_labels_and_raw_state(team: Team, heard: Heard) -> None:
    slack = team.slack
    raw = {"selected_option": {"text": {"type": "plain_text", "text": "x"}, "value": "w"}}
    for given in ("wait", "Long wait", raw):
        team.client.views_open(trigger_id=slack.workspace.tickets.trigger(team.anna), view=modal())
        values = {"words": {"text": "x"}, "why": {"reason": given}}
        slack.submit(team.anna, slack.views(team.anna)[0]["id"], values)
        assert payload(heard)["view"]["state"]["values"]["why"]["reason"]["selected_option"]["value"][0] == "w"
    team.client.views_open(trigger_id=slack.workspace.tickets.trigger(team.anna), view=modal(external_id="one"))
    view_id = slack.views(team.anna)[0]["id"]
    team.client.views_update(external_id="one", view=modal(external_id="one"))
    other = slack.workspace.tickets.trigger(team.leo)
    assert error(team.client.views_open, trigger_id=other, view=modal(external_id="one")) == "duplicate_external_id"
    with pytest.raises(NotPossible):
        slack.submit(team.anna, view_id, {"nowhere": {"text": "x"}})
    with pytest.raises(NotPossible):
        slack.submit(team.anna, view_id, {"why": {"reason": "not offered"}})


def test_people_cannot_do_what_slack_does_not_offer(team: Team) -> None:
    slack = team.slack
    internal = slack.add_channel("internal", members=[team.anna])
    ts = slack.post(team.anna, internal, "x")
    attempts: list[Any] = [
        lambda: slack.join(internal, team.carla),
        lambda: slack.post(team.carla, internal, "x"),
        lambda: slack.post(team.anna, internal, "x", thread_ts="1.0"),
        lambda: slack.react(team.anna, internal, "1.0", "eyes"),
        lambda: slack.remove_member(internal, team.leo),
        lambda: slack.open_home(slack.add_user("sven", external=True)),
    ]
    slack.join(internal, slack.add_user("sam"))
    for attempt in attempts:
        with pytest.raises(NotPossible):
            attempt()
    with pytest.raises(ValueError, match="shared"):
        slack.add_channel("mixed", members=[team.carla])
    slack.archive(internal)
    with pytest.raises(NotPossible):
        slack.post(team.anna, internal, "x")
    assert error(team.client.chat_update, channel=internal, ts=ts, text="x") == "is_archived"


def test_reactions_count_once_and_only_authors_and_administrators_delete(team: Team) -> None:
    slack = team.slack
    ts = survey(team)
    assert slack.react(team.anna, team.support, ts, "eyes")
    assert not slack.react(team.anna, team.support, ts, "eyes")
    assert not slack.unreact(team.leo, team.support, ts, "eyes")
    with pytest.raises(NotPossible):
        slack.delete_message(team.anna, team.support, ts)
    slack.delete_message(team.leo, team.support, ts)
    assert slack.messages(team.support) == []


def test_uploads_are_judged_at_each_step(team: Team) -> None:
    client = team.client
    url = client.files_getUploadURLExternal(filename="a.txt", length=3)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urlopen(Request(url["upload_url"], b"too long", method="PUT"))
    refused.value.close()
    files = [{"id": url["file_id"], "title": "A"}]
    assert error(client.files_completeUploadExternal, files=files) == "file_not_found"
    boundary = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nabc\r\n--b--\r\n'
    head = {"Content-Type": "multipart/form-data; boundary=b"}
    with urlopen(Request(url["upload_url"], boundary, head)) as answer:
        assert answer.read() == b"OK - 3"
    elsewhere = team.slack.add_channel("elsewhere", members=[team.anna], bot_member=False)
    complete = client.files_completeUploadExternal
    assert error(complete, files=files, channel_id=elsewhere) == "not_in_channel"
    assert error(complete, files=files, channel_id=team.support, thread_ts="1.0") == "thread_not_found"
    complete(files=files, channel_id=team.support, initial_comment="here")
    assert team.slack.files()[0]["channels"] == [team.support]
    assert error(complete, files=files) == "file_not_found"


def test_json_and_form_bodies_are_told_apart(team: Team) -> None:
    def ask(body: bytes, kind: str) -> bytes:
        headers = {"Content-Type": kind, "Authorization": f"Bearer {team.slack.bot_token}"}
        with urlopen(Request(team.slack.api_url + "chat.postMessage", body, headers)) as answer:
            return bytes(answer.read())

    assert b"invalid_json" in ask(b"{", "application/json")
    assert b"json_not_object" in ask(b"[]", "application/json")
    form = "application/x-www-form-urlencoded"
    assert b"invalid_blocks_format" in ask(f"channel={team.support}&blocks=[".encode(), form)
    assert b'"ok": true' in ask(f"channel={team.support}&text=hi".encode(), form)

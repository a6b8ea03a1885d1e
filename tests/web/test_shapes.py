"""Every field of every payload that Slack sends, missing or of a wrong shape: a 4xx or nothing, never a 5xx."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from cxbot.sandbox import payloads
from cxbot.slack.messages.parts import ids
from cxbot.store.engine.statements import rows
from tests.office import REACTION, Office
from tests.team_form import open_form
from tests.web.test_door import knock

GONE = object()
WRONG = (
    GONE,
    None,
    5,
    10**30,
    [],
    {},
    [1],
    {"a": 1},
    "",
    "\ud800",
    "\0",
    "²",
    "9" * 30,
    "999999999999.0",
    float("nan"),
)
Path = tuple[str | int, ...]
SHOWN = ("blocks", "token", "domain", "username")  # which nobody reads


def fields(value: Any, path: Path = ()) -> Iterator[Path]:
    inner = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for name, each in inner:
        if name not in SHOWN:
            yield (*path, name)
            yield from fields(each, (*path, name))


def changed(payload: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    made: Any = copy.deepcopy(payload)
    part = made
    for name in path[:-1]:
        part = part[name]
    if value is GONE:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return dict(made)


def send(office: Office, payload: dict[str, Any]) -> int:
    if payload.get("type") == "event_callback" or "event" in payload:
        return knock(office, json.dumps(payload).encode(), {"Content-Type": "application/json"})
    return knock(office, urlencode({"payload": json.dumps(payload)}).encode())


def events(office: Office) -> Iterator[dict[str, Any]]:
    ts, at = "1763452800.000100", "1763452801.000100"
    item = {"type": "message", "channel": office.acme, "ts": ts}
    reaction = {"user": office.anna, "reaction": REACTION, "item": item, "item_user": office.carla, "event_ts": at}
    yield {"type": "reaction_added", **reaction}
    yield {"type": "reaction_removed", **reaction}
    yield {"type": "member_joined_channel", "user": office.slack.bot_user_id, "channel": office.acme,
           "inviter": office.anna, "event_ts": at}  # fmt: skip
    for where, kind in ((office.acme, "channel"), (office.slack.dm(office.carla), "im")):
        yield {"type": "message", "channel": where, "channel_type": kind, "user": office.carla, "text": "5", "ts": at,
               "thread_ts": ts, "parent_user_id": office.anna, "event_ts": at}  # fmt: skip
    yield {"type": "user_change", "user": {"id": office.anna, "name": "anna"}, "event_ts": at}
    yield {"type": "subteam_members_changed", "subteam_id": "S0GROUP", "added_users": [office.anna], "event_ts": at}
    yield {"type": "subteam_updated", "subteam": {"id": "S0GROUP", "users": [office.anna]}, "event_ts": at}
    yield {"type": "channel_archive", "channel": office.acme, "user": office.ada, "event_ts": at}
    yield {"type": "channel_id_changed", "old_channel_id": "C0OLD", "new_channel_id": "C0NEW", "event_ts": at}
    yield {"type": "function_executed", "function_execution_id": "Fx0ONE", "event_ts": at,
           "function": {"callback_id": ids.ASK_STEP}, "inputs": {"customer": office.carla}}  # fmt: skip


def presses(office: Office) -> Iterator[dict[str, Any]]:
    channel, ts = office.ask()
    yield office.slack.click_payload(office.carla, channel, ts, label="2")
    office.click(office.carla, channel, ts, "2")
    card = office.slack.messages(channel)[-1]["ts"]
    for label in ("Long wait", "Comment or change", "Please contact me"):
        yield office.slack.click_payload(office.carla, channel, card, label=label)
    for label in ("Take it", "Done"):
        yield office.slack.click_payload(office.leo, office.leads_channel, office.notices()[0]["ts"], label=label)
    office.command(office.leo, "/csat", "week")
    report = office.slack.ephemerals(office.team_channel, office.leo)[-1]["ts"]
    for label in ("Share in this channel", "How is this counted?"):
        yield office.slack.click_payload(office.leo, office.team_channel, report, label=label)


def forms(office: Office) -> Iterator[dict[str, Any]]:
    workspace = office.slack.workspace
    eve = office.slack.add_user("eve", external=True)
    office.slack.join(office.acme, eve)
    channel, ts = office.ask(customer=eve)
    office.click(eve, channel, ts, "2")
    office.click(eve, channel, office.slack.messages(channel)[-1]["ts"], "Comment or change")
    open_form(office)
    for user in (eve, office.ada):
        view = workspace.world.views[office.slack.views(user)[-1]["id"]]
        yield payloads.view_submission(workspace, workspace.world.users[user], view)
    world, thread = workspace.world, office.conversation()
    yield payloads.message_shortcut(
        workspace, world.users[office.anna], world.find(office.acme, thread), ids.ASK_SHORTCUT
    )


@pytest.mark.parametrize("kind", [events, presses, forms])
def test_no_field_of_any_payload_can_break_the_bot(office: Office, kind: Any) -> None:
    whole = list(kind(office))
    if kind is events:
        whole = [{"type": "event_callback", "team_id": office.slack.workspace_id, "event_id": "Ev1", "event": each}
                 for each in whole]  # fmt: skip
    broken = []
    for payload in whole:
        for number, path in enumerate(fields(payload)):
            for value in WRONG if kind is events else (GONE, *WRONG[number % 5 :: 5]):
                status = send(office, changed(payload, path, value))
                if not 200 <= status < 500:
                    broken.append((payload["type"], path, value, status))
    assert not broken
    office.settle()
    assert not rows(office.database.reader, "SELECT * FROM outbox WHERE state = 'due' AND error = 'unexpected error'")


def commands(office: Office) -> Iterator[dict[str, Any]]:
    workspace = office.slack.workspace
    ada, channel = workspace.world.users[office.ada], workspace.world.channels[office.team_channel]
    for name, text in (("/nps", "week"), ("/cx", "pause"), ("/survey", f"<@{office.carla}>")):
        yield payloads.slash_command(workspace, ada, channel, name, text)


FOREIGN = ("type", "event", "view", "actions", "authorizations", "response_urls", "team", "user", "channel",
           "enterprise", "message", "item", "container", "function_data", "ssl_check")  # fmt: skip


@pytest.mark.parametrize("kind", [events, presses, forms, commands])
def test_no_field_of_another_kind_of_payload_can_break_the_bot(office: Office, kind: Any) -> None:
    whole = list(kind(office))
    if kind is events:
        whole = [{"type": "event_callback", "team_id": office.slack.workspace_id, "event_id": "Ev1", "event": each,
                  "authorizations": [{"team_id": office.slack.workspace_id}]} for each in whole]  # fmt: skip
    form = "application/x-www-form-urlencoded"
    for payload in whole:
        for name in FOREIGN:
            for value in ("block_actions", 1.5, ["url_verification"], {"id": None}, [{"authorizations": {"id": "T"}}]):
                odd = {**payload, name: value}
                encoded = urlencode(odd) if kind is commands else urlencode({"payload": json.dumps(odd)})
                for body, mimetype in ((encoded, form), (json.dumps(odd), "application/json")):
                    status = knock(office, body.encode(), {"Content-Type": mimetype})
                    assert 200 <= status < 500, (payload, name, value, mimetype)


def test_what_has_no_kind_of_slacks_is_refused_whatever_is_beside_it(office: Office) -> None:
    for kind in (["url_verification"], {"id": "event_callback"}, 5, True):
        for beside in ({"ssl_check": "1"}, {"challenge": "abc"}):
            body = json.dumps({"type": kind, "token": "x", **beside}).encode()
            assert knock(office, body, {"Content-Type": "application/json"}) == 400


def test_what_comes_through_a_socket_is_checked_as_well(tmp_path: Any) -> None:
    with Office(tmp_path, socket_mode=True) as office:
        office.slack.wait_for(lambda: office.slack.sockets_connected)
        channel, ts = office.ask()
        click = office.slack.click_payload(office.carla, channel, ts, label="5")
        before = rows(office.database.reader, "SELECT * FROM answer_events")
        for path, value in ((("user", "id"), "\ud800"), (("team", "id"), "T0OTHER")):
            assert office.slack.send_action(changed(click, path, value)).error == "timeout", "it is not acknowledged"
        assert rows(office.database.reader, "SELECT * FROM answer_events") == before
        assert office.slack.send_action(click).status == 200


def test_a_shortcut_from_the_future_runs_nothing(office: Office) -> None:
    *_, shortcut = forms(office)
    assert office.slack.send_action(shortcut | {"action_ts": f"{office.now().timestamp() + 400:.6f}"}).status == 400


def test_a_channels_new_id_may_be_known_already(office: Office) -> None:
    """People write there before Slack tells of it: the team's settings follow all the same."""
    new = office.slack.add_channel("acme-new", members=[office.anna, office.leo, office.carla], shared=True)
    office.add_team(name="Sales", channel=office.team_channel, source_channels=[new])
    event = {"type": "channel_id_changed", "old_channel_id": office.acme, "new_channel_id": new}
    assert office.slack.send_event({**event, "event_ts": "1763452801.000100"}).status == 200
    assert [team.source_channels for team in office.service.bot.teams()] == [(new,), ()], (
        "Sales has it, and Support no more"
    )

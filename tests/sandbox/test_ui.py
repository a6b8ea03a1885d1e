"""The JSON API of the page."""

from __future__ import annotations

import json
import threading
from typing import Any
from urllib.request import Request, urlopen

import pytest

from cxbot.sandbox import SandboxClock

from .conftest import Heard, Team
from .test_methods import SECTION, button


def state(team: Team, user: str, since: int = -1) -> Any:
    with urlopen(f"{team.slack.url}/ui/state?as={user}&since={since}") as answer:
        return json.load(answer)


def do(team: Team, doing: str, /, **body: Any) -> Any:
    asked = Request(f"{team.slack.url}/ui/{doing}", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(asked) as answer:
        return json.load(answer)


def test_state_shows_what_one_person_may_see(team: Team) -> None:
    slack = team.slack
    slack.add_channel("secret", members=[team.leo], private=True)
    team.client.chat_postEphemeral(channel=team.support, user=team.anna, text="psst")
    seen = state(team, team.anna)
    assert [c["name"] for c in seen["channels"]] == ["cxbot", "support"]
    assert [(m["text"], m["ephemeral"]) for m in seen["messages"][team.support]] == [("psst", True)]
    assert state(team, team.leo)["messages"][team.support] == []
    assert [c["available"] for c in state(team, team.carla)["commands"]] == [False, False]


def test_forms_name_public_channels_that_a_person_is_not_in(team: Team) -> None:
    slack = team.slack
    slack.add_channel("secret", members=[team.leo], private=True)
    hall = slack.add_channel("hall", members=[team.leo])
    assert state(team, team.anna)["elsewhere"] == [{"id": hall, "name": "hall"}]
    assert state(team, team.leo)["elsewhere"] == []
    assert state(team, team.carla)["elsewhere"] == []


def test_state_waits_for_a_change(team: Team) -> None:
    revision = state(team, team.anna)["revision"]
    found: list[Any] = []
    waiting = threading.Thread(target=lambda: found.append(state(team, team.anna, revision)))
    waiting.start()
    team.slack.post(team.carla, team.support, "hello")
    waiting.join(5)
    assert found[0]["messages"][team.support][0]["text"] == "hello"
    assert found[0]["channels"][1]["unread"] == 1
    do(team, "read", user=team.anna, channel=team.support)
    assert state(team, team.anna)["channels"][1]["unread"] == 0


def test_people_act_through_the_page(team: Team, heard: Heard) -> None:
    blocks = [SECTION, {"type": "actions", "elements": [button("go")]}]
    ts = team.client.chat_postMessage(channel=team.support, text="x", blocks=blocks)["ts"]
    me = {"user": team.anna, "channel": team.support}
    posted = do(team, "post", **me, text="hello")["response"]["ts"]
    assert do(team, "react", **me, ts=posted, name="eyes")["response"] == {"added": True}
    assert do(team, "unreact", **me, ts=posted, name="eyes")["ok"]
    clicked = do(team, "click", **me, ts=ts, action_id="go")
    assert clicked == {"ok": True, "status": 200, "error": None, "response": None}
    assert do(team, "command", **me, command="/nps", text="week")["ok"]
    assert do(team, "command", **me, command="/nps week")["ok"]
    assert do(team, "shortcut", **me, ts=ts, callback_id="ask_for_feedback")["ok"]
    assert do(team, "open_home", user=team.anna)["ok"]
    assert not do(team, "click", **me, ts=ts, action_id="nothing")["ok"]
    assert do(team, "command", user=team.carla, channel=team.support, command="/nps")["error"].startswith("/nps is not")
    assert do(team, "fault", method="chat.update", kind="500", times=2)["response"]["waiting"][0]["kind"] == "500"
    assert do(team, "fault", kind="clear")["response"]["waiting"] == []
    assert do(team, "delete", **me, ts=posted)["ok"]
    assert do(team, "reload", user=team.anna)["ok"]
    heard.answers.append(("", 500))
    assert do(team, "click", **me, ts=ts, action_id="go")["status"] == 500
    assert state(team, team.anna)["notices"][0]["text"] == "cxbot responded with an error (status 500)."


def test_modals_through_the_page(team: Team, heard: Heard) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": [SECTION]}
    for name in ("submit", "close_view"):
        team.client.views_open(trigger_id=team.slack.workspace.tickets.trigger(team.anna), view=view)
        shown = state(team, team.anna)["views"][0]
        assert shown["on_top"]
        assert do(team, name, user=team.anna, view_id=shown["id"], values={})["ok"]
        assert state(team, team.anna)["views"] == []
    assert len(heard.requests) == 1


@pytest.mark.parametrize(
    ("move", "then"),
    [
        ({"minutes": 90}, "2026-11-16T08:30:00+00:00"),
        ({"to": "monday 09:05"}, "2026-11-16T07:05:00+00:00"),
        ({"to": "tomorrow 08:00"}, "2026-11-17T06:00:00+00:00"),
        ({"to": "2026-11-23T09:05"}, "2026-11-23T07:05:00+00:00"),
        ({"to": "8:30"}, "2026-11-17T06:30:00+00:00"),
    ],
)
def test_the_clock_is_moved_by_words(team: Team, clock: SandboxClock, move: Any, then: str) -> None:
    told: list[Any] = []
    team.slack.on_clock(told.append)
    assert do(team, "advance_clock", user=team.anna, **move)["response"]["now"] == then
    assert told == [clock.now()]
    assert not do(team, "advance_clock", to="2020-01-01T00:00")["ok"]


def test_the_page_and_avatars_are_served(team: Team) -> None:
    for path in ("/", "/page/index.html", f"/avatars/{team.anna}.svg"):
        with urlopen(team.slack.url + path) as answer:
            assert answer.status == 200

"""What the sandbox sends, against schemas made from Slack's own published types."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from jsonschema import Draft7Validator

from .conftest import Heard, Team
from .test_delivery import event, payload, survey

ORACLES = Path(os.environ.get("CXBOT_ORACLES", Path(__file__).parents[3] / "shared" / "oracles"))


def valid(schema: str, definition: str, value: Any) -> None:
    path = ORACLES / f"{schema}.schema.json"
    if not path.exists():
        pytest.skip(f"{path} is not there: set CXBOT_ORACLES to the folder of the schemas")
    definitions = json.loads(path.read_text())["definitions"]
    root = {"$ref": f"#/definitions/{definition}", "definitions": definitions}
    problems = [f"{list(e.absolute_path)}: {e.message[:200]}" for e in Draft7Validator(root).iter_errors(value)]
    assert problems == []


def without_nulls(value: dict[str, Any]) -> dict[str, Any]:
    """Slack sends `enterprise: null`; its types say the field is optional."""
    return {k: v for k, v in value.items() if v is not None}


def test_interactive_payloads(team: Team, heard: Heard) -> None:
    ts = survey(team)
    assert team.slack.settle()
    team.slack.click(team.carla, team.support, ts, "score")
    valid("slack_bolt", "BlockAction<ButtonAction>", without_nulls(payload(heard)))
    view = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "T"},
        "submit": {"type": "plain_text", "text": "S"},
        "blocks": [
            {
                "type": "input",
                "label": {"type": "plain_text", "text": "L"},
                "element": {"type": "plain_text_input"},
                "optional": True,
            }
        ],
    }
    team.client.views_open(trigger_id=payload(heard)["trigger_id"], view=view)
    team.slack.submit(team.carla, team.slack.views(team.carla)[0]["id"])
    valid("slack_bolt", "ViewSubmitAction", without_nulls(payload(heard)))
    team.slack.shortcut(team.anna, team.support, ts, "ask_for_feedback")
    valid("slack_bolt", "MessageShortcut", without_nulls(payload(heard)))
    team.slack.command(team.anna, team.support, "/nps", "week")
    valid("slack_bolt", "SlashCommand", dict(parse_qsl(heard.requests[-1][1].decode(), keep_blank_values=True)))


def test_events(team: Team, heard: Heard) -> None:
    slack = team.slack
    ts = slack.post(team.carla, team.support, "hello")
    valid("slack_ev", "GenericMessageEvent", event(heard)["event"])
    slack.react(team.anna, team.support, ts, "eyes")
    valid("slack_ev", "ReactionAddedEvent", event(heard)["event"])
    slack.unreact(team.anna, team.support, ts, "eyes")
    valid("slack_ev", "ReactionRemovedEvent", event(heard)["event"])
    slack.open_home(team.anna)
    valid("slack_ev", "AppHomeOpenedEvent", event(heard)["event"])
    sam = slack.add_user("sam")
    slack.join(team.support, sam)
    valid("slack_ev", "MemberJoinedChannelEvent", event(heard, -2)["event"])
    slack.remove_member(team.support, sam)
    valid("slack_ev", "MemberLeftChannelEvent", event(heard)["event"])
    slack.archive(team.support)
    valid("slack_ev", "ChannelArchiveEvent", event(heard)["event"])
    slack.deactivate(sam)
    changed = event(heard)["event"]
    changed["user"]["profile"] = without_nulls(changed["user"]["profile"]) | {"fields": None}
    valid("slack_ev", "UserChangeEvent", changed)
    slack.revoke_token()
    valid("slack_ev", "TokensRevokedEvent", event(heard)["event"])


def test_changes_and_deletions_of_messages(team: Team, heard: Heard) -> None:
    ts = survey(team)
    assert team.slack.settle()
    team.client.chat_update(channel=team.support, ts=ts, text="Thanks")
    assert team.slack.settle()
    valid("slack_ev", "GenericMessageEvent", event(heard, 0)["event"])
    changed = event(heard)["event"]
    assert (changed["subtype"], changed["hidden"]) == ("message_changed", True)
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("How?", "Thanks")

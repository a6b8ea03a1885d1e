"""`cxbot hook`: what people type to connect a helpdesk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cxbot.core.hooks import kinds
from tests.desk import Desk

BODIES = Path(__file__).parents[1] / "core" / "hooks" / "bodies"
CLOSED = {
    "type": "conversation.closed", "timestamp": "2026-11-21T10:05:00+02:00",
    "data": {"id": "C-1", "customer": {"email": "carla@sample.example"}, "agent": "Anna"},
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path, CXBOT_PUBLIC_URL="https://cx.example.com")
    made.run("team", "add", "Support", "--channel", "C0000000001")
    return made


def test_a_hook_is_added_listed_shown_and_removed(desk: Desk) -> None:
    said = desk.run("hook", "add", "desk", "--kind", "generic", "--team", "Support")
    assert "https://cx.example.com/hooks/desk" in said
    assert "whsec_" in said
    assert "desk" in desk.run("hook", "list")
    assert desk.run("hook", "show", "desk") in said
    desk.run("hook", "remove", "desk")
    assert "No hook yet" in desk.run("hook", "list")
    assert "There is no hook “desk”" in desk.run("hook", "show", "desk", code=1)


@pytest.mark.parametrize("kind", sorted(kinds.shipped()))
def test_every_kind_says_what_to_paste(desk: Desk, kind: str) -> None:
    secret = "helpdesk:a long enough password" if kind in ("freshdesk",) else "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    said = desk.run("hook", "add", kind, "--kind", kind, "--team", "Support", "--secret", secret)
    assert "{url}" not in said
    assert "{secret}" not in said
    for recorded in sorted((BODIES / kind).glob("closed*.json")):
        delivery = json.loads(recorded.read_text(encoding="utf-8"))
        body = desk.folder / "body.json"
        body.write_text(json.dumps(delivery["body"]))
        headers = [each for name, value in delivery["headers"].items() for each in ("--header", f"{name}: {value}")]
        told = desk.run("hook", "test", kind, str(body), *headers)
        assert "closed" in told, recorded
        assert "outcome" in told


def test_a_body_is_tried_without_doing_it(desk: Desk, tmp_path: Path) -> None:
    desk.run("hook", "add", "desk", "--kind", "generic", "--team", "Support")
    body = tmp_path / "body.json"
    body.write_text(json.dumps(CLOSED))
    for _ in range(2):
        said = desk.run("hook", "test", "desk", str(body))
        assert "C-1: closed" in said
        assert "carla@sample.example" in said
        assert "Anna" in said
    assert desk.run("export", "ledger", "--format", "ndjson") == ""
    desk.run("team", "set", "Support", "--only", "topic:billing")
    said = desk.run("hook", "test", "desk", str(body))
    assert "outcome      not eligible" in said
    assert "Not asked:" in said
    assert "topic: billing" in said
    body.write_text(json.dumps({**CLOSED, "data": {"id": "C-1", "team": "Nowhere"}}))
    assert "`data.team` is not a team" in desk.run("hook", "test", "desk", str(body), code=1)


@pytest.mark.parametrize("name", ["slack", "import", "workflow", "reaction", "silence"])
def test_no_hook_is_called_as_a_source_of_our_own(desk: Desk, name: str) -> None:
    said = desk.run("hook", "add", name, "--kind", "generic", "--team", "Support", code=2)
    assert f"“{name}” is a source of cxbot's own" in said
    assert "No hook yet" in desk.run("hook", "list")


def test_what_is_wrong_is_said_with_what_to_do(desk: Desk) -> None:
    assert "There is no kind of hook `zendes`" in desk.run(
        "hook", "add", "x", "--kind", "zendes", "--team", "Support", code=2
    )
    assert "small letters" in desk.run("hook", "add", "My Desk", "--kind", "generic", "--team", "Support", code=2)
    assert "There is no team" in desk.run("hook", "add", "x", "--kind", "generic", "--team", "Nowhere", code=2)
    assert desk.run("hook", "add", "x", "--kind", "generic", "--team", "Support", "--secret", "abc", code=2)

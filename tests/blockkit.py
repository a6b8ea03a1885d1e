"""Checks everything the bot showed against Slack's own models and the schema made from its published types."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from cxbot.sandbox import Sandbox

REFUSALS = ("invalid_blocks", "invalid_blocks_format", "invalid_arguments", "no_text", "msg_too_long")
JSON = dict[str, Any]
ORACLES = Path(os.environ.get("CXBOT_ORACLES", Path(__file__).parents[2] / "shared" / "oracles"))
ROOTS = {"message": "MessagePayload", "blocks": "MessageBlocks", "modal": "Modal", "home": "Home"}


@cache
def _validator(root: str) -> Draft202012Validator | None:
    path = ORACLES / "blockkit.schema.json"
    if not path.exists():
        return None  # reference files that only some machines have
    definitions = json.loads(path.read_text())["definitions"]
    return Draft202012Validator({"$ref": f"#/definitions/{ROOTS[root]}", "definitions": definitions})


def _shown(slack: Sandbox) -> Iterator[tuple[str, Any]]:
    """Every list of blocks and every view: sent by a method, a response URL or an acknowledgement."""
    for call in slack.calls:
        if call.args.get("blocks"):
            yield "message", call.args
        if view := call.args.get("view"):
            yield view["type"], view
    world = slack.workspace.world
    with world.lock:
        yield from [("blocks", each.blocks) for each in world.ephemerals if each.blocks]
        yield from [(each.spec["type"], each.spec) for each in world.views.values()]


def complaints(slack: Sandbox) -> list[str]:
    """The errors in anything the bot has shown so far."""
    found = [f"{call.method} without text" for call in slack.calls if _mute(call.method, call.args)]
    found += [f"{call.method} {call.result}" for call in slack.calls if call.result.get("error") in REFUSALS]
    seen: set[str] = set()
    for kind, content in _shown(slack):
        key = json.dumps([kind, content], sort_keys=True)
        if key not in seen:
            seen.add(key)
            found += _problems(kind, content)
    return found


def _mute(method: str, args: JSON) -> bool:
    return method in ("chat.postMessage", "chat.postEphemeral", "chat.update") and not str(args.get("text", "")).strip()


def _problems(kind: str, content: Any) -> Iterator[str]:
    for block in Block.parse_all(content if kind == "blocks" else content["blocks"]):
        block.validate_json()
    if kind in ("modal", "home"):
        View(**content).validate_json()
    validator = _validator(kind)
    if validator is not None:
        for error in validator.iter_errors(content):
            yield f"{kind} {list(error.absolute_path)}: {error.message[:200]}"

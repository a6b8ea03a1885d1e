"""Block Kit's limits: what Slack accepts, and which place it names otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from cxbot.sandbox.errors import SlackRefusal
from cxbot.sandbox.limits import require_blocks, require_view

from .test_methods import SECTION, button
from .test_views import modal


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value), "value": value}


def choice(kind: str, count: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "action_id": kind, "options": [option(str(n)) for n in range(count)], **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def asked(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "input", "label": plain("Label"), "hint": plain("Hint"), "element": element}


IMAGE = {"type": "image", "image_url": "https://example.com/x.png", "alt_text": "x"}
CONFIRM = {"title": plain("Sure?"), "text": plain("Really?"), "confirm": plain("Yes"), "deny": plain("No")}


def problems(*blocks: Any) -> list[str]:
    try:
        require_blocks(list(blocks), lambda file: file == "F1")
    except SlackRefusal as refusal:
        return [p.removesuffix("]").replace(" [json-pointer:", " @ ") for p in refusal.extras["errors"]]
    return []


@pytest.mark.parametrize(
    "block",
    [
        {"type": "divider"},
        {"type": "header", "text": plain("x" * 150)},
        {"type": "section", "fields": [plain("x" * 2000)] * 10},
        {"type": "section", "text": plain("x"), "accessory": IMAGE},
        {"type": "section", "text": plain("x"), "accessory": choice("overflow", 5)},
        {"type": "context", "elements": [IMAGE, plain("x")]},
        IMAGE | {"title": plain("Title")},
        {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "x"},
        actions(*[button(str(n)) for n in range(25)]),
        actions(button("a") | {"confirm": CONFIRM, "style": "danger", "accessibility_label": "3 of 10"}),
        actions(choice("static_select", 100, placeholder=plain("Pick"), initial_option=option("3"))),
        actions({"type": "users_select", "action_id": "who"}, {"type": "datepicker", "action_id": "when"}),
        actions({"type": "static_select", "option_groups": [{"label": plain("G"), "options": [option("a")]}]}),
        asked(choice("checkboxes", 10)),
        asked({"type": "plain_text_input", "multiline": True, "max_length": 3000}),
        asked({"type": "number_input", "is_decimal_allowed": False}),
        {"type": "markdown", "text": "x" * 12_000},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 20] * 100},
        {"type": "rich_text", "elements": []},
    ],
)
def test_what_slack_takes_is_taken(block: Any) -> None:
    assert problems(block) == []


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ("text", "must be an object @ /blocks/0"),
        ({}, "missing required field: type @ /blocks/0"),
        ({"type": "header"}, "missing required field: text @ /blocks/0"),
        ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters @ /blocks/0/text/text"),
        (
            {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
            "must be one of: plain_text @ /blocks/0/text/type",
        ),
        ({"type": "header", "text": plain("")}, "must be more than 0 characters @ /blocks/0/text/text"),
        ({"type": "header", "text": {"type": "plain_text"}}, "missing required field: text @ /blocks/0/text"),
        ({"type": "header", "text": plain(7)}, "must be a string @ /blocks/0/text/text"),  # type: ignore[arg-type]
        ({"type": "header", "text": "x"}, "must be an object @ /blocks/0/text"),
        ({"type": "divider", "block_id": "x" * 256}, "must be less than 256 characters @ /blocks/0/block_id"),
        ({"type": "section", "fields": [plain("x")] * 11}, "no more than 10 items allowed @ /blocks/0/fields"),
        ({"type": "context", "elements": [plain("x")] * 11}, "no more than 10 items allowed @ /blocks/0/elements"),
        ({"type": "context", "elements": []}, "must provide at least 1 items @ /blocks/0/elements"),
        (IMAGE | {"alt_text": ""}, "missing required field: alt_text @ /blocks/0"),
        (
            {"type": "image", "alt_text": "x"},
            "must define either `image_url` or `slack_file` @ /blocks/0",
        ),
        (IMAGE | {"image_url": "https://intranet/x.png"}, "downloading image failed @ /blocks/0/image_url"),
        (IMAGE | {"image_url": "ftp://example.com/x.png"}, "downloading image failed @ /blocks/0/image_url"),
        (actions("x"), "must be an object @ /blocks/0/elements/0"),  # type: ignore[arg-type]
        (actions({"type": "plain_text_input"}), "unsupported type: plain_text_input @ /blocks/0/elements/0/type"),
        (actions({"type": "button"}), "missing required field: text @ /blocks/0/elements/0"),
        (
            actions(button("a") | {"value": "x" * 2001}),
            "must be less than 2001 characters @ /blocks/0/elements/0/value",
        ),
        (actions(button("a") | {"style": "pink"}), "must be one of: primary, danger @ /blocks/0/elements/0/style"),
        (actions(button("a") | {"confirm": 1}), "must be an object @ /blocks/0/elements/0/confirm"),
        (actions(choice("static_select", 101)), "no more than 100 items allowed @ /blocks/0/elements/0/options"),
        (actions(choice("radio_buttons", 11)), "no more than 10 items allowed @ /blocks/0/elements/0/options"),
        (actions(choice("overflow", 6)), "no more than 5 items allowed @ /blocks/0/elements/0/options"),
        (
            actions(choice("static_select", 2, initial_option=option("9"))),
            "initial option must match one of the options @ /blocks/0/elements/0",
        ),
        (
            actions({"type": "overflow", "options": [{"text": plain("x" * 76)}]}),
            "missing required field: value @ /blocks/0/elements/0/options/0",
        ),
        (asked(button("a")), "unsupported type: button @ /blocks/0/element/type"),
        (asked({"type": "number_input"}), "missing required field: is_decimal_allowed @ /blocks/0/element"),
        (
            asked({"type": "plain_text_input", "max_length": 3001}),
            "must be between 1 and 3000 @ /blocks/0/element/max_length",
        ),
        ({"type": "input", "label": plain("x")}, "missing required field: element @ /blocks/0"),
        ({"type": "markdown", "text": "x" * 12_001}, "must be less than 12001 characters @ /blocks"),
        ({"type": "markdown", "text": ""}, "must be more than 0 characters @ /blocks/0/text"),
        ({"type": "table", "rows": [[{}] * 21]}, "no more than 20 items allowed @ /blocks/0/rows/0"),
        ({"type": "alert"}, "unsupported type: alert @ /blocks/0/type"),
    ],
)
def test_what_slack_refuses_is_named(block: Any, problem: str) -> None:
    assert problem in problems(block)


def test_one_table_a_message() -> None:
    table = {"type": "table", "rows": [[{}]]}
    assert problems(table, table) == ["only one table is allowed @ /blocks"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"type": "wizard"}, "must be one of: modal, home [json-pointer:/view/type]"),
        ({"title": None}, None),
        ({"blocks": None}, "missing required field: blocks [json-pointer:/view]"),
        ({"blocks": [SECTION] * 101}, "no more than 100 items allowed [json-pointer:/view/blocks]"),
        ({"blocks": [{"type": "markdown"}]}, "unsupported type: markdown [json-pointer:/view/blocks/0/type]"),
        ({"private_metadata": "x" * 3001}, "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        ({"colour": "red"}, "invalid additional property: colour [json-pointer:/view]"),
    ],
)
def test_views_are_limited_too(change: dict[str, Any], problem: str | None) -> None:
    view = modal() | change
    if problem is None:
        del view["title"]
        problem = "missing required field: title [json-pointer:/view]"
    with pytest.raises(SlackRefusal) as refused:
        require_view(view, lambda _: False)
    assert problem in refused.value.extras["errors"]

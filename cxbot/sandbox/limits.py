"""Slack's rules for blocks and views. Problems are reported in Slack's words, with JSON pointers like Slack's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from .elements import IMAGE_FIELDS, Report, check_element, check_image, check_text
from .errors import JSON, with_details

Surface = Literal["message", "modal", "home"]
MAX_BLOCKS: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}
MARKDOWN_CHARACTERS = 12_000

_EVERYWHERE = {
    "actions",
    "card",
    "carousel",
    "container",
    "context",
    "divider",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "video",
}
_MESSAGES = {"context_actions", "data_table", "data_visualization", "file", "markdown", "plan", "table", "task_card"}
ALLOWED_BLOCKS: dict[Surface, set[str]] = {
    "message": _EVERYWHERE | _MESSAGES,
    "modal": _EVERYWHERE | {"alert"},
    "home": _EVERYWHERE,
}
_FIELDS: dict[str, set[str]] = {
    "actions": {"elements"},
    "context": {"elements"},
    "divider": set(),
    "header": {"text", "level"},
    "image": IMAGE_FIELDS | {"title"},
    "input": {"label", "element", "hint", "optional", "dispatch_action"},
    "markdown": {"text"},
    "section": {"text", "fields", "accessory", "expand"},
}
_VIEW_FIELDS = {
    "type",
    "blocks",
    "private_metadata",
    "callback_id",
    "external_id",
    "title",
    "close",
    "submit",
    "clear_on_close",
    "notify_on_close",
    "submit_disabled",
}


def require_blocks(blocks: list[JSON], files: Callable[[str], bool]) -> None:
    """Refuse a message's blocks with `invalid_blocks` if Slack would. `files` says whether a file
    can be shown."""
    report = Report(files)
    _check_blocks(report, blocks, "message", "/blocks")
    if report.problems:
        raise with_details("invalid_blocks", report.problems)


def require_view(view: JSON, files: Callable[[str], bool]) -> None:
    """Refuse a view with `invalid_arguments` if Slack would."""
    report = Report(files)
    kind = view.get("type")
    if kind not in ("modal", "home"):
        report.add("must be one of: modal, home", "/view/type")
    else:
        _check_view(report, view, "modal" if kind == "modal" else "home")
    if report.problems:
        raise with_details("invalid_arguments", report.problems)


def _check_view(report: Report, view: JSON, surface: Surface) -> None:
    report.extra_fields(view, _VIEW_FIELDS, "/view")
    if surface == "modal" and "title" not in view:
        report.add("missing required field: title", "/view")
    for name in ("title", "submit", "close"):
        if view.get(name) is not None:
            check_text(report, view[name], f"/view/{name}", 24, plain=True)
    for name, limit in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        report.length(view.get(name), f"/view/{name}", limit)
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        report.add("missing required field: blocks", "/view")
        return
    _check_blocks(report, blocks, surface, "/view/blocks")
    if surface == "modal" and not view.get("submit"):
        for index, block in enumerate(blocks):
            if isinstance(block, dict) and block.get("type") == "input":
                report.add("must define `submit` to use an `input` block in modals", f"/view/blocks/{index}/input")


def _check_blocks(report: Report, blocks: list[Any], surface: Surface, at: str) -> None:
    report.count(blocks, at, 0, MAX_BLOCKS[surface])
    seen: set[str] = set()
    markdown = tables = 0
    for index, block in enumerate(blocks):
        here = f"{at}/{index}"
        if not isinstance(block, dict):
            report.add("must be an object", here)
            continue
        if not _check_frame(report, block, surface, here, seen):
            continue
        _CHECKS.get(block["type"], _anything)(report, block, here)
        markdown += len(str(block.get("text", ""))) if block["type"] == "markdown" else 0
        tables += block["type"] == "table"
    if markdown > MARKDOWN_CHARACTERS:
        report.add(f"must be less than {MARKDOWN_CHARACTERS + 1} characters", at)
    if tables > 1:
        report.add("only one table is allowed", at)


def _check_frame(report: Report, block: JSON, surface: Surface, here: str, seen: set[str]) -> bool:
    kind = block.get("type")
    if kind is None:
        report.add("missing required field: type", here)
        return False
    if kind not in ALLOWED_BLOCKS[surface]:
        report.add(f"unsupported type: {kind}", f"{here}/type")
        return False
    if kind in _FIELDS:
        report.extra_fields(block, _FIELDS[kind] | {"type", "block_id"}, here)
    block_id = block.get("block_id")
    report.length(block_id, f"{here}/block_id", 255)
    if block_id:
        if block_id in seen:
            report.add(f'`block_id` "{block_id}" already exists', f"{here}/block_id")
        seen.add(block_id)
    return True


def _anything(report: Report, block: JSON, here: str) -> None:
    """Accept a block whose content the sandbox does not check."""


def _section(report: Report, block: JSON, here: str) -> None:
    if not block.get("text") and not block.get("fields"):
        report.add("must define either `text` or `fields`", f"{here}/type")
    if block.get("text"):
        check_text(report, block["text"], f"{here}/text", 3000)
    if "fields" in block and report.count(block["fields"], f"{here}/fields", 1, 10):
        for index, field in enumerate(block["fields"]):
            check_text(report, field, f"{here}/fields/{index}", 2000)
    if block.get("accessory"):
        if isinstance(block["accessory"], dict) and block["accessory"].get("type") == "image":
            check_image(report, block["accessory"], f"{here}/accessory")
        else:
            check_element(report, block["accessory"], f"{here}/accessory", "section")


def _actions(report: Report, block: JSON, here: str) -> None:
    if not report.count(block.get("elements"), f"{here}/elements", 1, 25):
        return
    seen: set[str] = set()
    for index, element in enumerate(block["elements"]):
        check_element(report, element, f"{here}/elements/{index}", "actions")
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if action_id and action_id in seen:
            report.add(f'`action_id` "{action_id}" already exists', f"{here}/elements/{index}/action_id")
        seen.add(action_id or "")


def _context(report: Report, block: JSON, here: str) -> None:
    if report.count(block.get("elements"), f"{here}/elements", 1, 10):
        for index, element in enumerate(block["elements"]):
            place = f"{here}/elements/{index}"
            if isinstance(element, dict) and element.get("type") == "image":
                check_image(report, element, place)
            else:
                check_text(report, element, place, 3000)


def _header(report: Report, block: JSON, here: str) -> None:
    if "text" not in block:
        report.add("missing required field: text", here)
    else:
        check_text(report, block["text"], f"{here}/text", 150, plain=True)


def _image(report: Report, block: JSON, here: str) -> None:
    check_image(report, block, here)
    if "title" in block:
        check_text(report, block["title"], f"{here}/title", 2000, plain=True)


def _input(report: Report, block: JSON, here: str) -> None:
    for name in ("label", "element"):
        if name not in block:
            report.add(f"missing required field: {name}", here)
    if "label" in block:
        check_text(report, block["label"], f"{here}/label", 2000, plain=True)
    if "hint" in block:
        check_text(report, block["hint"], f"{here}/hint", 2000, plain=True)
    if "element" in block:
        check_element(report, block["element"], f"{here}/element", "input")


def _markdown(report: Report, block: JSON, here: str) -> None:
    if not isinstance(block.get("text"), str) or not block["text"]:
        report.add("must be more than 0 characters", f"{here}/text")


def _table(report: Report, block: JSON, here: str) -> None:
    if report.count(block.get("rows"), f"{here}/rows", 1, 100):
        for index, row in enumerate(block["rows"]):
            report.count(row, f"{here}/rows/{index}", 1, 20)


_CHECKS: dict[str, Callable[[Report, JSON, str], None]] = {
    "actions": _actions,
    "context": _context,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "section": _section,
    "table": _table,
}

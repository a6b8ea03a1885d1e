"""What Slack enforces inside blocks: texts, images, buttons, selects and inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Literal
from urllib.parse import urlsplit

from .errors import JSON

Place = Literal["actions", "section", "input"]
IMAGE_FIELDS = {"type", "image_url", "slack_file", "alt_text"}
_COMMON = {"type", "action_id", "confirm", "focus_on_load"}
_SELECT = _COMMON | {"placeholder", "min_query_length", "response_url_enabled", "default_to_current_conversation"}
_SELECT |= {"filter", "max_selected_items"} | {
    f"initial_{what}" for what in ("user", "users", "conversation", "conversations", "channel", "channels")
}
_OPTIONS = _SELECT | {"options", "option_groups", "initial_option", "initial_options"}
_DATE = _COMMON | {"placeholder", "initial_date", "initial_time", "initial_date_time", "timezone"}
_TYPED = _COMMON | {"placeholder", "initial_value", "dispatch_action_config"}
_SELECTS = [f"{many}{kind}_select" for many in ("", "multi_") for kind in ("users", "conversations", "channels")]

FIELDS: dict[str, set[str]] = {
    "button": _COMMON | {"text", "url", "value", "style", "accessibility_label"},
    "overflow": _COMMON | {"options"},
    "checkboxes": _OPTIONS,
    "radio_buttons": _OPTIONS,
    "static_select": _OPTIONS,
    "multi_static_select": _OPTIONS,
    "external_select": _OPTIONS,
    "multi_external_select": _OPTIONS,
    **dict.fromkeys(_SELECTS, _SELECT),
    "datepicker": _DATE,
    "timepicker": _DATE,
    "datetimepicker": _DATE,
    "plain_text_input": _TYPED | {"multiline", "min_length", "max_length"},
    "number_input": _TYPED | {"is_decimal_allowed", "min_value", "max_value"},
    "email_text_input": _TYPED,
    "url_text_input": _TYPED,
    "rich_text_input": _TYPED,
    "file_input": _COMMON | {"filetypes", "max_files"},
}
_ONLY_INPUT = {
    "email_text_input",
    "file_input",
    "number_input",
    "plain_text_input",
    "rich_text_input",
    "url_text_input",
}
_NEVER_INPUT = {"button", "overflow"}
_MOST_OPTIONS = {"checkboxes": 10, "radio_buttons": 10, "overflow": 5}


@dataclass
class Report:
    """Collects problems, each with the JSON pointer of its place."""

    files: Callable[[str], bool]
    problems: list[str] = field(default_factory=list)

    def add(self, problem: str, at: str) -> None:
        self.problems.append(f"{problem} [json-pointer:{at}]")

    def length(self, value: Any, at: str, limit: int, least: int = 0) -> None:
        if value is None:
            return
        if not isinstance(value, str):
            self.add("must be a string", at)
        elif len(value) > limit:
            self.add(f"must be less than {limit + 1} characters", at)
        elif len(value) < least:
            self.add(f"must be more than {least - 1} characters", at)

    def count(self, value: Any, at: str, least: int, most: int) -> bool:
        """Whether `value` is a list of an allowed length."""
        if not isinstance(value, list) or len(value) < least:
            self.add(f"must provide at least {least} items", at)
            return False
        if len(value) > most:
            self.add(f"no more than {most} items allowed", at)
            return False
        return True

    def extra_fields(self, value: JSON, allowed: set[str], at: str) -> None:
        for name in value:
            if name not in allowed:
                self.add(f"invalid additional property: {name}", at)


def check_text(report: Report, text: Any, at: str, limit: int, *, plain: bool = False) -> None:
    """Check a text object: plain_text or mrkdwn, not empty, at most `limit` characters as sent."""
    if not isinstance(text, dict):
        report.add("must be an object", at)
        return
    kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
    if text.get("type") not in kinds:
        report.add(f"must be one of: {', '.join(kinds)}", f"{at}/type")
    report.extra_fields(text, {"type", "text", "emoji", "verbatim"}, at)
    if "text" not in text:
        report.add("missing required field: text", at)
    else:
        report.length(text["text"], f"{at}/text", limit, least=1)


def check_image(report: Report, image: JSON, at: str) -> None:
    """Check an image: it has an address that Slack can reach or an uploaded file, and an alternative text."""
    if not image.get("alt_text"):
        report.add("missing required field: alt_text", at)
    report.length(image.get("alt_text"), f"{at}/alt_text", 2000)
    file = image.get("slack_file")
    if isinstance(file, dict):
        if not report.files(str(file.get("id") or file.get("url"))):
            report.add("invalid slack file", f"{at}/slack_file")
    elif "image_url" not in image:
        report.add("must define either `image_url` or `slack_file`", at)
    else:
        report.length(image["image_url"], f"{at}/image_url", 3000, least=1)
        if not _public(str(image["image_url"])):
            report.add("downloading image failed", f"{at}/image_url")


def _public(url: str) -> bool:
    """Whether Slack's servers could fetch the address: it is not on this machine or in a private network."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https"):
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".localhost", ".internal"))


def check_element(report: Report, element: Any, at: str, place: Place) -> None:
    """Check an interactive element. `place` is the kind of block that it is in; the rules depend on it."""
    if not isinstance(element, dict):
        report.add("must be an object", at)
        return
    kind = str(element.get("type"))
    misplaced = kind in (_NEVER_INPUT if place == "input" else _ONLY_INPUT)
    if kind not in FIELDS or misplaced:
        report.add(f"unsupported type: {kind}", f"{at}/type")
        return
    report.extra_fields(element, FIELDS[kind], at)
    report.length(element.get("action_id"), f"{at}/action_id", 255, least=1)
    if "placeholder" in element:
        check_text(report, element["placeholder"], f"{at}/placeholder", 150, plain=True)
    if "confirm" in element:
        _confirm(report, element["confirm"], f"{at}/confirm")
    if kind == "button":
        _button(report, element, at)
    elif "options" in FIELDS[kind] and "external" not in kind:
        _options(report, element, at, kind)
    elif kind == "plain_text_input":
        _text_input(report, element, at)
    elif kind == "number_input" and "is_decimal_allowed" not in element:
        report.add("missing required field: is_decimal_allowed", at)


def _button(report: Report, button: JSON, at: str) -> None:
    if "text" not in button:
        report.add("missing required field: text", at)
    else:
        check_text(report, button["text"], f"{at}/text", 75, plain=True)
    for name, limit in (("value", 2000), ("url", 3000), ("accessibility_label", 75)):
        report.length(button.get(name), f"{at}/{name}", limit)
    if button.get("style") not in (None, "primary", "danger"):
        report.add("must be one of: primary, danger", f"{at}/style")


def _confirm(report: Report, confirm: Any, at: str) -> None:
    if not isinstance(confirm, dict):
        report.add("must be an object", at)
        return
    for name, limit, plain in (("title", 100, True), ("text", 300, False), ("confirm", 30, True), ("deny", 30, True)):
        if name in confirm:
            check_text(report, confirm[name], f"{at}/{name}", limit, plain=plain)


def _options(report: Report, element: JSON, at: str, kind: str) -> None:
    most = _MOST_OPTIONS.get(kind, 100)
    groups = element.get("option_groups")
    if groups is not None:
        if report.count(groups, f"{at}/option_groups", 1, 100):
            for index, group in enumerate(groups):
                _option_list(report, group.get("options"), f"{at}/option_groups/{index}/options", most, kind)
    else:
        _option_list(report, element.get("options"), f"{at}/options", most, kind)
    offered = offered_options(element)
    chosen = [element["initial_option"]] if element.get("initial_option") else element.get("initial_options", [])
    if any(o.get("value") not in {x.get("value") for x in offered} for o in chosen):
        report.add("initial option must match one of the options", at)


def offered_options(element: JSON) -> list[JSON]:
    """All options of a select, radio or checkbox element, groups included."""
    grouped = [option for group in element.get("option_groups") or [] for option in group.get("options", [])]
    return [option for option in [*(element.get("options") or []), *grouped] if isinstance(option, dict)]


def _option_list(report: Report, options: Any, at: str, most: int, kind: str) -> None:
    if not report.count(options, at, 1, most):
        return
    marked_up = kind in ("checkboxes", "radio_buttons")
    for index, option in enumerate(options):
        here = f"{at}/{index}"
        if not isinstance(option, dict):
            report.add("must be an object", here)
            continue
        check_text(report, option.get("text"), f"{here}/text", 75, plain=not marked_up)
        report.length(option.get("value"), f"{here}/value", 150)
        if "value" not in option:
            report.add("missing required field: value", here)
        if "description" in option:
            check_text(report, option["description"], f"{here}/description", 75, plain=not marked_up)


def _text_input(report: Report, element: JSON, at: str) -> None:
    for name, least in (("min_length", 0), ("max_length", 1)):
        value = element.get(name)
        if value is not None and not (isinstance(value, int) and least <= value <= 3000):
            report.add(f"must be between {least} and 3000", f"{at}/{name}")
    report.length(element.get("initial_value"), f"{at}/initial_value", 3000)

"""Exceptions for calls that Slack refuses (answered with `{"ok": false, …}`) and for impossible actions of people."""

from __future__ import annotations

from typing import Any

JSON = dict[str, Any]


class SlackRefusal(Exception):
    """A Web API error such as `channel_not_found`. `extras` are further fields of the answer."""

    def __init__(self, code: str, **extras: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extras = extras

    def body(self) -> JSON:
        return {"ok": False, "error": self.code, **self.extras}


class NotPossible(Exception):
    """Slack's client does not offer what a person wanted to do: there is no such button, they are not a member, …"""


def with_details(code: str, problems: list[str]) -> SlackRefusal:
    """The refusal `invalid_blocks` or `invalid_arguments`, with a list of problems in Slack's words."""
    return SlackRefusal(
        code,
        errors=problems,
        response_metadata={"messages": [f"[ERROR] {problem}" for problem in problems]},
    )

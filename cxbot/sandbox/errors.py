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


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's tools know
    """Mark a text for the catalogues, to be translated where it is shown."""
    return text


class NotPossible(Exception):
    """Slack's client does not offer what a person wanted to do: there is no such button, they are not a member, …

    `text` is English, with placeholders for its `values`; the page shows it in its own language.
    """

    def __init__(self, text: str, /, **values: object) -> None:
        super().__init__(text.format(**values) if values else text)
        self.text, self.values = text, values


def with_details(code: str, problems: list[str]) -> SlackRefusal:
    """The refusal `invalid_blocks` or `invalid_arguments`, with a list of problems in Slack's words."""
    return SlackRefusal(
        code,
        errors=problems,
        response_metadata={"messages": [f"[ERROR] {problem}" for problem in problems]},
    )

"""Channels and people found by what people type instead of ids: `#support`, `leo@example.com`."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from cxbot.errors import N_, UsageError
from cxbot.slack.web_api.client import call, make_client

PAGE = 200  # channels in an answer; Slack's documentation advises no more
MOST_PAGES = 100
WITHOUT_SCOPE = frozenset({"missing_scope", "not_allowed_token_type"})


class Finder:
    """Asks Slack for ids. The channels are read once."""

    def __init__(self, token: str, api_url: str) -> None:
        self._client = make_client(token, api_url)
        self._channels: dict[str, str] | None = None

    def channel(self, text: str) -> str:
        """The id of a channel by its name with a `#`. Raises UsageError if Slack doesn't know it, or doesn't say."""
        name = text.strip().removeprefix("#").lower()
        if self._channels is None:
            self._channels = dict(self._every_channel(text))
        if name not in self._channels:
            near = difflib.get_close_matches(name, self._channels, n=3)
            if near:
                raise UsageError(N_("There is no channel `%(text)s` that the bot can see. Did you mean %(near)s?"),
                                 text=text, near=", ".join(f"#{each}" for each in near))  # fmt: skip
            raise UsageError(
                N_("There is no channel `%(text)s` that the bot can see. Invite it to private ones first, or give the "
                   "id: it starts with C; Slack shows it under “Channel details”."), text=text,
            )  # fmt: skip
        return self._channels[name]

    def person(self, text: str) -> str:
        """The id of a person by their e-mail address. Raises UsageError if Slack doesn't know it, or doesn't say."""
        found = call(self._client, "users.lookupByEmail", {"email": text.strip()}, form=True)
        if found.error == "users_not_found":
            raise UsageError(N_("Slack knows nobody with the address `%(text)s`."), text=text)
        if found.error in WITHOUT_SCOPE:
            raise UsageError(
                N_("People can be found by e-mail address if the app has the feature email (`cxbot manifest --with "
                   "email`). Else give the id: it starts with U; Slack shows it in the person's profile.")
            )  # fmt: skip
        if found.error:
            raise _no_answer(text, found.error)
        return str(found.answer["user"]["id"])

    def _every_channel(self, text: str) -> Iterator[tuple[str, str]]:
        cursor = ""
        for _ in range(MOST_PAGES):
            asked = {"types": "public_channel,private_channel", "exclude_archived": "true", "limit": PAGE}
            found = call(self._client, "conversations.list", {**asked, "cursor": cursor}, form=True)
            if found.error:
                raise _no_answer(text, found.error)
            yield from ((str(each["name"]), str(each["id"])) for each in found.answer["channels"])
            cursor = str((found.answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return


def _no_answer(text: str, error: str) -> UsageError:
    return UsageError(
        N_("Slack could not say which `%(text)s` is (`%(error)s`). Try again, or give the id; `cxbot doctor` may know "
           "why."), text=text, error=error[:80],
    )  # fmt: skip

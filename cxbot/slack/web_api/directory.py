"""What Slack knows of people, channels and user groups, kept for a few minutes."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from cxbot.core.invitations.rules import Person
from cxbot.errors import N_
from cxbot.service.directory import NotKnownError
from cxbot.slack.web_api.client import is_passing

FRESH = 300.0  # seconds for which an answer of Slack's is kept
T = TypeVar("T")
FAILURES = (SlackClientError, OSError, http.client.HTTPException, ValueError)


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation: whether people of other companies are in it, and whether it is archived."""

    id: str
    shared: bool
    archived: bool
    member: bool


class SlackDirectory:
    """Cached look-ups of one workspace, in which the bot itself is the user `own`. Every method raises
    NotKnownError where Slack gives no answer."""

    def __init__(
        self, client: WebClient, workspace: str, own: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._workspace = workspace
        self._own = own
        self._clock = clock
        self._kept: dict[tuple[str, str], tuple[float, Any]] = {}
        self._guard = threading.Lock()

    def person(self, user: str) -> Person:
        """A person by id."""
        return self._cached("person", user, lambda: self._person(user))

    def channel(self, channel: str) -> Channel:
        """A conversation by id."""
        return self._cached("channel", channel, lambda: self._channel(channel))

    def is_shared(self, channel: str) -> bool:
        """Whether people of other companies are in a channel."""
        return self.channel(channel).shared

    def group(self, group: str) -> frozenset[str]:
        """The people of a user group."""
        return self._cached(
            "group", group, lambda: frozenset(self._ask(self._client.usergroups_users_list, usergroup=group)["users"])
        )

    def people(self, principals: Iterable[str]) -> frozenset[str]:
        """People and user groups as people; a group that cannot be read has nobody in it."""
        found: set[str] = set()
        for principal in principals:
            if not principal.startswith("S"):
                found.add(principal)
                continue
            try:
                found |= self.group(principal)
            except NotKnownError:
                continue  # a right that cannot be checked is no right
        return frozenset(found)

    def has_outsiders(self, channel: str) -> bool:
        """Whether guests or people of other companies are in a channel; True where that cannot be checked."""
        try:
            return self.outsiders_or_wait(channel)
        except NotKnownError:
            return True

    def outsiders_or_wait(self, channel: str) -> bool:
        """The same for those who can wait: raises NotKnownError where Slack may tell later."""
        try:
            return self.is_shared(channel) or self._cached("outsiders", channel, lambda: self._outsiders(channel))
        except NotKnownError as error:
            if is_passing(str(error.values.get("error", ""))):
                raise
            return True

    def forget(self, thing: str) -> None:
        """Ask Slack anew about a person, channel or group that has changed."""
        with self._guard:
            for key in [key for key in self._kept if key[1] == thing]:
                del self._kept[key]

    def _cached(self, kind: str, thing: str, ask: Callable[[], T]) -> T:
        with self._guard:
            when, found = self._kept.get((kind, thing), (0.0, None))
        if found is not None and self._clock() - when < FRESH:
            kept: T = found
            return kept
        asked = ask()
        with self._guard:
            self._kept[(kind, thing)] = (self._clock(), asked)
        return asked

    def _ask(self, method: Callable[..., Any], **arguments: Any) -> Any:
        try:
            return method(**arguments)
        except SlackApiError as error:
            raise NotKnownError(
                N_("Slack won't say (`%(error)s`). `cxbot doctor` may know why."),
                error=str(error.response.get("error", "")),
            ) from error
        except FAILURES as error:
            raise NotKnownError(
                N_("Slack can't be reached right now (%(error)s). Try again in a moment."), error=type(error).__name__
            ) from error

    def _person(self, user: str) -> Person:
        found = self._ask(self._client.users_info, user=user, include_locale=True)["user"]
        return self.as_person(found)

    def as_person(self, found: dict[str, Any]) -> Person:
        """A `user` object of Slack's as a person."""
        team = found.get("team_id") or self._workspace
        return Person(
            id=str(found["id"]),
            bot=bool(found.get("is_bot")) or found["id"] == "USLACKBOT",
            gone=bool(found.get("deleted")),
            external=bool(found.get("is_stranger")) or team != self._workspace,
            guest=bool(found.get("is_restricted") or found.get("is_ultra_restricted")),
            timezone=str(found.get("tz") or ""),
            locale=str(found.get("locale") or ""),
        )

    def _channel(self, channel: str) -> Channel:
        found = self._ask(self._client.conversations_info, channel=channel)["channel"]
        return Channel(
            id=str(found["id"]),
            shared=bool(found.get("is_ext_shared") or found.get("is_pending_ext_shared")),
            archived=bool(found.get("is_archived")),
            member=bool(found.get("is_member", True)),
        )

    def _outsiders(self, channel: str) -> bool:
        return any(self.person(user).outsider for user in self.members(channel) if user != self._own)

    def direct_message(self, user: str) -> str:
        """The bot's direct message with a person (opening it twice gives the same one)."""
        return self._cached(
            "dm", user, lambda: str(self._ask(self._client.conversations_open, users=user)["channel"]["id"])
        )

    def members(self, channel: str) -> list[str]:
        """Everybody in a channel."""
        found: list[str] = []
        cursor = ""
        while True:
            page = self._ask(self._client.conversations_members, channel=channel, limit=200, cursor=cursor)
            found += page["members"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return found

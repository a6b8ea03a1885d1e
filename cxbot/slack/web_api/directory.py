"""Facts about people, channels and user groups from Slack, cached for less than a minute."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from cachetools import TTLCache
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from cxbot.core.invitations.companies import Company, domain_of
from cxbot.core.invitations.rules import Person
from cxbot.errors import N_
from cxbot.outgoing.rate_limits import RateLimits
from cxbot.service.directory import NotCheckedError, NotKnownError, OutOfReachError
from cxbot.slack.web_api.client import FAILURES, OUT_OF_REACH, UNREADABLE, is_passing

FRESH = 55.0  # seconds for which a fact is cached: rights are known within a minute even if an event is lost
STABLE = 300.0  # seconds for which direct messages, organisations and the owners of addresses are cached
LOOK_UP = "users.lookupByEmail"
LOOK_UPS = 40  # a minute; Slack allows 50 and more
NO_LOOK_UPS = 30.0  # seconds after one that failed
KEPT = 10_000  # entries of each kind; the least recently used ones go first
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation: whether people of other companies are in it, and whether it is archived."""

    id: str
    shared: bool
    archived: bool
    member: bool


class SlackDirectory:
    """Cached look-ups in one workspace, in which the bot is the user `own`; `may` says whether it has a scope. Every
    method raises NotKnownError if Slack gives no answer."""

    def __init__(
        self,
        client: WebClient,
        workspace: str,
        own: str,
        may: Callable[[str], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._workspace = workspace
        self._own = own
        self._may = may
        self._people: TTLCache[str, Person] = TTLCache(KEPT, FRESH, clock)
        self._channels: TTLCache[str, Channel] = TTLCache(KEPT, FRESH, clock)
        self._with_outsiders: TTLCache[str, bool] = TTLCache(KEPT, FRESH, clock)
        self._groups: TTLCache[str, frozenset[str]] = TTLCache(KEPT, FRESH, clock)
        self._organisations: TTLCache[str, Company] = TTLCache(KEPT, STABLE, clock)
        self._addresses: TTLCache[str, str] = TTLCache(KEPT, STABLE, clock)
        self._look_ups = RateLimits({LOOK_UP: LOOK_UPS}, clock=clock)
        self._direct_messages: TTLCache[str, str] = TTLCache(KEPT, STABLE, clock)
        self._lock = threading.Lock()

    def person(self, user: str) -> Person:
        """A person by id."""
        return self._cached(self._people, user, lambda: self._person(user))

    def channel(self, channel: str) -> Channel:
        """A conversation by id."""
        return self._cached(self._channels, channel, lambda: self._channel(channel))

    def is_shared(self, channel: str) -> bool:
        """Whether people of other companies are in a channel."""
        return self.channel(channel).shared

    def group(self, group: str) -> frozenset[str]:
        """The people of a user group."""
        return self._cached(self._groups, group, lambda: self._group(group))

    def people(self, principals: Iterable[str]) -> frozenset[str]:
        """The people among these people and user groups. A group that does not exist counts as empty."""
        people: set[str] = set()
        for principal in principals:
            try:
                people |= self._people_of(principal)
            except NotCheckedError:
                raise
            except NotKnownError:
                continue
        return frozenset(people)

    def _people_of(self, principal: str) -> frozenset[str]:
        return self.group(principal) if principal.startswith("S") else frozenset({principal})

    def organisation(self, workspace: str) -> Company:
        """The company to which another workspace belongs; without a name if the bot lacks the scope `team:read`."""
        if not self._may("team:read"):
            return Company()
        return self._cached(self._organisations, workspace, lambda: self._organisation(workspace))

    def _organisation(self, workspace: str) -> Company:
        team = self.ask(self._client.team_info, lambda answer: answer["team"], team=workspace)
        domains = (each.strip().lower() for each in _text(team, "email_domain").split(","))
        return Company(_text(team, "enterprise_name") or _text(team, "name"), tuple(each for each in domains if each))

    def member_with(self, address: str) -> str:
        """The id of the person with an e-mail address; "" if nobody is known to have it, if the bot lacks the scope
        `users:read.email`, or while Slack gives no answer. It raises nothing."""
        if not self._may("users:read.email"):
            return ""
        try:
            return self._cached(self._addresses, address, lambda: self._member_with(address))
        except NotKnownError:
            return ""

    def _member_with(self, address: str) -> str:
        if not self._look_ups.take(LOOK_UP):
            raise NotCheckedError(N_("Slack is not asked about %(what)s."), what=address)
        try:
            found = self.ask(
                self._client.users_lookupByEmail, lambda answer: self.as_person(answer["user"]), email=address
            )
        except NotCheckedError:
            self._look_ups.block(LOOK_UP, NO_LOOK_UPS)
            raise
        except NotKnownError:
            return ""
        return "" if found.bot or found.gone else found.id

    def is_in(self, channel: str, user: str) -> bool:
        """Whether a person is in a channel."""
        return user in self.members(channel)

    def has_outsiders(self, channel: str) -> bool:
        """Whether guests or people of other companies are in a channel; True if Slack will never say."""
        try:
            return self.is_shared(channel) or self._cached(
                self._with_outsiders, channel, lambda: self._outsiders(channel)
            )
        except NotCheckedError:
            raise
        except NotKnownError:
            return True

    def forget(self, thing: str) -> None:
        """Drop what is cached about a person, channel or group that has changed."""
        with self._lock:
            self._people.pop(thing, None)
            self._channels.pop(thing, None)
            self._with_outsiders.pop(thing, None)
            self._groups.pop(thing, None)
            self._direct_messages.pop(thing, None)

    def _cached(self, cache: TTLCache[str, T], thing: str, ask: Callable[[], T]) -> T:
        with self._lock:
            known = cache.get(thing)
        if known is not None:
            return known
        answer = ask()
        with self._lock:
            cache[thing] = answer
        return answer

    def ask(self, method: Callable[..., SlackResponse], read: Callable[[SlackResponse], T], **arguments: Any) -> T:
        """What `read` finds in the answer to a call that may be repeated. Raises NotKnownError, or NotCheckedError if
        there may be one later; an answer in which something is missing is none."""
        try:
            return read(method(**arguments))
        except SlackApiError as error:
            name = str(error.response.get("error", ""))
            not_known = NotCheckedError if is_passing(name) else NotKnownError
            if name in OUT_OF_REACH:
                not_known = OutOfReachError
            raise not_known(N_("Slack won't say (`%(error)s`). `cxbot doctor` may know why."), error=name) from error
        except UNREADABLE as error:
            raise NotCheckedError(N_("Slack's answer can't be read. Try again in a moment.")) from error
        except FAILURES as error:
            raise NotCheckedError(
                N_("Slack can't be reached right now (%(error)s). Try again in a moment."), error=type(error).__name__
            ) from error

    def _group(self, group: str) -> frozenset[str]:
        return self.ask(
            self._client.usergroups_users_list, lambda answer: frozenset(map(_id, answer["users"])), usergroup=group
        )

    def _person(self, user: str) -> Person:
        return self.ask(
            self._client.users_info, lambda answer: self.as_person(answer["user"]), user=user, include_locale=True
        )

    def as_person(self, user: dict[str, Any]) -> Person:
        """A person from one of Slack's `user` objects."""
        team = user.get("team_id") or self._workspace
        external = bool(user.get("is_stranger")) or team != self._workspace
        guest = bool(user.get("is_restricted") or user.get("is_ultra_restricted"))
        return Person(
            id=_id(user["id"]),
            bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
            gone=bool(user.get("deleted")),
            external=external,
            guest=guest,
            timezone=str(user.get("tz") or ""),
            locale=str(user.get("locale") or ""),
            name=_name(user),
            real_name=_text(user, "profile", "real_name") or _text(user, "real_name"),
            workspace=str(team) if team != self._workspace else "",
            organisation=_text(user, "enterprise_user", "enterprise_name") if external else "",
            domain=domain_of(_text(user, "profile", "email")) if external or guest else "",
        )

    def _channel(self, channel: str) -> Channel:
        return self.ask(self._client.conversations_info, lambda answer: _channel(answer["channel"]), channel=channel)

    def _outsiders(self, channel: str) -> bool:
        return any(self.person(user).outsider for user in self.members(channel) if user != self._own)

    def direct_message(self, user: str) -> str:
        """The bot's direct message with a person. Opening it again gives the same one."""
        return self._cached(self._direct_messages, user, lambda: self._direct_message(user))

    def _direct_message(self, user: str) -> str:
        return self.ask(self._client.conversations_open, lambda answer: _id(answer["channel"]["id"]), users=user)

    def permalink(self, channel: str, ts: str) -> str:
        """The link to a message. Raises OutOfReachError if there is no such message any more."""
        try:
            return self.ask(
                self._client.chat_getPermalink, lambda answer: _id(answer["permalink"]), channel=channel, message_ts=ts
            )
        except NotCheckedError:
            raise
        except NotKnownError as error:
            raise OutOfReachError(error.msgid, **error.values) from error

    def members(self, channel: str) -> list[str]:
        """Everybody in a channel."""
        members: list[str] = []
        cursor = ""
        while True:
            more, cursor = self.ask(
                self._client.conversations_members, _page, channel=channel, limit=200, cursor=cursor
            )
            members += more
            if not cursor:
                return members


def _page(answer: SlackResponse) -> tuple[list[str], str]:
    """The people on one page of a list, and where the next one begins."""
    return [_id(each) for each in answer["members"]], _text(answer.get("response_metadata"), "next_cursor")


def _channel(info: dict[str, Any]) -> Channel:
    return Channel(
        id=_id(info["id"]),
        shared=bool(info.get("is_ext_shared") or info.get("is_pending_ext_shared")),
        archived=bool(info.get("is_archived")),
        member=bool(info.get("is_member", True)),
    )


def _id(text: object) -> str:
    """A text that has to be there. Raises TypeError for anything else."""
    if not isinstance(text, str) or not text:
        raise TypeError("no text")
    return text


def _name(user: dict[str, Any]) -> str:
    """The name by which a person is known; "" if Slack gives none."""
    places = (("profile", "display_name"), ("profile", "real_name"), ("real_name",), ("name",))
    return next((name for name in (_text(user, *place) for place in places) if name), "")


def _text(body: object, *path: str) -> str:
    """The text at a path; "" if there is none, whatever Slack sends instead."""
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body if isinstance(body, str) else ""

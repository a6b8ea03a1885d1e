"""The fields of an event, read from the places that a kind names; nothing else in a delivery is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cxbot.core import names
from cxbot.core.hooks import values
from cxbot.core.hooks.event import Agent, Contact
from cxbot.core.hooks.kind import Places
from cxbot.core.hooks.places import Delivery, Found
from cxbot.core.hooks.strict_json import BodyError
from cxbot.errors import N_

IDS = ("conversation", "customer.id", "merged_into")
TEXTS = (
    *IDS, "customer.name", "customer.company", "team", "agent.name", "channel", "topic", "touchpoint", "survey",
)  # fmt: skip
"""Fields that may be made of several places."""
FIELDS = (
    *TEXTS, "at", "customer.email", "customer.slack", "customer.locale", "customer.timezone", "agent.email",
    "agent.slack", "agents", "tags", "opened_at", "closed_at", "handling_seconds",
)  # fmt: skip
"""What a kind can name places for."""
AGENT = ("name", "email", "slack", "share")
AGENT_FIELDS: Mapping[str, Places] = {f"agent.{key}": (key,) for key in AGENT}
NOBODY = "-–— "  # a name of nothing else is none
MOST_TAGS, MOST_AGENTS = 100, 20
WHOLE = 1.001  # three times 0.334 is a whole


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a delivery. What is not there is "" or None; what is not right raises BodyError.

    `strict`: numbers are texts in ids only, times are texts and at most a day ahead of `now`, tags are a list.
    """

    delivery: Delivery
    places: Mapping[str, Places]
    strict: bool
    now: datetime

    def text(self, name: str) -> str:
        """A name, an id or a word; from several places joined, with spaces between them."""
        for place in self.places.get(name, ()):
            parts = [self._text(name, *part) for part in self.delivery.parts(place) if part is not None]
            joined = " ".join(parts)
            if joined.strip(NOBODY):
                return values.text(self.delivery.named((place,)), joined)
        return ""

    def moment(self, name: str) -> datetime | None:
        """A moment in UTC."""
        found = self._first(name)
        if found is None:
            return None
        moment = values.moment(*found) if self.strict else values.moment_or_number(*found)
        if self.strict and moment > self.now + values.AHEAD:
            raise BodyError(found[0], N_("lies more than a day in the future."))
        return moment

    def seconds(self, name: str) -> int | None:
        """A whole number of seconds."""
        found = self._first(name)
        return None if found is None else values.seconds(*found)

    def customer(self) -> Contact:
        """The customer."""
        return Contact(
            email=self._email("customer.email"),
            slack=self._read("customer.slack", values.slack_id),
            name=self.text("customer.name"),
            company=self.text("customer.company"),
            locale=self._read("customer.locale", values.locale),
            timezone=self._read("customer.timezone", values.timezone),
            id=self.text("customer.id"),
        )

    def agents(self) -> tuple[Agent, ...]:
        """Those who served the customer: a single one, or a list with their shares."""
        one, found = self._agent(), self._first("agents")
        if found is None:
            return (one,) if one else ()
        path, listed = found
        if one is not None:
            raise BodyError(path, N_("is there beside a single agent. Leave out one of the two."))
        if not isinstance(listed, list) or len(listed) > MOST_AGENTS:
            raise BodyError(path, N_("is not a list of at most %(most)s agents."), most=MOST_AGENTS)
        return _with_shares(path, [self._listed(f"{path}.{place}", each) for place, each in enumerate(listed)])

    def tags(self) -> tuple[str, ...]:
        """The tags, each once: those of a list, or the words of a text."""
        return tags(self.delivery, self.places.get("tags", ()), self.strict)

    def _first(self, name: str) -> Found | None:
        return self.delivery.first(self.places.get(name, ()))

    def _read(self, name: str, reader: Callable[[str, Any], str]) -> str:
        found = self._first(name)
        return "" if found is None else reader(*found)

    def _text(self, name: str, path: str, value: Any) -> str:
        return values.text(path, value, numbers=not self.strict or name in IDS)

    def _email(self, name: str) -> str:
        """An address. A tool's field for handles may have a telephone number, which has no @ and is not taken."""
        for place in self.places.get(name, ()):
            found = self.delivery.first((place,))
            if found is not None and (self.strict or "@" in self._text(name, *found)):
                return values.email(*found)
        return ""

    def _agent(self) -> Agent | None:
        """A single agent, if there is one. A name that is an address or the id of a member of Slack counts as that."""
        name, email = self.text("agent.name"), self._email("agent.email")
        slack = self._read("agent.slack", values.slack_id)
        if not email and names.is_address(name):
            name, email = "", name
        if not slack and names.SLACK_ID.fullmatch(name):
            name, slack = "", name
        return Agent(name, email, slack) if name or email or slack else None

    def _listed(self, path: str, given: Any) -> tuple[Agent, float | None]:
        """An agent of a list, and the share if there is one."""
        if not isinstance(given, dict):
            raise BodyError(path, N_("is not an object."))
        check_keys(path, given, AGENT)
        inner = Fields(Delivery(given, {}, path), AGENT_FIELDS, self.strict, self.now)
        agent, found = inner._agent(), inner._first("agent.share")
        if agent is None:
            raise BodyError(path, N_("has no name, e-mail address or Slack id."))
        return agent, None if found is None else values.share(*found)


def tags(delivery: Delivery, places: Places, strict: bool = False) -> tuple[str, ...]:
    """The tags in a place, each once."""
    found = delivery.every(places)[: MOST_TAGS + 1]
    if strict and found and not isinstance(found[0][1], list):
        raise BodyError(found[0][0], N_("is not a list of texts."))
    several = tuple(dict.fromkeys(tag for each in found for tag in _split(*each) if tag))
    if len(several) > MOST_TAGS:
        raise BodyError(found[0][0], N_("has more than %(most)s tags."), most=MOST_TAGS)
    return several


def _split(path: str, value: Any) -> list[str]:
    """The tags in a value: the items of a list, or what commas or spaces separate in a text."""
    if isinstance(value, list):
        several = [(f"{path}.{place}", each) for place, each in enumerate(value)]
    elif isinstance(value, str):
        several = [(path, each) for each in (value.split(",") if "," in value else value.split())]
    else:
        several = [(path, value)]
    if len(several) > MOST_TAGS:
        raise BodyError(path, N_("has more than %(most)s tags."), most=MOST_TAGS)
    return [values.text(*each) for each in several]


def _with_shares(path: str, listed: list[tuple[Agent, float | None]]) -> tuple[Agent, ...]:
    """The agents with their shares, which are equal if none is given."""
    shares = [share for _, share in listed if share is not None]
    if shares and len(shares) < len(listed):
        raise BodyError(path, N_("has a share for some agents only. Write one for each, or none."))
    if sum(shares) > WHOLE:
        raise BodyError(path, N_("has shares that are more than 1 together."))
    equal = 1 / max(1, len(listed))
    return tuple(Agent(agent.name, agent.email, agent.slack, share or equal) for agent, share in listed)


def check_keys(path: str, given: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raise BodyError if an object has a key that is not known."""
    for key in given:
        if key not in known:
            raise BodyError(
                f"{path}.{key}" if path else key, N_("is not known here. Known are: %(all)s."), all=", ".join(known)
            )

"""Reads a delivery: what happened, to whom, and where the tool says so."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cxbot.core import names
from cxbot.core.hooks import values
from cxbot.core.hooks.event import Event
from cxbot.core.hooks.fields import Fields, check_keys, tags
from cxbot.core.hooks.kind import JOINED, PERSON, AnyItem, Condition, Kind, Places
from cxbot.core.hooks.places import Delivery
from cxbot.core.hooks.signatures import header
from cxbot.core.hooks.strict_json import BodyError, parse
from cxbot.errors import N_

MOST_EVENTS = 100
CHALLENGE = re.compile(r"[\x21-\x7e]{1,200}")
KEY_PARTS = "|"


def read(kind: Kind, headers: Mapping[str, str], body: bytes, now: datetime) -> list[Event]:
    """The events that a delivery tells of; none if it means nothing here.

    Raises BodyError, which names the path of what is missing or wrong, and nothing else for any body.
    """
    value = parse(body, hint=bool(kind.template))
    whole = f"sha256:{hashlib.sha256(body).hexdigest()}"
    several = enumerate(_deliveries(kind, value, headers))
    events = [_event(kind, each, f"{whole}-{number}", now) for number, each in several]
    return [each for each in events if each is not None]


def challenge(kind: Kind, headers: Mapping[str, str]) -> str | None:
    """What the tool wants back to know that this is its address; None if it did not ask. Verify the signature first."""
    given = header(headers, kind.challenge) if kind.challenge else None
    if given is not None and not CHALLENGE.fullmatch(given):
        raise BodyError(f"[{kind.challenge}]", N_("is not a challenge."))
    return given


def _deliveries(kind: Kind, value: Any, headers: Mapping[str, str]) -> Iterable[Delivery]:
    """The objects in a body that tell of one event each."""
    if kind.several:
        if not isinstance(value, list) or len(value) > MOST_EVENTS:
            raise BodyError("", N_("is not a list of at most %(most)s events."), most=MOST_EVENTS)
        return [Delivery(_an_object(each, str(place)), headers, str(place)) for place, each in enumerate(value)]
    whole = _an_object(value, "")
    if kind.wrapped and kind.wrapped in whole:
        return [Delivery(_an_object(whole[kind.wrapped], kind.wrapped), headers, kind.wrapped)]
    return [Delivery(whole, headers)]


def _an_object(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BodyError(path, N_("is not an object."))
    return value


def _event(kind: Kind, delivery: Delivery, bytes_key: str, now: datetime) -> Event | None:
    """The event of a delivery; None if it means nothing. `bytes_key` is the key of one that has no other and is
    signed."""
    _check_filled(delivery, kind.required, words=kind.strict)
    rule = next((each for each in kind.rules if _holds(delivery, each.when)), None)
    if rule is None:
        return None
    if kind.strict:
        _check_known(kind, delivery)
    _check_filled(delivery, rule.required)
    fields = Fields(delivery, kind.fields if rule.fields is None else rule.fields, kind.strict, now)
    event = Event(
        rule.means,
        _key(kind, delivery) or (bytes_key if kind.signs else ""),
        conversation=fields.text("conversation"),
        at=fields.moment("at"),
        customer=fields.customer(),
        team=fields.text("team"),
        agents=fields.agents(),
        channel=fields.text("channel"),
        topic=fields.text("topic"),
        touchpoint=fields.text("touchpoint"),
        tags=fields.tags(),
        opened_at=fields.moment("opened_at"),
        closed_at=fields.moment("closed_at"),
        handling_seconds=fields.seconds("handling_seconds"),
        survey=fields.text("survey"),
        merged_into=fields.text("merged_into"),
    )
    _check_whole(event, fields)
    return event


def _check_whole(event: Event, fields: Fields) -> None:
    """Raise BodyError unless it is known what or who the event is about, a conversation ends after its start, and what
    is merged goes on in another one."""
    if not (event.customer.known if event.meaning == "erase" else event.conversation):
        about = PERSON if event.meaning == "erase" else ("conversation",)
        places = next(places for name in about if (places := fields.places.get(name)))
        raise BodyError(fields.delivery.named(places), N_("is missing."))
    if fields.strict and event.opened_at and event.closed_at and event.closed_at < event.opened_at:
        raise BodyError(fields.delivery.named(fields.places["closed_at"]), N_("is before the opening."))
    if event.meaning == "merged" and event.merged_into == event.conversation:
        raise BodyError(fields.delivery.named(fields.places["merged_into"]), N_("is the conversation itself."))


def _check_filled(delivery: Delivery, required: Iterable[Places], *, words: bool = False) -> None:
    """Raise BodyError unless all the places are filled, with `words` if they have to be."""
    for places in required:
        found = delivery.first(places)
        if found is None:
            raise BodyError(delivery.named(places), N_("is missing."))
        if words:
            values.text(*found)


def _holds(delivery: Delivery, conditions: Iterable[Condition | AnyItem]) -> bool:
    return all(_fulfils(delivery, each) for each in conditions)


def _fulfils(delivery: Delivery, condition: Condition | AnyItem) -> bool:
    if isinstance(condition, AnyItem):
        items = delivery.every((f"{condition.items}.*",))
        return any(_holds(Delivery(item, delivery.headers, path), condition.where) for path, item in items)
    if condition.tags is not None:
        return any(names.key(tag) in condition.tags for tag in tags(delivery, condition.place))
    found = delivery.first(condition.place)
    if condition.words is None:
        return (found is not None) == condition.filled
    return found is not None and _word(found[1]) in condition.words


def _word(value: Any) -> str | None:
    """The form in which a value is compared with the words of a kind; None for what can't be one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or (isinstance(value, str) and len(value) <= values.LONGEST):
        return names.key(str(value))
    return None


def _key(kind: Kind, delivery: Delivery) -> str:
    """The delivery's unique key, from the first place of which every part is filled; "" if there is none."""
    for place in kind.key:
        parts = delivery.parts(place)
        if all(parts):
            return KEY_PARTS.join(_key_part(*part) for part in parts if part is not None)
    return ""


def _key_part(path: str, value: Any) -> str:
    return values.text(path, repr(value) if isinstance(value, float) else value, numbers=True)


def _check_known(kind: Kind, delivery: Delivery) -> None:
    """Raise BodyError for the first key in the body that the kind has no place for."""
    places = [*kind.fields.values(), *kind.required]
    for rule in kind.rules:
        places += [*(rule.fields or {}).values(), *rule.required]
        places += [each.place for each in rule.when if isinstance(each, Condition)]
    known: dict[str, Any] = {}
    for place in (part for several in places for joined in several for part in joined.split(JOINED)):
        inner = known
        for step in () if place.startswith("[") else place.split("."):
            inner = inner.setdefault(step, {})
    _check_object(delivery.path, delivery.body, known)


def _check_object(path: str, given: dict[str, Any], known: Mapping[str, Any]) -> None:
    """Raise BodyError for a key that is not known, or a value that is no object where its keys are known."""
    check_keys(path, given, known)
    for name, value in given.items():
        if known[name] and value is not None:
            inner = f"{path}.{name}" if path else name
            _check_object(inner, _an_object(value, inner), known[name])

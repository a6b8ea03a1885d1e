"""A delivery is read as events, or refused with the path of what is wrong; nothing else of it is ever taken."""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.hooks.bodies import challenge, read
from cxbot.core.hooks.event import MEANINGS, Agent, Contact, Event
from cxbot.core.hooks.kind import AnyItem, Kind
from cxbot.core.hooks.kinds import shipped
from cxbot.core.hooks.strict_json import DEEPEST, BodyError
from cxbot.language import language

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
FOLDER = Path(__file__).parent / "bodies"
BODIES = sorted(f"{each.parent.name}/{each.stem}" for each in FOLDER.glob("*/*.json"))
KINDS = sorted(shipped())
GENERIC = shipped()["generic"]
MOMENTS = ("at", "opened_at", "closed_at")


def recorded(name: str) -> dict[str, Any]:
    """A delivery made by hand: its headers, its body, and the events that it means."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def expected(event: dict[str, Any]) -> Event:
    moments = {name: datetime.fromisoformat(event[name]) for name in MOMENTS if name in event}
    agents = tuple(Agent(**each) for each in event.get("agents", ()))
    customer, tags = Contact(**event.get("customer", {})), tuple(event.get("tags", ()))
    return Event(**{**event, **moments, "customer": customer, "agents": agents, "tags": tags})


def of(kind: str, body: Any, headers: dict[str, str] | None = None, now: datetime = NOW) -> list[Event]:
    given = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read(shipped()[kind], headers or {}, given, now)


def closed(**changes: Any) -> dict[str, Any]:
    """A body of the kind generic; what is None is left out. Keys of its data, but for `type` and `timestamp`."""
    outer = {"type": "conversation.closed", "timestamp": "2026-11-21T12:00:00Z"}
    inner = {"id": "C-1", **{key: value for key, value in changes.items() if key not in outer}}
    made = outer | {key: changes[key] for key in outer if key in changes} | {"data": inner}
    made["data"] = {key: value for key, value in inner.items() if value is not None}
    return {key: value for key, value in made.items() if value is not None}


def refusal(body: Any, kind: str = "generic") -> tuple[str, str]:
    with pytest.raises(BodyError) as caught:
        of(kind, body)
    assert caught.value.problem
    assert language("fi").error(caught.value) != str(caught.value)
    return caught.value.path, str(caught.value)


@pytest.mark.parametrize("name", BODIES)
def test_a_recorded_body_gives_its_events(name: str) -> None:
    case = recorded(name)
    found = of(name.partition("/")[0], case["body"], case["headers"])
    for event, each in zip(found, case["events"], strict=True):
        key = event.key if each["key"] == "sha256:" else each["key"]
        assert event == expected({**each, "key": key})
        assert event.key.startswith(each["key"])
    assert "customer wrote" not in str(found)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_close_a_reopening_and_something_ignored(kind: str) -> None:
    said = {case: recorded(f"{kind}/{case}")["events"] for case in ("closed", "reopened", "ignored")}
    assert {each["meaning"] for each in said["closed"]} == {"closed"}
    assert {each["meaning"] for each in said["reopened"]} == {"reopened"}
    assert said["ignored"] == []


@pytest.mark.parametrize("name", BODIES)
def test_the_same_delivery_has_the_same_key(name: str) -> None:
    case, kind = recorded(name), name.partition("/")[0]
    first, again = (of(kind, case["body"], case["headers"], NOW + timedelta(days=day)) for day in (0, 3))
    assert first == again
    assert len({event.key for event in first}) == len(first)


@pytest.mark.parametrize("kind", [name for name in KINDS if shipped()[name].template])
def test_the_body_that_is_pasted_can_be_read(kind: str) -> None:
    filled = {
        "status": "Solved" if kind == "zendesk" else "Closed",
        "email": "sample.customer@example.com",
        "created_at_with_timestamp": "2026-11-21T07:30:00Z",
        "updated_at_with_timestamp": "2026-11-21T08:05:00Z",
    }
    text = re.sub(r"\{\{[\w.]*?(\w+)\}\}", lambda found: filled.get(found[1], "4711"), shipped()[kind].template)
    (event,) = of(kind, text.encode())
    assert (event.meaning, event.conversation) == ("closed", "4711")
    assert event.customer.email == "sample.customer@example.com"
    assert event.agents[0].email == "sample.customer@example.com"


def test_a_quote_that_breaks_a_template_is_explained() -> None:
    for kind in ("zendesk", "freshdesk", "gorgias"):
        path, said = refusal(b'{"ticket": {"requester": {"name": "Sam "the sample" Customer"}}}', kind)
        assert (path, "A quote or a line break in a name breaks a template" in said) == ("", True)
        assert "(line 1, column 41)" in said
    assert "A quote" not in refusal(b"{'", "jira")[1]


def test_the_value_of_a_challenge_is_what_the_tool_wants_back() -> None:
    front = shipped()["front"]
    assert challenge(front, {"x-front-challenge": "abc123"}) == "abc123"
    assert challenge(front, {}) is None
    assert challenge(GENERIC, {"X-Front-Challenge": "abc123"}) is None
    with pytest.raises(BodyError, match="not a challenge"):
        challenge(front, {"X-Front-Challenge": "<b>\r\nSet-Cookie: a=b"})


def test_without_an_id_a_delivery_is_known_by_its_bytes() -> None:
    (one,), (other,) = of("generic", closed()), of("generic", closed(id="C-2"))
    assert one.key.startswith("sha256:")
    assert one.key != other.key
    assert of("generic", closed())[0].key == one.key


def test_what_neither_has_an_id_nor_is_signed_has_no_key() -> None:
    """Or a second close with the same body would pass for the first one."""
    (found,) = of("gorgias", {"ticket": {"id": 1, "status": "closed"}})
    assert found.key == ""


# What the kind generic refuses

WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "no type": (closed(type=None), "type", "is missing"),
    "type": (closed(type=["conversation.closed"]), "type", "is not a text"),
    "no timestamp": (closed(timestamp=None), "timestamp", "is missing"),
    "timestamp": (closed(timestamp=1795248270), "timestamp", "is not a text"),
    "no zone": (closed(timestamp="2026-11-21T12:00:00"), "timestamp", "is not a time"),
    "no such day": (closed(timestamp="2026-02-30T12:00:00Z"), "timestamp", "is not a time"),
    "long ago": (closed(timestamp="1969-12-31T23:59:59Z"), "timestamp", "is not a time"),
    "year 1": (closed(timestamp="0001-01-01T00:00:00+14:00"), "timestamp", "is not a time"),
    "the future": (closed(timestamp="2026-11-22T12:31:00Z"), "timestamp", "more than a day in the future"),
    "no id": (closed(id=None), "data.id", "is missing"),
    "a blank id": (closed(id=" "), "data.id", "is missing"),
    "id": (closed(id=4.5), "data.id", "is not a text"),
    "a true id": (closed(id=True), "data.id", "is not a text"),
    "an unknown key": ({**closed(), "source": "x"}, "source", "is not known here. Known are: "),
    "an unknown key inside": (closed(subject="x"), "data.subject", "is not known here"),
    "an unknown key of a customer": (closed(customer={"phone": "1"}), "data.customer.phone", "is not known here"),
    "no object": ({**closed(), "data": []}, "data", "is not an object"),
    "customer": (closed(customer="sample@example.com"), "data.customer", "is not an object"),
    "email": (closed(customer={"email": "sample at example.com"}), "data.customer.email", "is not an e-mail address"),
    "slack": (closed(customer={"slack": "@sample"}), "data.customer.slack", "is not the id of a member of Slack"),
    "locale": (closed(customer={"locale": "Finnish, please"}), "data.customer.locale", "is not a language"),
    "timezone": (closed(customer={"timezone": "Helsinki"}), "data.customer.timezone", "is not a time zone"),
    "a timezone elsewhere": (
        closed(customer={"timezone": "../../etc/passwd"}), "data.customer.timezone", "is not a time zone",
    ),
    "name": (closed(customer={"name": 5}), "data.customer.name", "is not a text"),
    "two lines": (closed(team="one\ntwo"), "data.team", "has a line break"),
    "a control character": (closed(team="one\x00"), "data.team", "control character"),
    "a long name": (closed(topic="x" * 201), "data.topic", "is longer than 200 characters"),
    "tags": (closed(tags="vip, invoice"), "data.tags", "is not a list of texts"),
    "a tag": (closed(tags=["vip", 5]), "data.tags.1", "is not a text"),
    "many tags": (closed(tags=[f"tag{n}" for n in range(101)]), "data.tags", "has more than 100 tags"),
    "seconds": (closed(handling_seconds="420"), "data.handling_seconds", "is not a whole number"),
    "less than no seconds": (closed(handling_seconds=-1), "data.handling_seconds", "is not a whole number"),
    "true seconds": (closed(handling_seconds=True), "data.handling_seconds", "is not a whole number"),
    "half seconds": (closed(handling_seconds=1.5), "data.handling_seconds", "is not a whole number"),
    "closed first": (
        closed(opened_at="2026-11-21T11:00:00Z", closed_at="2026-11-21T10:00:00Z"),
        "data.closed_at", "is before the opening",
    ),
    "agents": (closed(agents={"name": "Sample"}), "data.agents", "is not a list of at most 20 agents"),
    "an agent": (closed(agents=["Sample"]), "data.agents.0", "is not an object"),
    "an unknown key of an agent": (closed(agents=[{"id": "1"}]), "data.agents.0.id", "is not known here"),
    "nobody": (closed(agents=[{"share": 1}]), "data.agents.0", "has no name, e-mail address or Slack id"),
    "share": (closed(agents=[{"name": "Sample", "share": 2}]), "data.agents.0.share", "is not a number above 0"),
    "some shares": (
        closed(agents=[{"name": "Sample", "share": 0.5}, {"name": "Other"}]), "data.agents", "for some agents only",
    ),
    "more than all": (
        closed(agents=[{"name": "Sample", "share": 0.6}, {"name": "Other", "share": 0.6}]),
        "data.agents", "shares that are more than 1",
    ),
    "two ways": (closed(agent="Sample", agents=[{"name": "Other"}]), "data.agents", "beside a single agent"),
    "merged into nothing": (closed(type="conversation.merged"), "data.merged_into", "is missing"),
    "erase nobody": (closed(type="person.erase", customer={"name": "Sample"}), "data.customer.email", "is missing"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named_by_its_path(case: str) -> None:
    body, path, problem = WRONG[case]
    named, said = refusal(body)
    assert named == path
    assert problem in said


BROKEN: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is not valid JSON (line 1, column 1)"),
    "no JSON": (b"type=conversation.closed", "is not valid JSON"),
    "a list": (b"[]", "is not an object"),
    "a text": (b'"closed"', "is not an object"),
    "a key twice": (b'{"type": "a", "data": {"id": 1, "id": 2}}', "`id` is there twice"),
    "NaN": (b'{"type": NaN}', "is none, such as NaN"),
    "infinity": (b'{"type": -Infinity}', "is none, such as NaN"),
    "an endless number": (b'{"type": 1e999}', "is none, such as NaN"),
    "thirty digits": (b'{"type": 123456789012345678901234567890}', "more than 25 characters"),
    "thirty decimals": (b'{"type": 0.123456789012345678901234567890}', "more than 25 characters"),
    "many digits": (b'{"type": ' + b"9" * 200_000 + b"}", "more than 25 characters"),
    "half a character": (b'{"type": "a\\ud83d"}', "`type` has half a character"),
    "half a character in a key": (b'{"\\udc00": 1}', "has half a character"),
    "Latin-1": ('{"type": "päivä"}'.encode("latin-1"), "is not UTF-8"),
    "a mark at the start": (b"\xef\xbb\xbf{}", "is not valid JSON"),
    "depth": (b'{"a": ' * 31 + b"1" + b"}" * 31, "is nested deeper than 30"),
    "extreme depth": (b"[" * 100_000, "is nested deeper than 30"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_programs_read_in_different_ways_is_refused(case: str) -> None:
    body, problem = BROKEN[case]
    assert problem in refusal(body)[1]


def test_what_is_deep_but_not_too_deep_is_read() -> None:
    deep: Any = "x"
    for _ in range(DEEPEST - 1):
        deep = [deep]
    assert of("generic", {"type": "something.else", "data": deep}) == []
    assert "deeper" in refusal({"type": "something.else", "data": [deep]})[1]


def test_what_does_not_matter_here_is_not_looked_at() -> None:
    assert of("generic", {"type": "something.else", "anything": [1, "two\nlines", None]}) == []


def test_a_conversation_may_take_no_time_or_long() -> None:
    moment = "2026-11-21T11:00:00Z"
    for seconds in (0, 999_999_999):
        (event,) = of("generic", closed(opened_at=moment, closed_at=moment, handling_seconds=seconds))
        assert (event.opened_at, event.handling_seconds) == (event.closed_at, seconds)
    assert "whole number" in refusal(closed(handling_seconds=1_000_000_000))[1]


@pytest.mark.parametrize("moment", ["1970-01-01T00:00:00Z", "2026-11-21T08:05Z", "2026-11-21 08:05:00.123456789+0200"])
def test_times_of_programs_are_read(moment: str) -> None:
    assert of("generic", closed(timestamp=moment))[0].at is not None


@pytest.mark.parametrize("share", [None, 1 / 3, 0.333])
def test_without_shares_agents_have_equal_ones(share: float | None) -> None:
    agents = [{"name": name, **({"share": share} if share else {})} for name in ("One", "Two", "Three")]
    (event,) = of("generic", closed(agents=agents))
    assert [each.share for each in event.agents] == pytest.approx([share or 1 / 3] * 3)


def test_names_are_stored_without_extra_spaces() -> None:
    (event,) = of("generic", closed(team="  Customer   care ", agent="-"))
    assert (event.team, event.agents) == ("Customer care", ())


def test_an_id_is_taken_as_it_is() -> None:
    for id in ("-5", "a-", "0012", "x|y", "Ä"):
        assert of("generic", closed(id=id))[0].conversation == id
    assert of("generic", closed(id=-5))[0].conversation == "-5"


def test_the_first_address_counts_and_a_telephone_number_is_none() -> None:
    body = {"ticket_id": 1, "ticket_status": "Closed", "requester_email": "+358 40 000 000"}
    body |= {"ticket_contact_email": "sample.customer@example.com"}
    assert of("freshdesk", body)[0].customer.email == "sample.customer@example.com"
    assert of("freshdesk", {**body, "ticket_contact_email": 358400})[0].customer.email == ""
    path, said = refusal({**body, "ticket_contact_email": "sample@"}, "freshdesk")
    assert (path, said) == ("ticket_contact_email", "`ticket_contact_email` is not an e-mail address.")


def test_a_number_of_a_helpdesk_is_seconds_or_milliseconds() -> None:
    for number in (1795248270, 1795248270000, 1795248270.0):
        body = {**recorded("intercom/closed")["body"], "created_at": number}
        assert of("intercom", body)[0].at == datetime.fromtimestamp(1795248270, UTC)
    for number in (-1, 10**15, True, "1795248270"):
        path, _ = refusal({**recorded("intercom/closed")["body"], "created_at": number}, "intercom")
        assert path == "created_at"


def test_a_large_body_takes_no_long_time() -> None:
    start = time.perf_counter()
    long, many = "k" * 120_000, 60_000
    wide = {long: [0] * many}
    for body in (wide, {f"k{n}": n for n in range(20_000)}, {"ticket": {"status": "solved", "tags": "a " * many}}):
        for kind in ("generic", "zendesk", "jira"):
            check_whatever(kind, json.dumps({"type": "x", "webhookEvent": "x", **body}).encode())
    twice = "{" + ", ".join(f'"k{n}": 0' for n in [*range(20_000), 19_999]) + "}"
    assert "`k19999` is there twice" in refusal(twice.encode())[1]
    assert time.perf_counter() - start < 10, "seconds; by the square of its size, it would be a minute"


def test_a_list_of_events_names_the_one_that_is_wrong() -> None:
    good = recorded("hubspot/reopened")["body"][0]
    assert refusal([good, {**good, "objectId": None}], "hubspot")[0] == "1.objectId"
    assert refusal([good, 5], "hubspot")[0] == "1"
    assert "at most 100 events" in refusal([good] * 101, "hubspot")[1]
    assert "is not a list" in refusal(good, "hubspot")[1]
    assert of("hubspot", []) == []


# Whatever comes

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, each in inner for found in paths(each, (*path, key)))]


def with_value(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    step, *rest = path
    if isinstance(value, dict):
        return {**value, step: with_value(value[step], tuple(rest), new)}
    return [with_value(each, tuple(rest), new) if place == step else each for place, each in enumerate(value)]


def check_whatever(kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
    try:
        events = read(shipped()[kind], headers or {}, body, NOW)
    except BodyError:
        return
    for event in events:
        assert event.meaning in MEANINGS
        assert len(event.key) < 1000
        assert event.key or not shipped()[kind].signs
        assert event.conversation or event.customer.known
        for text in _texts(asdict(event)):
            assert len(text) <= 1000
            text.encode()


def places(kind: Kind) -> list[list[str]]:
    """The paths that a kind names, as steps."""
    found = [*kind.fields.values(), kind.key, *kind.required]
    for rule in kind.rules:
        found += [*(rule.fields or {}).values(), *rule.required]
        found += [(each.items,) if isinstance(each, AnyItem) else each.place for each in rule.when]
    return [part.split(".") for several in found for place in several for part in place.split(" + ")]


def is_named(kind: Kind, path: tuple[Any, ...]) -> bool:
    """Whether a kind names this path, or one that leads to it or is inside it."""
    steps = [str(step) for step in path]
    inside = steps[1:] if kind.several or steps[:1] == [kind.wrapped] else steps
    return any(all(one in (other, "*") for one, other in zip(place, inside, strict=False)) for place in places(kind))


UNNAMED = [
    (name, path)
    for name in BODIES
    for kind in [shipped()[name.partition("/")[0]]]
    for path in paths(recorded(name)["body"])
    if not kind.strict and not is_named(kind, path)
]
harmless = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@given(st.sampled_from(UNNAMED), harmless)
def test_what_a_kind_does_not_name_makes_no_difference(case: tuple[str, tuple[Any, ...]], value: Any) -> None:
    name, path = case
    kind, sent = name.partition("/")[0], recorded(name)
    other = of(kind, with_value(sent["body"], path, value), sent["headers"])
    for one, event in zip(of(kind, sent["body"], sent["headers"]), other, strict=True):
        assert replace(event, key="") == replace(one, key="")
        assert event.key == one.key or one.key.startswith("sha256:")


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [found for each in inner for found in _texts(each)]


@given(st.sampled_from(KINDS), st.binary(max_size=300))
def test_any_bytes_are_refused_or_read(kind: str, body: bytes) -> None:
    check_whatever(kind, body)


@given(st.sampled_from(KINDS), values)
def test_any_json_is_refused_or_read(kind: str, value: Any) -> None:
    check_whatever(kind, json.dumps(value).encode())


@given(st.sampled_from(BODIES), values, st.data())
def test_any_value_in_any_place_of_a_body_is_refused_or_read(name: str, value: Any, data: st.DataObject) -> None:
    case = recorded(name)
    path = data.draw(st.sampled_from(paths(case["body"])))
    body = json.dumps(with_value(case["body"], path, value), ensure_ascii=data.draw(st.booleans()))
    check_whatever(name.partition("/")[0], body.encode("utf-8", "surrogatepass"), case["headers"])


@given(st.sampled_from(BODIES), st.data())
def test_any_byte_in_any_place_of_a_body_is_refused_or_read(name: str, data: st.DataObject) -> None:
    case = recorded(name)
    body = bytearray(json.dumps(case["body"]).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    check_whatever(name.partition("/")[0], bytes(body), case["headers"])


@given(st.sampled_from(KINDS), st.dictionaries(st.text(max_size=20), st.text(max_size=300)), st.text(max_size=300))
def test_any_headers_are_refused_or_read(kind: str, headers: dict[str, str], value: str) -> None:
    every = ("webhook-id", "X-Chatwoot-Delivery", "X-HelpScout-Event", "X-FreeScout-Event", "X-Front-Challenge")
    body = json.dumps(recorded(f"{kind}/closed")["body"]).encode()
    check_whatever(kind, body, {**headers, **dict.fromkeys(every, value)})

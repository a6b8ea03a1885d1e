"""Kinds that come with cxbot are sound; what is wrong in a file of one's own is told at once, by its key."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.hooks.event import MEANINGS
from cxbot.core.hooks.kind import Kind
from cxbot.core.hooks.kinds import KEYS, MOST_BYTES, read, shipped
from cxbot.core.hooks.signatures import check_secret
from cxbot.errors import UsageError
from cxbot.language import language
from tests.core.hooks.signing import secret_for

EVENT = '[[events]]\nmeans = "closed"\nwhen = [{ place = "state", is = "done" }]\n'
TEST = 'place = "state", is = "done"'
SCHEME = '[[schemes]]\nheader = "X-Signature"\n'
GOOD = f'fields = {{ conversation = "id" }}\n{SCHEME}{EVENT}'
TEXTS = ("subject", "description", "preview", "body", "message", "article", "remark", "threads", "title", "content")


def refusal(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        read(text, "ourtool")
    assert language("fi").error(caught.value) != str(caught.value)
    return str(caught.value)


def test_the_kinds_are_those_that_are_needed() -> None:
    assert list(shipped()) == [
        "chatwoot", "freescout", "freshdesk", "front", "generic", "gorgias", "helpscout", "hubspot", "intercom", "jira",
        "zammad", "zendesk",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", shipped().values(), ids=lambda kind: kind.name)
def test_a_kind_is_complete(kind: Kind) -> None:
    assert kind.title
    assert kind.limits
    assert set(kind.sure) == {"signature", "body"}
    assert {"closed", "reopened"} <= {rule.means for rule in kind.rules} <= set(MEANINGS)
    assert kind.setup
    for scheme in kind.schemes.values():
        check_secret(scheme, secret_for(scheme))
        assert not scheme.timestamp or scheme.window == 300
    steps = "\n".join(kind.steps("https://cx.example.com/hooks/support", "a-secret"))
    assert "https://cx.example.com/hooks/support" in steps
    assert not re.search(r"(?<!\{)\{\w+\}(?!\})", steps), "nothing is left to fill in"
    assert kind.template in steps


@pytest.mark.parametrize("kind", shipped().values(), ids=lambda kind: kind.name)
def test_nothing_that_a_customer_wrote_is_taken(kind: Kind) -> None:
    places = [place for rule in kind.rules for several in (rule.fields or kind.fields).values() for place in several]
    for place in [*places, *kind.key]:
        assert not set(re.split(r"[.\s_]+", place)) & set(TEXTS), place


@pytest.mark.parametrize("kind", shipped().values(), ids=lambda kind: kind.name)
def test_a_key_in_a_header_is_signed_or_there_is_a_time(kind: Kind) -> None:
    if any(place.startswith("[") for place in kind.key):
        assert kind.scheme().timestamp, "or a delivery could be repeated under another key for ever"


@pytest.mark.parametrize("kind", shipped().values(), ids=lambda kind: kind.name)
def test_a_file_says_at_its_start_how_sure_it_is(kind: Kind) -> None:
    text = files("cxbot.core.hooks").joinpath("kinds", f"{kind.name}.toml").read_text(encoding="utf-8")
    assert text.startswith(f"# {kind.title}") or kind.name == "generic"
    assert read(text, kind.name) == kind
    assert ("from memory" in text.partition("\ntitle")[0]) >= ("unconfirmed" in kind.sure.values())


def test_a_scheme_is_chosen_by_its_name() -> None:
    front = shipped()["front"]
    assert (front.scheme().algorithm, front.scheme("rule").algorithm) == ("sha256", "sha1")
    with pytest.raises(UsageError, match=r"Front has no way of signing “none”\. There is: app, rule\."):
        front.scheme("none")


def test_a_small_file_is_a_kind() -> None:
    kind = read(GOOD, "ourtool")
    assert (kind.name, kind.title, kind.scheme().window) == ("ourtool", "ourtool", 0)
    assert read(f'name = "other"\n{GOOD}', "ourtool").name == "other"


def test_a_time_that_is_signed_has_a_window() -> None:
    text = GOOD.replace(SCHEME, f'{SCHEME}timestamp = "X-Time"\nsigned = "{{timestamp}}{{body}}"\n')
    assert read(text, "ourtool").scheme().window == 300
    assert read(text.replace("timestamp =", "window = 60\ntimestamp ="), "ourtool").scheme().window == 60


WRONG = {
    "no TOML": ("title = ", "is not valid TOML"),
    "name": (f'name = "Our Tool"\n{GOOD}', "`name` can't be “Our Tool”"),
    "title": (f"title = 3\n{GOOD}", "`title` is not right. Write it like `title = "),
    "a long title": (f'title = "{"x" * 501}"\n{GOOD}', "`title` is longer than 500 characters"),
    "an unknown key": (f"tilte = 3\n{GOOD}", "`tilte` is not known here"),
    "no scheme": (GOOD.replace(SCHEME, ""), "`schemes` is missing"),
    "schemes": (f"schemes = 3\n{GOOD.replace(SCHEME, '')}", "`schemes` is not right"),
    "no header": (GOOD.replace('header = "X-Signature"', ""), "`schemes 1: header` is missing"),
    "header": (GOOD.replace("X-Signature", "X Signature"), "`schemes 1: header` is not right"),
    "an unknown key of a scheme": (f"{SCHEME}hash = 1\n", "`schemes 1: hash` is not known here"),
    "proof": (f'{SCHEME}proof = "rsa"\n', "can't be “rsa”. Write one of these: hmac, hash, token, basic"),
    "algorithm": (f'{SCHEME}algorithm = "md5"\n', "`schemes 1: algorithm` can't be “md5”"),
    "encoding": (f'{SCHEME}encoding = "base32"\n', "`schemes 1: encoding` can't be “base32”"),
    "key of a scheme": (f'{SCHEME}key = "hex"\n', "`schemes 1: key` can't be “hex”"),
    "unit": (f'{SCHEME}unit = "min"\n', "`schemes 1: unit` can't be “min”"),
    "window": (f'{SCHEME}window = 0\n', "`schemes 1: window` has to be a number of seconds from 1 to 900"),
    "nothing signed": (f'{SCHEME}signed = "fixed"\n', "`schemes 1: signed` has to have `{body}` in it"),
    "an unknown part": (f'{SCHEME}signed = "{{body}}{{nonce}}"\n', "signed` has `{nonce}`, which is not known"),
    "a time that is not signed": (f'{SCHEME}timestamp = "X-Time"\n', "`schemes 1: timestamp` needs `{timestamp}`"),
    "an id from nowhere": (f'{SCHEME}signed = "{{id}}{{body}}"\n', "`schemes 1: id` needs `{id}`"),
    "a secret in an HMAC": (f'{SCHEME}signed = "{{secret}}{{body}}"\n', "`{secret}` has to be in `schemes 1: signed`"),
    "two schemes of one name": (f"{SCHEME}{GOOD}", "`schemes 2: name` is there twice"),
    "never": (f"{SCHEME}never = [1]\n", "`schemes 1: never` is not right"),
    "no event": (GOOD.replace(EVENT, ""), "`events` is missing"),
    "no meaning": (GOOD.replace('means = "closed"', ""), "`events 1: means` is missing"),
    "means": (GOOD.replace('"closed"', '"solved"'), "`events 1: means` can't be “solved”"),
    "a condition": (GOOD.replace("when = [", "when = [3, "), "`events 1: when` is not right"),
    "no condition": (GOOD.replace('when = [{ place = "state", is = "done" }]', ""), "`events 1: when` is missing"),
    "no test": (GOOD.replace(', is = "done"', ""), "`events 1: when 1: is` is missing"),
    "two tests": (GOOD.replace('is = "done"', 'is = "done", filled = true'), "when 1: filled` can't be there"),
    "no place": (GOOD.replace('place = "state", ', ""), "`events 1: when 1: place` is missing"),
    "place": (GOOD.replace('"state"', '"a..b"'), "`events 1: when 1: place` is not right"),
    "is": (GOOD.replace('"done"', "[1.5]"), "`events 1: when 1: is` is not right"),
    "no words": (GOOD.replace('"done"', "[]"), "`events 1: when 1: is` is not right"),
    "filled": (GOOD.replace('is = "done"', 'filled = "yes"'), "`events 1: when 1: filled` is not right"),
    "any": (GOOD.replace(TEST, 'any = "[X]", where = [{ place = "a", is = "b" }]'), ": any` is not"),
    "any without a condition": (GOOD.replace(TEST, 'any = "a"'), "when 1: where` is missing"),
    "a list in a list": (
        GOOD.replace(TEST, 'any = "a", where = [{ any = "b" }]'), "where 1: any` is not known",
    ),
    "fields": (GOOD.replace('{ conversation = "id" }', "3"), "`fields` is not right"),
    "a field": (GOOD.replace('conversation = "id"', "conversation = 3"), "`fields.conversation` is not right"),
    "an unknown field": (
        GOOD.replace('conversation = "id"', 'conversation = "id", customer.phone = "p"'), "`fields.customer.phone`",
    ),
    "an address of two places": (GOOD.replace('= "id" }', '= "id", customer.email = "a + b" }'), "email` is not"),
    "nothing that it is about": (GOOD.replace("conversation", "team"), "means` is `closed`, but no field says"),
    "nobody to forget": (GOOD.replace('"closed"', '"erase"'), "one of: customer.email, customer.slack, customer.id"),
    "required": (f"required = [[]]\n{GOOD}", "`required` is not right"),
    "key": (f'key = ["a + "]\n{GOOD}', "`key` is not right"),
    "sure": (f'sure = {{ body = "yes" }}\n{GOOD}', "`sure.body` can't be “yes”"),
    "setup": (f"setup = [3]\n{GOOD}", "`setup` is not right"),
    "several": (f'several = "yes"\n{GOOD}', "`several` is not right"),
    "challenge": (f'challenge = "a b"\n{GOOD}', "`challenge` is not right"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_an_error_names_the_key(case: str) -> None:
    text, said = WRONG[case]
    assert said in refusal(text)


def test_all_faults_are_told_at_once() -> None:
    said = refusal(f"tilte = 3\nkey = 1\n{GOOD.replace('done', 'x').replace('closed', 'solved')}")
    assert said.splitlines()[0] == "3 faults:"
    assert [re.findall(r"`([^`]+)`", line)[0] for line in said.splitlines()[1:]] == ["tilte", "key", "events 1: means"]
    many = refusal("".join(f"unknown{number} = 1\n" for number in range(30)) + GOOD)
    assert (many.splitlines()[0], len(many.splitlines())) == ("30 faults:", 21)


def test_a_file_has_a_size() -> None:
    assert "larger than 65536 bytes" in refusal(f"# {'x' * MOST_BYTES}\n{GOOD}")
    events = GOOD + EVENT * 50
    assert "`events` is not right" in refusal(events)


scalars = st.text(max_size=5) | st.integers(0, 9) | st.booleans()
values = st.recursive(
    scalars | st.sampled_from(("a.b", "closed", "{body}", "X-Signature")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("place", "is", "any", "where", "means", "when", "header", "fields")), inner)
    ),
    max_leaves=8,
)


def written(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(letter):08x}" for letter in value) + '"'
    return str(value).lower()


@given(st.dictionaries(st.sampled_from(sorted(KEYS)), values, max_size=6))
def test_any_file_is_refused_or_a_kind(given: dict[str, object]) -> None:
    text = "".join(f"{key} = {written(value)}\n" for key, value in given.items())
    for whole in (text, text + "".join(part for part in (SCHEME, EVENT) if part[2:8] not in given)):
        try:
            tomllib.loads(whole)
            kind = read(whole, "ourtool")
        except (UsageError, tomllib.TOMLDecodeError):
            continue
        assert kind.schemes
        assert kind.rules

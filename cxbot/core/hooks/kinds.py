"""Reads a TOML file that defines a kind of hook, and the kinds that come with cxbot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from cxbot.core import names
from cxbot.core.hooks import signatures
from cxbot.core.hooks.event import MEANINGS
from cxbot.core.hooks.fields import FIELDS, TEXTS
from cxbot.core.hooks.kind import JOINED, PERSON, AnyItem, Condition, Kind, Places, Rule
from cxbot.core.hooks.signatures import Scheme
from cxbot.core.hooks.toml_reader import TomlReader
from cxbot.core.toml_tables import TomlTable, parsed, shown
from cxbot.errors import N_, UsageError

KEYS = {
    "name": 'name = "ourtool"',
    "title": 'title = "Our tool"',
    "sure": 'sure = { signature = "documented", body = "unconfirmed" }',
    "limits": 'limits = "no e-mail address"',
    "schemes": "[[schemes]]",
    "key": 'key = ["id", "ticket.id + ticket.updated_at"]',
    "required": 'required = ["ticket.id"]',
    "several": "several = true",
    "wrapped": 'wrapped = "webhook"',
    "strict": "strict = true",
    "challenge": 'challenge = "X-Challenge"',
    "fields": 'fields = { conversation = "ticket.id" }',
    "events": "[[events]]",
    "template": """template = '{"ticket": {"id": "{{ticket.id}}"}}'""",
    "setup": 'setup = ["Paste the address {url} and the secret {secret}."]',
}
SCHEME = {
    "name": 'name = "signed"',
    "proof": 'proof = "hmac"',
    "header": 'header = "X-Signature"',
    "signed": 'signed = "{timestamp}.{body}"',
    "algorithm": 'algorithm = "sha256"',
    "encoding": 'encoding = "hex"',
    "prefix": 'prefix = "sha256="',
    "several": "several = true",
    "key": 'key = "verbatim"',
    "id": 'id = "X-Delivery"',
    "timestamp": 'timestamp = "X-Timestamp"',
    "unit": 'unit = "ms"',
    "window": "window = 300",
    "never": 'never = ["the key of the examples"]',
}
EVENT = {
    "means": 'means = "closed"',
    "when": 'when = [{ place = "ticket.status", is = ["solved"] }]',
    "fields": 'fields = { customer.id = "id" }',
    "required": 'required = ["ticket.id"]',
}
TEST = {
    "place": 'place = "ticket.status"',
    "is": 'is = ["solved"]',
    "has": 'has = ["merged"]',
    "filled": "filled = true",
}
CONDITION = TEST | {
    "any": 'any = "changelog.items"',
    "where": 'where = [{ place = "field", is = ["status"] }]',
}
SURE = {"signature": 'signature = "documented"', "body": 'body = "unconfirmed"'}
SURENESS = ("documented", "agreed", "unconfirmed")

NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")
STEP = r"[^\s.\[\]+*]{1,100}"
PLACE = re.compile(rf"\[[A-Za-z][A-Za-z0-9-]{{0,99}}\]|(?:{STEP}|\*)(?:\.(?:{STEP}|\*)){{0,9}}")
MOST_BYTES = 65_536
MOST_SCHEMES, MOST_RULES, MOST_CONDITIONS, MOST_PLACES, MOST_WORDS, MOST_STEPS = 5, 50, 10, 10, 50, 30
LONGEST_TEMPLATE = 8000
WINDOWS = range(1, 901)
USUAL_WINDOW = 300


@cache
def shipped() -> Mapping[str, Kind]:
    """The kinds that come with cxbot, by name. Their files belong to the code; they are read once, like a module."""
    folder = files("cxbot.core.hooks").joinpath("kinds")
    found = sorted((each for each in folder.iterdir() if each.name.endswith(".toml")), key=lambda each: each.name)
    kinds = [read(each.read_text(encoding="utf-8"), each.name.removesuffix(".toml")) for each in found]
    return MappingProxyType({kind.name: kind for kind in kinds})


def read(text: str, source_name: str) -> Kind:
    """The kind that the text of a TOML file defines. `source_name` is its name if it gives none.

    Raises UsageError that names every wrong key, at most the first 20, and says what to write there.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise UsageError(N_("The file is larger than %(most)s bytes. A kind of hook is shorter."), most=MOST_BYTES)
    wrong = N_("The file is not valid TOML (%(why)s). Look at one that comes with cxbot.")
    reader = _Reader()
    kind = reader.kind(reader.table("", parsed(text, wrong), KEYS), source_name)
    reader.check()
    return kind


class _Reader(TomlReader):
    """Reads the tables of a kind."""

    def kind(self, table: TomlTable, source_name: str) -> Kind:
        name = self.value(table, "name", str, source_name)
        if not NAME.fullmatch(name):
            self.fault(
                N_("`name` can't be “%(text)s”. Write at most 31 small letters a–z, digits, - and _, a letter first, "
                   "as in `%(example)s`."),
                text=shown(name), example=KEYS["name"],
            )  # fmt: skip
        kind = Kind(
            name,
            title=self.text(table, "title", name),
            sure=self._sure(table),
            limits=self.text(table, "limits"),
            schemes=self._schemes(table),
            key=self._places(table, "key", joined=True),
            required=self._required(table),
            several=self.value(table, "several", bool, False),
            wrapped=self.text(table, "wrapped"),
            strict=self.value(table, "strict", bool, False),
            challenge=self.header(table, "challenge"),
            fields=self._fields(table) or {},
            rules=tuple(self._rule(each) for each in self.tables(table, "events", EVENT, MOST_RULES)),
            template=self.text(table, "template", most=LONGEST_TEMPLATE),
            setup=self.texts(table, "setup", MOST_STEPS),
        )
        for number, rule in enumerate(kind.rules, start=1):
            self._check_about(f"events {number}: ", rule, kind.fields if rule.fields is None else rule.fields)
        return kind

    def _check_about(self, place: str, rule: Rule, fields: Mapping[str, Places]) -> None:
        """Note a fault unless a rule has places for what its events are about."""
        about = PERSON if rule.means == "erase" else ("conversation",)
        if not any(fields.get(name) for name in about):
            self.fault(
                N_("`%(place)smeans` is `%(means)s`, but no field says about what. Write a place for one of: %(all)s."),
                place=place, means=rule.means, all=", ".join(about),
            )  # fmt: skip

    def _schemes(self, table: TomlTable) -> dict[str, Scheme]:
        found: dict[str, Scheme] = {}
        for each in self.tables(table, "schemes", SCHEME, MOST_SCHEMES):
            name = self.text(each, "name", "signed")
            if name in found:
                self.fault(N_("`%(place)s` is there twice. Give each a name of its own."), place=f"{each.place}name")
            found[name] = self._scheme(each)
        return found

    def _scheme(self, table: TomlTable) -> Scheme:
        proof = self.choice(table, "proof", signatures.PROOFS)
        scheme = Scheme(
            header=self.header(table, "header", needed=True),
            proof=proof,
            signed=self.text(table, "signed", "{secret}{body}" if proof == "hash" else "{body}"),
            algorithm=self.choice(table, "algorithm", signatures.ALGORITHMS),
            encoding=self.choice(table, "encoding", signatures.ENCODINGS),
            prefix=self.value(table, "prefix", str, ""),
            several=self.value(table, "several", bool, False),
            key=self.choice(table, "key", signatures.KEYS),
            id=self.header(table, "id"),
            timestamp=self.header(table, "timestamp"),
            unit=self.choice(table, "unit", signatures.UNITS),
            window=self._window(table),
            never=self.texts(table, "never", MOST_WORDS),
        )
        self._check_signed(table, scheme)
        return scheme

    def _window(self, table: TomlTable) -> int:
        if "timestamp" not in table.given and "window" not in table.given:
            return 0
        window: int = self.value(table, "window", int, USUAL_WINDOW)
        if window not in WINDOWS:
            self.fault(
                N_("`%(place)s` has to be a number of seconds from %(least)s to %(most)s."),
                place=f"{table.place}window", least=WINDOWS[0], most=WINDOWS[-1],
            )  # fmt: skip
        return window

    def _check_signed(self, table: TomlTable, scheme: Scheme) -> None:
        """Note a fault unless the signed content has the body, and everything that it has is known."""
        parts = set(signatures.PART.findall(scheme.signed))
        place = f"{table.place}signed"
        for part in sorted(parts - set(signatures.PARTS)):
            self.fault(
                N_("`%(place)s` has `{%(part)s}`, which is not known here. Write one of these: %(all)s."),
                place=place, part=shown(part), all=", ".join(signatures.PARTS),
            )  # fmt: skip
        if "body" not in parts:
            self.fault(N_("`%(place)s` has to have `{body}` in it."), place=place)
        if ("secret" in parts) != (scheme.proof == "hash"):
            self.fault(
                N_("`{secret}` has to be in `%(place)s` if `proof` is `hash`, and only then."), place=place
            )  # fmt: skip
        for part, given in (("id", scheme.id), ("timestamp", scheme.timestamp)):
            if (part in parts) != bool(given):
                self.fault(
                    N_("`%(header)s` needs `{%(part)s}` in `%(place)s`, and the other way round: what is not signed "
                       "proves nothing."),
                    header=f"{table.place}{part}", part=part, place=place,
                )  # fmt: skip

    def _rule(self, table: TomlTable) -> Rule:
        conditions = [self._condition(each) for each in self.tables(table, "when", CONDITION, MOST_CONDITIONS)]
        return Rule(
            self.choice(table, "means", MEANINGS, needed=True),
            tuple(conditions),
            fields=self._fields(table),
            required=self._required(table),
        )

    def _condition(self, table: TomlTable) -> Condition | AnyItem:
        if "any" in table.given:
            self._only(table, ("any", "where"))
            items = self.value(table, "any", str, "")
            if not _is_place(items) or items.startswith("["):
                self.add(table.wrong("any"))
            inner = self.tables(table, "where", TEST, MOST_CONDITIONS)
            return AnyItem(items, tuple(map(self._test, inner)))
        return self._test(table)

    def _test(self, table: TomlTable) -> Condition:
        tests = [each for each in ("is", "has", "filled") if each in table.given]
        self._only(table, ("place", *tests[:1]))
        if not tests:
            self.add(table.wrong("is"))
        return Condition(
            self._places(table, "place", needed=True),
            words=self._words(table, "is"),
            tags=self._words(table, "has"),
            filled=self.value(table, "filled", bool, True) if "filled" in table.given else None,
        )

    def _only(self, table: TomlTable, keys: Sequence[str]) -> None:
        for key in table.given:
            if key not in keys:
                self.fault(
                    N_("`%(place)s` can't be there beside `%(other)s`. Leave out one of the two."),
                    place=f"{table.place}{key}", other=keys[-1],
                )  # fmt: skip

    def _words(self, table: TomlTable, key: str) -> frozenset[str] | None:
        if key not in table.given:
            return None
        given = self.value(table, key, (list, str, int), [])
        words = given if isinstance(given, list) else [given]
        if not 1 <= len(words) <= MOST_WORDS or not all(isinstance(each, str | int) for each in words):
            self.add(table.wrong(key))
            return frozenset()
        return frozenset(names.key(str(each)) for each in words)

    def _fields(self, table: TomlTable) -> dict[str, Places] | None:
        """The places of fields; those of a person are in a table of their own, as in `customer.email`."""
        if "fields" not in table.given:
            return None
        flat = dict(_flat(self.value(table, "fields", dict, {})))
        examples = {name: f'{name} = "ticket.{name.rpartition(".")[2]}"' for name in FIELDS}
        inner = self.table(f"{table.place}fields.", flat, examples)
        return {name: self._places(inner, name, joined=name in TEXTS) for name in inner.given}

    def _required(self, table: TomlTable) -> tuple[Places, ...]:
        """Places that have to be filled, each a text or a list of alternatives."""
        given = self.value(table, "required", list, [])
        found = [tuple(each) if isinstance(each, list) else (each,) for each in given]
        if not all(each and all(_is_place(place) for place in each) for each in found):
            self.add(table.wrong("required"))
            return ()
        return tuple(found)

    def _places(self, table: TomlTable, key: str, *, needed: bool = False, joined: bool = False) -> Places:
        """One or several places, alternatives in order."""
        given = self.value(table, key, (str, list), None if needed else [])
        if given is None:
            return ()
        places = given if isinstance(given, list) else [given]
        if len(places) > MOST_PLACES or not all(_is_place(each, joined=joined) for each in places):
            self.add(table.wrong(key))
            return ()
        return tuple(places)

    def _sure(self, table: TomlTable) -> dict[str, str]:
        inner = self.table("sure.", self.value(table, "sure", dict, {}), SURE)
        return {key: self.choice(inner, key, SURENESS) for key in inner.given}


def _flat(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields in a table; `customer = { email = … }` is `customer.email`."""
    for name, value in given.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", each) for inner, each in value.items())
        else:
            yield name, value


def _is_place(given: Any, *, joined: bool = False) -> bool:
    parts = given.split(JOINED) if joined and isinstance(given, str) else [given]
    return len(parts) <= MOST_PLACES and all(isinstance(each, str) and PLACE.fullmatch(each) for each in parts)

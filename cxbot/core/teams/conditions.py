"""A team's conditions: which closes it asks about, such as `source:desk topic:billing handling>=2m -tag:internal`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from cxbot.core import names
from cxbot.errors import N_, Joined, Typed, UsageError

OWN_SOURCES = ("reaction", "silence", "import", "workflow")
"""What ends a conversation without a helpdesk; every other source is the name of a hook."""
NAMED = ("source", "channel", "topic", "touchpoint", "company", "tag", "agent")
HANDLING = "handling"
WORDS = (*NAMED, HANDLING)
CONDITION_WORDS = "word typed in conditions"
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip
SECONDS = {"s": 1, "m": 60, "h": 3600}
MOST_LETTERS = 1000

_STRAIGHT = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), "≥": ">=", "≤": "<="})
_VALUE = r'(?:"[^"]*"|[^\s,"]+)'
_TERM = re.compile(rf"(-?)([^\s:<>=,\"-]+)(:|>=|<=|>|<)({_VALUE}(?:,\s*{_VALUE})*)(?=\s|$)")
_LENGTH = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)([smh])")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about an interaction that was closed. `source` is a hook's name or one of OWN_SOURCES; `companies`
    are all names of the customer's company; what is not known is "", empty or None."""

    source: str
    channel: str = ""
    topic: str = ""
    touchpoint: str = ""
    companies: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    handling_seconds: float | None = None

    def named(self, word: str) -> tuple[str, ...]:
        """The names under a word of a condition."""
        several = {"tag": self.tags, "agent": self.agents, "company": self.companies}
        return several[word] if word in several else tuple(filter(None, [getattr(self, word)]))


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: a word, `:` or a comparison, and values, of which any may hold. `negated` means that none may."""

    word: str
    sign: str
    values: tuple[str, ...]
    negated: bool = False

    def __str__(self) -> str:
        values = ",".join(f'"{each}"' if re.search(r"[\s,]", each) else each for each in self.values)
        return f"{'-' * self.negated}{self.word}{self.sign}{values}"

    @property
    def seconds(self) -> float:
        """The handling time with which is compared."""
        return _seconds(self.values[0])

    def met(self, facts: Facts) -> bool | None:
        """Whether an interaction meets the condition; None if the fact is not known, which does not meet it either.
        What is not known has no name, so it meets a condition that names what may not be."""
        if self.word == HANDLING:
            seconds = facts.handling_seconds
            return None if seconds is None else COMPARISONS[self.sign](seconds, self.seconds) != self.negated
        found = {names.key(each) for each in facts.named(self.word)}
        if not found and not self.negated and self.word != "tag":
            return None
        return found.isdisjoint(map(names.key, self.values)) == self.negated


def parse(text: str) -> tuple[Condition, ...]:
    """The conditions in a text, in their order; none for "". Every one of them must hold.

    Raises UsageError for a word, a value or a comparison that there is not; it names the choices.
    """
    said = text.translate(_STRAIGHT).strip()
    if len(said) > MOST_LETTERS:
        raise UsageError(N_("Conditions have at most %(most)s characters."), most=MOST_LETTERS)
    return tuple(_terms(said))


def _terms(said: str) -> Iterator[Condition]:
    position = 0
    while position < len(said):
        match = _TERM.match(said, position)
        if match is None:
            raise UsageError(
                N_("`%(text)s` is not a condition. Write one such as `topic:billing`, `-tag:internal`, "
                   '`company:"Example Oy",Other` or `handling>=2m`. Words: %(all)s.'),
                text=said[position:][:60].replace("`", "'"), all=_choices(),
            )  # fmt: skip
        minus, word, sign, values = match.groups()
        yield _condition(word.casefold(), sign, tuple(_values(values)), bool(minus))
        position = match.end() + len(said[match.end() :]) - len(said[match.end() :].lstrip())


def _values(text: str) -> Iterator[str]:
    for value in re.findall(_VALUE, text):
        yield names.shown(value.strip('"'))


def _condition(word: str, sign: str, values: tuple[str, ...], negated: bool) -> Condition:
    if word not in WORDS:
        raise UsageError(N_("There is no condition `%(word)s`. Words: %(all)s."), word=word, all=_choices())
    if word == HANDLING:
        if sign not in COMPARISONS or len(values) > 1 or not _LENGTH.fullmatch(values[0]):
            raise UsageError(
                N_("A handling time is compared with >=, >, <= or < and a length in s, m or h: write `handling>=2m`.")
            )
        return Condition(word, sign, values, negated)
    if sign != ":":
        raise UsageError(N_("Only a handling time is compared. Write `%(word)s:NAME`."), word=_typed(word))
    if word == "agent":
        values = tuple(value.removeprefix("@") for value in values)
    if not all(map(names.key, values)):
        raise UsageError(N_("`%(word)s:` needs a name behind it, such as billing."), word=_typed(word))
    return Condition(word, sign, tuple(dict.fromkeys(values)), negated)


def _typed(word: str) -> Typed:
    return Typed(word, CONDITION_WORDS)


def _choices() -> Joined:
    return Joined(tuple(map(_typed, WORDS)))


def _seconds(text: str) -> float:
    match = _LENGTH.fullmatch(text)
    assert match is not None, "checked when it was read"
    return float(match[1]) * SECONDS[match[2]]


def unmet(text: str, facts: Facts) -> tuple[Condition, bool] | None:
    """The first of the conditions that an interaction does not meet, and whether the fact is known; None if it meets
    them all."""
    for condition in parse(text):
        met = condition.met(facts)
        if not met:
            return condition, met is not None
    return None


def check_sources(sources: set[str], hooks: set[str], field: str) -> None:
    """Raise UsageError for a source, in the setting `field`, that is neither one of OWN_SOURCES nor a hook's name."""
    known = {names.key(each) for each in (*OWN_SOURCES, *hooks)}
    for source in sorted(sources):
        if names.key(source) not in known:
            raise UsageError(
                N_("There is no source `%(source)s`. Sources: %(all)s. Add a helpdesk with `cxbot hook add` first."),
                source=source, all=", ".join((*OWN_SOURCES, *sorted(hooks))), field=field,
            )  # fmt: skip

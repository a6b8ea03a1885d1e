"""The words of a query, and how people write them in one language or several."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from cxbot.core.calendar.periods import MONTHS, PERIOD_WORDS, is_period
from cxbot.core.queries.tokens import echo
from cxbot.errors import Joined, Typed

QUERY_WORDS = "word typed in a query"
COMMAND_WORDS = "word typed after /cx"

DIMENSIONS = ("team", "agent", "customer", "company", "touchpoint", "stage", "channel", "topic", "survey")
VALUES = {"agent": ("me",), "stage": ("before", "during", "after")}
"""The words that may be the value of a filter."""
WORDS = (
    *PERIOD_WORDS, *MONTHS, "last", "d", "weeks", *DIMENSIONS, "by", "vs", "since", "against", *chain(*VALUES.values()),
)  # fmt: skip
"""The words of a query that a catalogue may translate. "d" is the letter of `30d`, "last" begins `last 30 days`."""
COMMANDS = (
    "help",
    "ask",
    "team",
    "pause",
    "resume",
    "digest",
    "explain",
    "incident",
    "plan",
    "compare",
    "audit",
    "why",
    "campaign",
    "attribute",
)
"""The words after /cx that are not about a report."""

_DATE = "([0-9]{4}-[0-9]{2}-[0-9]{2})"
# Phones turn two dots into three, and hyphens into dashes.
_RANGE = re.compile(rf"{_DATE} ?(?:\.\.+|–|—|-|to) ?{_DATE}")
_LAST_DAYS = re.compile(r"(?:(\D+) )?([0-9]+) ?([^\W\d]+)")
# "week 46", "W46", "w46 2026", "2026 week 46", "4. quarter"; "november", "nov 2026".
_NUMBERED = (
    re.compile(r"(?P<unit>[^\W\d]+)\.? ?(?P<n>[0-9]{1,2})(?:[ /-](?P<year>[0-9]{4}))?"),
    re.compile(r"(?P<year>[0-9]{4})[ /-](?P<unit>[^\W\d]+)\.? ?(?P<n>[0-9]{1,2})"),
    re.compile(r"(?P<n>[0-9]{1,2})\. ?(?P<unit>[^\W\d]+)(?:[ /-](?P<year>[0-9]{4}))?"),
)
_MONTH = re.compile(r"([^\W\d]+)\.? ([0-9]{4})")
# "15.11.2026", "15.11.", "1.11.–15.11.2026", "1.–15.11.": what the first day leaves out it has from the last one.
_DAY = r"([0-9]{1,2})\."
_DOTTED = re.compile(
    rf"(?:{_DAY} ?(?:([0-9]{{1,2}})\. ?([0-9]{{4}})?)? ?(?:\.+|–|—|-|to) ?)?{_DAY} ?([0-9]{{1,2}})\.(?: ?([0-9]{{4}}))?"
)
_LETTERS = {"week": "W", "quarter": "Q"}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that people write, each with its meaning: the canonical word, one of `WORDS`.

    `commands` has the words after /cx in other languages: commands, views and the names of measures.
    """

    words: Mapping[str, str]
    commands: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, translations: Mapping[str, str], commands: Mapping[str, str] | None = None) -> "Vocabulary":
        """The vocabulary of one language. Both arguments have, for canonical words, translations separated by `|`.

        An example is {"week": "viikko|vko"}.
        """
        return cls(_by_written(translations), _by_written(commands or {}))

    def merge(self, *others: "Vocabulary") -> "Vocabulary":
        """A vocabulary with the words of all. If vocabularies disagree on a word, the first one that has it decides."""
        words, commands = dict(self.words), dict(self.commands)
        for vocabulary in others:
            words = {**vocabulary.words, **words}
            commands = {**vocabulary.commands, **commands}
        return Vocabulary(words, commands)

    def meaning(self, word: str) -> str | None:
        """The canonical word for a written word; None if the word is unknown."""
        return self.words.get(_folded(word))

    def command(self, word: str) -> str:
        """The canonical word for a word after /cx; the word itself, in small letters, if it is in no other language."""
        return self.commands.get(_folded(word), word.lower())

    def period(self, text: str) -> str | None:
        """The canonical form of a period, which `parse_period` can read; None if the text is not a period."""
        text = _folded(text)
        if (word := self.words.get(text.removesuffix("."))) in (*PERIOD_WORDS, *MONTHS):
            return word
        if match := _DOTTED.fullmatch(text):
            return _dotted(*match.groups())
        if match := _RANGE.fullmatch(text):
            return f"{match[1]}..{match[2]}"
        return self._last_days(text) or self._numbered(text) or _key(text)

    def _last_days(self, text: str) -> str | None:
        """30d, 30 days, last 30 days, last 2 weeks."""
        match = _LAST_DAYS.fullmatch(text)
        if match is None or (match[1] and self.words.get(match[1]) != "last"):
            return None
        days = {"d": 1, "weeks": 7}.get(self.words.get(match[3], ""))
        return None if days is None else f"{int(match[2][:9]) * days}d"

    def _numbered(self, text: str) -> str | None:
        """A week or quarter by its number, a month by its name and year."""
        if (match := _MONTH.fullmatch(text)) and (month := self.words.get(match[1])) in MONTHS:
            return f"{match[2]}-{MONTHS.index(month) + 1:02}"
        for match in filter(None, (form.fullmatch(text) for form in _NUMBERED)):
            unit, n, year = match["unit"], match["n"], match["year"]
            letter = unit.upper() if unit in ("w", "q") else _LETTERS.get(self.words.get(unit, ""))
            if letter is not None:
                number = n.zfill(2) if letter == "W" else str(int(n))
                return f"{year}-{letter}{number}" if year else f"{letter}{number}"
        return None

    def closest(self, word: str, meanings: Sequence[str]) -> str:
        """The one of these meanings whose written word is most similar to `word`; "" if none is similar."""
        known = [written for written, canonical in self.words.items() if canonical in meanings]
        return next((self.words[near] for near in difflib.get_close_matches(_folded(word), known, n=1)), "")


def _dotted(
    day: str | None, month: str | None, year: str | None, to_day: str, to_month: str, to_year: str | None
) -> str:
    """A day or two as people write them with dots, in canonical form; without a year it begins with `--`."""
    until = f"{to_year or year or '-'}-{int(to_month):02}-{int(to_day):02}"
    if day is None:
        return until
    return f"{year or to_year or '-'}-{int(month or to_month):02}-{int(day):02}..{until}"


def _key(text: str) -> str | None:
    return text.upper() if text[:4].isdigit() and is_period(text) else None


def typed(words: Iterable[str], context: str = QUERY_WORDS) -> Joined:
    """A list of words for an error, as its reader types them."""
    return Joined(tuple(Typed(word, context) for word in words))


def typed_filters(kind: str, names: Iterable[str]) -> Joined:
    """A list of filters for an error, such as `team:"Second line"`, as its reader types them."""
    return Joined(tuple(_typed_filter(Typed(kind, QUERY_WORDS), echo(name)) for name in names))


def _typed_filter(kind: Typed, name: str) -> Joined:
    return Joined(("`", kind, f':"{name}"`' if " " in name else f":{name}`"), "")


def _by_written(translations: Mapping[str, str]) -> dict[str, str]:
    return {
        _folded(word): canonical
        for canonical, written in translations.items()
        for word in written.split("|")
        if _folded(word)
    }


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).replace("‐", "-").casefold().split())


ENGLISH = Vocabulary(
    {
        **{word: word for word in WORDS},
        "this week": "week",
        "this month": "month",
        "this quarter": "quarter",
        "this year": "year",
        "day": "d",
        "days": "d",
        "versus": "vs",
        "past": "last",
        "previous": "last",
        "sept": "september",
        **{month[:3]: month for month in MONTHS},
    }
)

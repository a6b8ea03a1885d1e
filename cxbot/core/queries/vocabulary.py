"""The words of a query, and how people write them in one language or several."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cxbot.core.calendar.periods import PERIOD_WORDS, is_period
from cxbot.core.queries.tokens import echo
from cxbot.errors import Joined, Typed

QUERY_WORDS = "word typed in a query"
COMMAND_WORDS = "word typed after /cx"

DIMENSIONS = ("team", "agent", "customer", "company", "touchpoint", "stage", "channel", "topic", "survey")
WORDS = (*PERIOD_WORDS, "d", *DIMENSIONS, "by", "vs", "since", "against")
"""The words of a query that a catalogue may translate. "d" is the letter of `30d`."""
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
_LAST_DAYS = re.compile(r"([0-9]+) ?([^\W\d]+)")
# "week 46", "W46", "w46 2026", "46/2026"; "q4", "Q4 2026"; "15.11.2026" and ranges of such days.
_NUMBERED = re.compile(r"(?:([^\W\d]+)\.? ?)([0-9]{1,2})(?:[ /-]([0-9]{4}))?")
_DOTTED = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})")
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
        text = _DOTTED.sub(lambda day: f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}", _folded(text))
        if (word := self.words.get(text)) in PERIOD_WORDS:
            return word
        if (match := _LAST_DAYS.fullmatch(text)) and self.words.get(match[2]) == "d":
            return f"{match[1]}d"
        if match := _RANGE.fullmatch(text):
            return f"{match[1]}..{match[2]}"
        if match := _NUMBERED.fullmatch(text):
            letter = match[1].upper() if match[1] in ("w", "q") else _LETTERS.get(self.words.get(match[1], ""))
            if letter is not None:
                number = match[2].zfill(2) if letter == "W" else str(int(match[2]))
                return f"{match[3]}-{letter}{number}" if match[3] else f"{letter}{number}"
        return text.upper() if text[:4].isdigit() and is_period(text) else None

    def closest(self, word: str, meanings: Sequence[str], otherwise: str) -> str:
        """The written word most similar to `word` among those with these meanings; `otherwise` if none is similar."""
        known = [written for written, canonical in self.words.items() if canonical in meanings]
        return next(iter(difflib.get_close_matches(_folded(word), known, n=1)), otherwise)


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
        "days": "d",
        "versus": "vs",
    }
)

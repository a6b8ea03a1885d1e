"""Texts and figures in a person's language, from gettext catalogues and Babel's formats."""

from __future__ import annotations

import gettext
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import NumberPattern, parse_pattern

from cxbot.core.calendar.hours import HOUR_WORDS, OFF
from cxbot.core.queries.query import ENGLISH, VIEWS, WORDS, Vocabulary
from cxbot.core.queries.vocabulary import COMMAND_WORDS, COMMANDS, QUERY_WORDS
from cxbot.core.statistics.rounding import half_away
from cxbot.core.surveys.catalogue import SHIPPED
from cxbot.core.surveys.translations import Text
from cxbot.core.teams.conditions import CONDITION_WORDS
from cxbot.core.teams.conditions import WORDS as OF_CONDITIONS
from cxbot.core.teams.settings import HOUR_WORDED
from cxbot.errors import CxbotError, Joined, Somebody, Typed

HOURS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "always", "off", "monthly")
"""The words of working hours and digest times that a catalogue may translate."""
AFTER_CX = (*COMMANDS, *SHIPPED.measures, *VIEWS)
"""The words after /cx that a catalogue may translate."""
LANGUAGES = ("en", "fi", "sv")
DATES = {
    "en": ("d MMM y", "d MMM", "d MMM", "EEE d MMM HH:mm", "EEE d MMM y HH:mm"),
    "fi": ("d.M.y", "d.M.", "d.M.", "EEE d.M. 'klo' H.mm", "EEE d.M.y 'klo' H.mm"),
    "sv": ("d MMMM y", "d MMMM", "d MMM", "EEE d MMMM 'kl.' HH:mm", "EEE d MMMM y 'kl.' HH:mm"),
}
"""The patterns of a date, of one without its year, of one below a chart, of a moment, and of one with its year."""
MINUS = "−"
NO_BREAK = "\N{NO-BREAK SPACE}"  # a line must not begin with a unit
WORD = re.compile(r"[^\W\d_]+")
CONDITION = re.compile(r'["“”„‟«»][^"“”„‟«»]*["“”„‟«»]|(?<!\S)(-?)([^\W\d_]+)(?=[:<>≥≤]|\Z)')
"""What is quoted, and the word of a condition behind its minus."""


class Language:
    """One language: `say` translates a message id; the other methods format figures and dates."""

    def __init__(self, code: str, catalogue: gettext.NullTranslations) -> None:
        self.code = code
        self._catalogue = catalogue
        self._locale = Locale.parse(code)
        self._day, self._short_day, self._tick, *self._moments = DATES[code]

    def __reduce__(self) -> tuple[Any, ...]:
        return language, (self.code,)  # pickling: another process reads the catalogue itself

    def say(self, msgid: str, /, **values: object) -> str:
        """The translated text of a message id with its `%(name)s` values filled in. A company's own text has its own
        translations."""
        text = msgid.to(self.code) if isinstance(msgid, Text) else self._catalogue.gettext(msgid)
        return text % values if values else text

    def count(self, n: int, one: str, many: str, /, **values: object) -> str:
        """The singular or plural text for `n`, which is available as `%(n)s`."""
        text = self._catalogue.ngettext(one, many, n)
        return text % {"n": self.number(n), **values}

    def error(self, error: CxbotError, zone: str = "UTC", shown: Callable[[str | Somebody], str] = str) -> str:
        """An expected error in this language. Moments in it are shown in `zone`. `shown` makes people, and what people
        wrote, fit for the place where the error is read."""
        values = {name: self._value(value, zone, shown) for name, value in error.values.items()}
        return self.say(error.msgid) % values  # also without values: an error writes a percent sign as %%

    def _value(self, value: object, zone: str, shown: Callable[[str | Somebody], str]) -> object:
        """A value of an error as it is shown in this language."""
        if isinstance(value, datetime):
            return self.moment(value, ZoneInfo(zone))
        if isinstance(value, Text):
            return shown(self.say(value))
        if isinstance(value, Typed):
            of_settings = {HOUR_WORDS: self.hours, CONDITION_WORDS: self.conditions}.get(value.context)
            return shown(of_settings(value.word) if of_settings else self.typed(value.context, value.word))
        if isinstance(value, CxbotError):
            return self.error(value, zone, shown)
        if isinstance(value, Joined):
            return value.separator.join(str(self._value(part, zone, shown)) for part in value.parts)
        return shown(value) if isinstance(value, str | Somebody) else value

    def term(self, context: str, word: str) -> str:
        """A word whose translation depends on its context, such as a word typed in a command."""
        return self._catalogue.pgettext(context, word)

    def typed(self, context: str, word: str) -> str:
        """A word to type, in the first of its translations."""
        return self.term(context, word).split("|")[0]

    def command_words(self, words: Iterable[str]) -> dict[str, str]:
        """The words after /cx as this language and English write them, each with its canonical word."""
        translated = {said: word for word in words for said in self.term(COMMAND_WORDS, word).split("|")}
        return {**translated, **{word: word for word in words}}

    def hours(self, text: str) -> str:
        """Stored working hours or a digest's time, such as `mon-fri 8-18`, with this language's words."""
        return WORD.sub(lambda word: self.typed(HOUR_WORDS, word[0]) if word[0] in HOURS else word[0], text)

    def conditions(self, text: str) -> str:
        """Stored conditions, such as `topic:billing`, or a word of them, with this language's words."""
        return _with_words(text, lambda word: self.typed(CONDITION_WORDS, word) if word in OF_CONDITIONS else word)

    def number(self, value: float, decimals: int = 0, *, signed: bool = False) -> str:
        """A figure, rounded half away from zero, with the language's separators and a real minus sign."""
        rounded = half_away(value, decimals)
        text: str = _pattern(decimals).apply(abs(rounded), self._locale)
        if rounded < 0:
            return MINUS + text
        return "+" + text if signed and rounded > 0 else text

    def percent(self, value: float, decimals: int = 0, *, signed: bool = False) -> str:
        """A percentage with its sign."""
        number = self.number(value, decimals, signed=signed)
        return f"{number}%" if self.code == "en" else f"{number}{NO_BREAK}%"

    def duration(self, seconds: float) -> str:
        """A length of time in its two largest units, such as 4 min 12 s or 1 h 5 min."""
        whole = half_away(seconds)
        hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
        if hours:
            return f"{self.number(hours)} h {minutes} min"
        return f"{minutes} min {rest} s" if minutes else f"{rest} s"

    def day(self, value: date) -> str:
        """A date with its year, such as 21 Nov 2026."""
        return format_date(value, format=self._day, locale=self._locale)

    def short_day(self, value: date) -> str:
        """A date without its year, such as 21 Nov."""
        return format_date(value, format=self._short_day, locale=self._locale)

    def tick(self, value: date) -> str:
        """A date without its year where there is little room, as below a chart."""
        return format_date(value, format=self._tick, locale=self._locale)

    def moment(self, value: datetime, zone: ZoneInfo, *, year: bool = False) -> str:
        """A moment to the minute in a zone, with the weekday; with its `year` where it may be long ago."""
        return str(format_datetime(value.astimezone(zone), format=self._moments[year], locale=self._locale))


def _with_words(conditions: str, change: Callable[[str], str]) -> str:
    return CONDITION.sub(lambda found: found[0] if found[2] is None else found[1] + change(found[2]), conditions)


@cache
def _pattern(decimals: int) -> NumberPattern:
    """The pattern of a number format, cached: parsing it takes longer than applying it."""
    return parse_pattern("#,##0" + ("." + "0" * decimals if decimals else ""))


@cache
def language(code: str) -> Language:
    """The language with this code, such as `fi` or `fi-FI`; English if there is no catalogue."""
    short = code.replace("_", "-").split("-")[0].lower()
    if short not in LANGUAGES or short == "en":
        return Language("en", gettext.NullTranslations())
    source = files("cxbot.locale").joinpath(f"{short}.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=short))
    compiled.seek(0)
    return Language(short, gettext.GNUTranslations(compiled))


@cache
def vocabulary() -> Vocabulary:
    """The words of queries in every language. If a word has two meanings, English decides."""
    others = [language(code) for code in LANGUAGES if code != "en"]
    return ENGLISH.merge(
        *(
            Vocabulary.of(
                {word: other.term(QUERY_WORDS, word) for word in WORDS},
                {word: other.term(COMMAND_WORDS, word) for word in AFTER_CX},
            )
            for other in others
        )
    )


@cache
def reserved() -> frozenset[str]:
    """Words that have a meaning in commands, in any language. A company's own survey can't have such a name."""
    return frozenset({*AFTER_CX, *vocabulary().commands, *vocabulary().words})


@cache
def _english(context: str, words: tuple[str, ...]) -> dict[str, str]:
    """The English word for every word of some settings in another language."""
    terms = {(code, word): language(code).term(context, word) for code in LANGUAGES for word in words}
    return {
        said: word
        for (_, word), written in terms.items()
        for said in written.casefold().split("|")
        if said not in words
    }


def settings_in_english(given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a team as people write them, with the words that are stored. Countries are no words, but
    `off` is."""
    said = {name: hours_in_english(str(given[name])) for name in HOUR_WORDED if name in given}
    if hours_in_english(str(given.get("holidays", "")).strip()) == OFF:
        said["holidays"] = OFF
    if "conditions" in given:
        english = _english(CONDITION_WORDS, OF_CONDITIONS)
        said["conditions"] = _with_words(given["conditions"], lambda word: english.get(word.casefold(), word))
    return {**given, **said}


def hours_in_english(text: str) -> str:
    """Working hours or a digest's time, such as `ma-pe 8-18`, with the words that the settings store."""
    english = _english(HOUR_WORDS, HOURS)
    composed = unicodedata.normalize("NFC", text)  # some keyboards type `å` as a letter and a ring
    return WORD.sub(lambda word: english.get(word[0].casefold(), word[0]), composed)

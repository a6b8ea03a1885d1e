"""Reads a question about a metric, such as `last week team:Support by:agent vs:2026-W40`.

There are two steps. `read` needs no time zone. So the caller can look up the time zone of the team that the words
name, before `resolve` turns the words into periods.
"""

import difflib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from cxbot.core.calendar.periods import MONTHS, PERIOD_WORDS, Period, parse_period
from cxbot.core.metrics.metric import Metric
from cxbot.core.queries.tokens import Token, echo, split
from cxbot.core.queries.vocabulary import (
    COMMAND_WORDS,
    DIMENSIONS,
    ENGLISH,
    QUERY_WORDS,
    VALUES,
    WORDS,
    Vocabulary,
    typed,
)
from cxbot.core.surveys.catalogue import SHIPPED, Catalogue, Measure
from cxbot.core.surveys.survey import Survey
from cxbot.errors import N_, Joined, Typed, UsageError

__all__ = ["DIMENSIONS", "ENGLISH", "WORDS", "Query", "Request", "Vocabulary", "parse", "read", "resolve"]

VIEWS = ("drivers", "journey", "outcomes", "words")
"""What can be asked about a metric besides its value."""

_DEFAULT_PERIOD = "week"
_EMPLOYEES_PERIOD = "last month"  # results about employees are of periods that are over
_LONGEST_PHRASE = 5
SLASH = ("nps", "csat", "ces")  # the others are words after /cx


@dataclass(frozen=True, slots=True)
class Request:
    """A question whose periods are still words in canonical form, not yet placed in a calendar.

    `about` is None for a view without a metric. The other fields are as in `Query`.
    """

    about: Measure | None
    period: str = _DEFAULT_PERIOD
    filters: Mapping[str, str] = field(default_factory=dict)
    by: str | None = None
    versus: str | None = None
    view: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A question about a metric, an operation or a survey: which answers, split how, compared with when.

    `filters` maps dimensions to a name or a Slack id. `by` is the dimension to split by. `versus` is the period to
    compare with; None means the preceding period. `view` is what is asked about the metric (see `VIEWS`), "" for its
    value. `unassigned` adds answers without a team to a filter by team. `like` is the period whose answers decide first
    which kind of answers counts, before those of `period`; None for a question on its own.
    """

    about: Measure
    period: Period
    filters: Mapping[str, str]
    by: str | None
    versus: Period | None
    view: str = ""
    unassigned: bool = False
    like: Period | None = None

    @property
    def metric(self) -> Metric:
        """The metric of a question about a single metric."""
        assert isinstance(self.about, Metric), self.about.name
        return self.about

    @property
    def beside(self) -> Period:
        """The period to compare with: `versus`, or the preceding one."""
        return self.versus or self.period.previous()

    @property
    def survey(self) -> Survey:
        """The survey of a question about a survey of several items."""
        assert isinstance(self.about, Survey), self.about.name
        return self.about


def parse(word: str, text: str, now: datetime, tz: str, vocabulary: Vocabulary = ENGLISH) -> Query:
    """`read` and `resolve` in one call. Use it if the time zone is known."""
    return resolve(read(text, word, vocabulary), now, tz)


def resolve(request: Request, now: datetime, tz: str) -> Query:
    """The request with its periods placed in the calendar of a time zone.

    The request's `about` must not be None. Raises UsageError for a period that does not exist, and for two that have a
    day in common: then the same answers would be on both sides of the comparison.
    """
    assert request.about is not None, request.view
    period = parse_period(request.period, now, tz)
    versus = None if request.versus is None else parse_period(request.versus, now, tz)
    if versus is not None and versus.start < period.end and period.start < versus.end:
        raise UsageError(
            N_("%(one)s and %(other)s have days in common. Compare with other days, such as `vs:%(before)s`."),
            one=period.key, other=versus.key, before=period.previous().key,
        )  # fmt: skip
    return Query(
        about=request.about, period=period, filters=request.filters, by=request.by, versus=versus, view=request.view
    )


def read(text: str, word: str, vocabulary: Vocabulary = ENGLISH, catalogue: Catalogue = SHIPPED) -> Request:
    """Read `[period] [filter:value…] [by:dimension] [vs:period]`, in any order, after the `word` for a measure or a
    view.

    The default period is this week; about employees it is last month. Case does not matter. Values may be quoted. They
    may also be Slack mentions; then the id is used. After a view (such as `drivers`) the metric may be the first word.
    Raises UsageError for anything else; the error says what to type.
    """
    tokens = split(text)
    view = _canonical(word, vocabulary, catalogue)
    if view not in VIEWS:
        return of_tokens(tokens, word, vocabulary, catalogue)
    given = _canonical(tokens[0].value, vocabulary, catalogue) if tokens and tokens[0].bare else ""
    about = catalogue.measure(given)
    known = isinstance(about, Metric)
    about_it = (view, about.name) if isinstance(about, Metric) else (view,)
    request = _Reader(about_it, vocabulary).read(tokens[1:] if known else tokens)
    if request.by or request.versus:
        raise UsageError(
            N_("`/cx %(view)s` takes a metric, a period and filters, but neither `by:` nor `vs:`."),
            view=Typed(view, COMMAND_WORDS),
        )
    return replace(request, about=about if known else None, view=view)


def of_tokens(tokens: Sequence[Token], word: str, vocabulary: Vocabulary, catalogue: Catalogue) -> Request:
    """The same as `read`, about a measure, for words that are split already."""
    about = _measure(word, vocabulary, catalogue)
    default = _EMPLOYEES_PERIOD if answered_by_employees(about) else _DEFAULT_PERIOD
    return replace(_Reader((about.name,), vocabulary, default).read(tokens), about=about)


def answered_by_employees(about: Measure | None) -> bool:
    """Whether employees answer what is asked about."""
    return isinstance(about, (Metric, Survey)) and about.employees


def _canonical(word: str, vocabulary: Vocabulary, catalogue: Catalogue) -> str:
    """The name of a measure or a view for a word in any language. The names of a company's own surveys come first."""
    return word.lower() if catalogue.measure(word.lower()) else vocabulary.command(word)


def _measure(word: str, vocabulary: Vocabulary, catalogue: Catalogue) -> Measure:
    measure = catalogue.measure(_canonical(word, vocabulary, catalogue))
    if measure is None:
        names = (*catalogue.measures, *VIEWS)
        known = {**{said: name for said, name in vocabulary.commands.items() if name in names}, **{n: n for n in names}}
        near = difflib.get_close_matches(word, known, n=1)
        raise UsageError(
            N_("There is no report on `%(word)s`. Try `%(near)s`. There are: %(all)s."),
            word=echo(word), near=Typed(known[near[0]] if near else names[0], COMMAND_WORDS),
            all=typed(names, COMMAND_WORDS),
        )  # fmt: skip
    return measure


class _Reader:
    """Collects the parts of one request, word by word. `about` are the names of the view and the measure, or of one
    of them."""

    def __init__(self, about: tuple[str, ...], vocabulary: Vocabulary, default: str = _DEFAULT_PERIOD) -> None:
        words = Joined(tuple(Typed(each, COMMAND_WORDS) for each in about), " ")
        self._command = words if about[0] in SLASH else Joined(("cx", words), " ")
        self._default = default
        self._vocabulary = vocabulary
        self._periods: dict[str, str] = {}
        self._filters: dict[str, str] = {}
        self._by: str | None = None

    def read(self, tokens: Sequence[Token]) -> Request:
        position = 0
        while position < len(tokens):
            token = tokens[position]
            meaning = None if token.key is None else self._vocabulary.meaning(token.key)
            if token.key is None or meaning == "vs":
                before = tokens[position - 1] if position else None
                position += self._read_period(tokens[position:], before)
                continue
            if meaning == "by":
                self._read_by(token)
            elif meaning in DIMENSIONS:
                self._read_filter(meaning, token)
            else:
                raise self._unknown_filter(token)
            position += 1
        return Request(
            about=None,
            period=self._periods.get("", self._default),
            filters=self._filters,
            by=self._by,
            versus=self._periods.get("vs"),
        )

    def _read_period(self, tokens: Sequence[Token], before: Token | None) -> int:
        """Read the longest period at the start of `tokens`, and return the number of its tokens."""
        first = tokens[0]
        words = [first.value if first.key is None else _given(first)]
        if not first.quoted:
            following = itertools.takewhile(lambda token: token.bare, tokens[1:_LONGEST_PHRASE])
            words += [token.value for token in following]
        part = "" if first.key is None else "vs"
        for length in range(len(words), 0, -1):
            period = None if first.mention else self._vocabulary.period(" ".join(words[:length]))
            if period is not None:
                self._set_period(part, first, period)
                return length
        phrase = " ".join(words[:2])
        if before is not None and self._continues(before, first):
            raise self._name_in_parts(first, before, phrase)
        raise self._unknown_period(first, phrase)

    def _continues(self, before: Token, word: Token) -> bool:
        """Whether a word may belong to the value of the filter before it."""
        return (
            self._vocabulary.meaning(before.key or "") in DIMENSIONS
            and not before.mention
            and word.bare
            and not word.value.startswith("@")
            and self._vocabulary.meaning(word.value) is None
        )

    def _set_period(self, part: str, token: Token, period: str) -> None:
        if token.key is not None and part in self._periods:
            raise _twice(token)
        if part in self._periods:
            raise UsageError(
                N_("One period at a time. To compare two, write `/%(metric)s %(one)s %(vs)s`."),
                metric=self._command,
                one=Typed(self._periods[part], QUERY_WORDS),
                vs=_pair("vs", period),
            )
        self._periods[part] = period

    def _read_by(self, token: Token) -> None:
        dimension = self._vocabulary.meaning(_given(token))
        if dimension not in DIMENSIONS:
            raise UsageError(
                N_("You can't split by `%(word)s`. Try `%(by)s:%(near)s`. There are: %(dimensions)s."),
                word=echo(token.value),
                by=token.key,
                near=Typed(self._vocabulary.closest(token.value, DIMENSIONS) or "team", QUERY_WORDS),
                dimensions=typed(DIMENSIONS),
            )
        if self._by is not None:
            raise _twice(token)
        self._by = dimension

    def _read_filter(self, dimension: str, token: Token) -> None:
        value = _given(token)
        if dimension in self._filters:
            raise _twice(token)
        if value.startswith("@") and not token.mention:
            raise _unresolved_person(value)
        if dimension == "channel" and value.startswith("#") and not token.mention:
            raise UsageError(
                N_(
                    "`%(name)s` is only text to me. Type `#` and pick the channel from Slack's list, so that "
                    "its name becomes a link; in a terminal write its id, as in `channel:C0123456789`."
                ),
                name=echo(value),
            )
        meaning = None if token.quoted else self._vocabulary.meaning(value)
        self._filters[dimension] = meaning if meaning in VALUES.get(dimension, ()) else value

    def _unknown_filter(self, token: Token) -> UsageError:
        key = token.key or ""
        if self._vocabulary.meaning(key) in ("since", "against"):
            return UsageError(
                N_("`%(key)s:` belongs to `/cx compare nps since:2026-10-05`. Filters are: %(dimensions)s."),
                key=echo(key), dimensions=typed(DIMENSIONS),
            )  # fmt: skip
        near = self._vocabulary.closest(key, (*DIMENSIONS, "by", "vs")) or "team"
        return UsageError(
            N_("`%(key)s:` is not a filter. Try `%(near)s:%(value)s`. Filters are: %(dimensions)s."),
            key=echo(key),
            near=Typed(near, QUERY_WORDS),
            value=echo(token.value) or "Support",
            dimensions=typed(DIMENSIONS),
        )

    def _name_in_parts(self, token: Token, before: Token, phrase: str) -> UsageError:
        """The error for a name without quotation marks, as in `agent:Anna Virtanen`.

        If the second word looks like a mistyped period, this is the error for an unknown period instead.
        """
        if self._nearest_period(token.value, phrase):
            return self._unknown_period(token, phrase)
        return UsageError(
            N_('`%(word)s` is not a period. If it is part of the name, write `%(key)s:"%(name)s"`.'),
            word=echo(token.value),
            key=before.key,
            name=echo(f"{before.value} {token.value}"),
        )

    def _nearest_period(self, word: str, phrase: str) -> str:
        meanings = (*PERIOD_WORDS, *MONTHS)
        return self._vocabulary.closest(phrase, meanings) or self._vocabulary.closest(word, meanings)

    def _unknown_period(self, token: Token, phrase: str) -> UsageError:
        word = token.value
        if token.mention:
            return UsageError(
                N_("Say who or what `%(id)s` is: write `customer:`, `agent:` or `channel:` right before it."),
                id=word,
            )
        if word.startswith("@"):
            return _unresolved_person(word)
        meaning = self._vocabulary.meaning(word)
        if token.key is None and meaning in DIMENSIONS:
            return UsageError(
                N_("`%(word)s` needs a value, as in `%(word)s:name`. To split by it, write `by:%(word)s`."),
                word=echo(word),
            )
        if token.key is None and meaning in ("by", "vs"):
            example = "team" if meaning == "by" else "2026-W40"
            return UsageError(
                N_("`%(word)s` needs a value right after a colon: `%(word)s:%(example)s`."),
                word=echo(word),
                example=Typed(example, QUERY_WORDS),
            )
        near = self._nearest_period(word, phrase) or "week"
        return UsageError(
            N_("`%(word)s` is not a period. Try `/%(metric)s %(near)s`."),
            word=echo(word),
            metric=self._command,
            near=Typed(near, QUERY_WORDS) if token.key is None else _pair(token.key, near),
        )


def _given(token: Token) -> str:
    """The value of a token. Raises UsageError if it is empty."""
    if not token.value:
        raise UsageError(
            N_("`%(key)s:` needs a value right after the colon, as in `team:Support` or `vs:2026-W40`."),
            key=echo(token.key or ""),
        )
    return token.value


def _pair(key: str, period: str) -> Joined:
    """A key and a period as they are typed, with quotation marks if the period has several words."""
    quote = '"' if " " in period else ""
    return Joined((Typed(key, QUERY_WORDS), ":", quote, Typed(period, QUERY_WORDS), quote), "")


def _twice(token: Token) -> UsageError:
    return UsageError(N_("`%(key)s:` is there twice. Keep one of them."), key=echo(token.key or ""))


def _unresolved_person(name: str) -> UsageError:
    return UsageError(
        N_(
            "`%(name)s` is only text to me. Type `@` and pick the person from Slack's list, so that the name "
            "becomes a link; in a terminal write the id, as in `customer:U0123456789`."
        ),
        name=echo(name),
    )

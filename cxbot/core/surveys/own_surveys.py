"""A company's own survey: checks the file that defines it and turns it into a survey."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from cxbot.core.metrics.metric import Kind, Metric, Statistic
from cxbot.core.surveys.own_scales import FIGURES, MEAN, MEAN_OF_TEN, NET_OF_WORDS, SCALES, SHARE_OF_WORDS
from cxbot.core.surveys.survey import Choice, Item, Reason, Survey
from cxbot.core.surveys.translations import LOCALES, Text
from cxbot.core.toml_tables import TomlTable, parsed, shown
from cxbot.errors import N_, Joined, UsageError

NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
CODE = re.compile(r"[a-z0-9_]{1,30}")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
MOST_ITEMS = 9  # the same as in the largest shipped survey
MOST_DAYS = 365
ANSWERS = range(2, 6)
# Limits in characters. Nine questions with their answers must fit in one section of a Slack message (3,000 characters).
# A title with an answer must fit in the text that a screen reader reads for a button (75 characters).
TITLE, QUESTION, LABEL = 40, 200, 30
MOST_REASONS, REASON = 8, 75  # in each group; characters on one of Slack's buttons

EXAMPLES = {
    "name": 'name = "parcel"',
    "title": 'title = "Parcel"',
    "items": "[[items]]",
    "employees": "employees = true",
    "after_days": "after_days = 3",
    "question": 'question = "How did your parcel come?"',
    "scale": 'scale = "1-5"',
    "figure": 'figure = "mean"',
    "low": 'low = "poor"',
    "high": 'high = "excellent"',
    "answers": 'answers = ["Yes", "Partly", "No"]',
    "good": 'good = ["Yes"]',
    "bad": 'bad = ["No"]',
    "alarm": "alarm = [1, 2]",
    "reasons": "[reasons.low]",
    "low reason": 'slow = "Too slow"',
}
ITEM = ("name", "title", "question", "scale", "figure", "low", "high", "answers", "good", "bad", "alarm")
SURVEY = ("name", "title", "items", "employees", "after_days", "reasons")
GROUPS = ("low", "high")


@lru_cache(maxsize=256)  # a definition never changes, and every click on its survey needs it
def parse(text: str) -> Survey:
    """The survey that the text of a TOML file defines.

    Raises UsageError for a wrong definition; the error names the first wrong place and says what to write there.
    Definitions that were accepted once are stored in databases, so rules may become looser but never stricter.
    """
    given = parsed(text, N_("The file is not valid TOML (%(why)s). `cxbot survey example` shows how it is written."))
    return _survey(_Table("", given, SURVEY, EXAMPLES))


def check_names(survey: Survey, taken: Collection[str]) -> None:
    """Raise UsageError if a name in a new survey already has another meaning."""
    for name in (survey.name, *(item.metric.name for item in survey.items)):
        if name in taken:
            raise UsageError(N_("`%(name)s` already means something here. Choose another name."), name=name)


class _Table(TomlTable):
    """A table of the file, with texts in several languages."""

    __slots__ = ()

    def in_languages(self, key: str, kind: type) -> dict[str, Any]:
        """The values of a key by language code. A value without a language has the code "".

        Raises UsageError for a value of the wrong type or an unknown language.
        """
        by_language = self.value(key, (kind, dict))
        if not isinstance(by_language, dict):
            return {"": by_language}
        if not by_language or not all(isinstance(value, kind) for value in by_language.values()):
            raise self.wrong(key)
        for code in by_language:
            if code not in LOCALES:
                raise UsageError(
                    N_("`%(place)s` is in a language that is not supported. Languages: %(all)s."),
                    place=f"{self.place}{key}.{code}", all=", ".join(LOCALES),
                )  # fmt: skip
        return by_language

    def text(self, key: str, most: int, default: str | None = None) -> str:
        """The text of a key, in one or several languages; the default, if there is one, for a missing key."""
        if default is not None and key not in self.given:
            return default
        return self.made(key, self.in_languages(key, str), most)

    def made(self, key: str, given: Mapping[str, str], most: int) -> Text:
        """A text made from its translations. Raises UsageError unless each is one line of 1 to `most` characters."""
        for text in given.values():
            if not text.strip() or CONTROL.search(text) or len(text) > most:
                raise UsageError(
                    N_("`%(place)s` has to be one line of 1 to %(most)s characters, not “%(text)s”."),
                    place=f"{self.place}{key}", most=most, text=shown(text),
                )  # fmt: skip
        return Text.of({code: text.strip() for code, text in given.items()}, ORDER)

    def name(self, default: str | None = None) -> str:
        """The name of the survey or item. Raises UsageError unless it has the form `NAME`, which is easy to type."""
        name: str = self.value("name", str, default)
        if not NAME.fullmatch(name):
            raise UsageError(
                N_("`%(place)s` can't be “%(text)s”. Write at most 31 small letters a–z, digits and _, a "
                   "letter first, as in `%(example)s`."),
                place=f"{self.place}name", text=shown(name), example=EXAMPLES["name"],
            )  # fmt: skip
        return name


ORDER = ("", *LOCALES)
"""The order in which languages are tried for a reader whose own language has no text."""


def _survey(table: _Table) -> Survey:
    name, title = table.name(), table.text("title", TITLE)
    employees: bool = table.value("employees", bool, False)
    days: int = table.value("after_days", int, 0)
    if not 0 <= days <= MOST_DAYS:
        raise UsageError(N_("`after_days` has to be a number of days from 0 to %(most)s."), most=MOST_DAYS)
    given: list[Any] = table.value("items", list)
    if not 1 <= len(given) <= MOST_ITEMS or not all(isinstance(item, dict) for item in given):
        raise UsageError(
            N_("A survey has 1 to %(most)s items, each below a line `[[items]]`; this one has %(n)s."),
            most=MOST_ITEMS, n=len(given),
        )  # fmt: skip
    unnamed = (name, title) if len(given) == 1 else (None, None)
    tables = (_Table(f"items {number}: ", item, ITEM, EXAMPLES) for number, item in enumerate(given, start=1))
    items = [_item(item, employees, *unnamed) for item in tables]
    names = [item.metric.name for item in items]
    if len(given) > 1:
        names.append(name)
    for given_name in names:
        if names.count(given_name) > 1:
            raise UsageError(
                N_("The name `%(name)s` is there twice. Give each item a name of its own."), name=given_name
            )
    return Survey(name, f"{name}-1", title, tuple(items), employees, timedelta(days=days), **_reasons(table, employees))


def _reasons(table: _Table, employees: bool) -> dict[str, tuple[Reason, ...]]:
    """The file's one-tap reasons by field of the survey; a group that is not there has the usual ones. Raises one
    UsageError that names everything that is wrong with them."""
    if "reasons" not in table.given:
        return {}
    if employees:
        raise UsageError(N_("`reasons` can't be used here: colleagues are not asked for any. Leave it out."))
    groups: dict[str, Any] = table.value("reasons", dict)
    problems = [
        UsageError(
            N_("`%(place)s` is not known here. Write one of these, or leave it out: %(all)s."),
            place=f"reasons.{shown(name)}", all=", ".join(GROUPS),
        )
        for name in groups if name not in GROUPS
    ]  # fmt: skip
    made: dict[str, tuple[Reason, ...]] = {}
    for name in (name for name in GROUPS if name in groups):
        found = list(_group(name, groups[name]))
        problems += [problem for problem in found if isinstance(problem, UsageError)]
        made[name] = tuple(reason for reason in found if isinstance(reason, Reason))
    codes = [reason.code for group in made.values() for reason in group]
    problems += [
        UsageError(N_("The reason `%(code)s` is there twice. Give each one a code of its own."), code=code)
        for code in dict.fromkeys(codes) if codes.count(code) > 1
    ]  # fmt: skip
    if problems:
        raise problems[0] if len(problems) == 1 else UsageError("%(problems)s", problems=Joined(tuple(problems), "\n"))
    return {f"{name}_reasons": group for name, group in made.items()}


def _group(name: str, given: Any) -> Iterator[Reason | UsageError]:
    """The reasons of a group, and what is wrong with it."""
    example = EXAMPLES["low reason"]
    if not isinstance(given, dict):
        yield UsageError(
            N_("`%(place)s` is not right. Write it like `%(example)s`."), place=f"reasons.{name}",
            example=f"[reasons.{name}]",
        )  # fmt: skip
        return
    if len(given) > MOST_REASONS:
        yield UsageError(
            N_("`%(place)s` has %(n)s reasons; at most %(most)s have room."),
            place=f"reasons.{name}", n=len(given), most=MOST_REASONS,
        )  # fmt: skip
    table = _Table(f"reasons.{name}.", given, tuple(given), dict.fromkeys(given, example))
    for code in given:
        if not CODE.fullmatch(code):
            yield UsageError(
                N_("`%(place)s` can't be a reason's code. Write at most 30 small letters a–z, digits and _, as in "
                   "`%(example)s`."), place=f"reasons.{name}.{shown(code)}", example=example,
            )  # fmt: skip
            continue
        try:
            yield Reason(code, table.text(code, REASON))
        except UsageError as problem:
            yield problem


def _item(table: _Table, employees: bool, name: str | None, title: str | None) -> Item:
    """One item of a survey. `name` and `title` are defaults for a survey's only item, and None in a larger survey."""
    called = {"name": table.name(name), "title": table.text("title", TITLE, title), "employees": employees}
    question = table.text("question", QUESTION)
    if ("scale" in table.given) == ("answers" in table.given):
        raise UsageError(
            N_("`%(place)s` needs either `%(scale)s` or `%(answers)s`."),
            place=f"{table.place}scale", scale=EXAMPLES["scale"], answers=EXAMPLES["answers"],
        )  # fmt: skip
    made = _in_numbers if "scale" in table.given else _in_words
    item = replace(made(table, called), question=question)
    if "alarm" in table.given and employees:
        raise UsageError(
            N_("`%(place)s` can't be used here: answers of colleagues alert nobody. Leave it out."),
            place=f"{table.place}alarm",
        )
    return replace(item, alarm=()) if employees else item


def _in_numbers(table: _Table, called: Mapping[str, Any]) -> Item:
    _only_with(table, "answers", ("good", "bad"))
    scale = SCALES.get(table.value("scale", str))
    if scale is None:
        raise UsageError(
            N_("`%(place)s` can't be “%(text)s”. Scales: %(all)s; or give the answers in words, as in `%(example)s`."),
            place=f"{table.place}scale", text=shown(table.given["scale"]), all=", ".join(SCALES),
            example=EXAMPLES["answers"],
        )  # fmt: skip
    if "figure" in table.given:
        scale = _figured(table, scale)
    if ("low" in table.given) != ("high" in table.given):
        raise table.wrong("low" if "high" in table.given else "high")
    low, high = (table.text(end, LABEL, "") for end in ("low", "high"))
    alarm = _alarm(table, scale, {score: score for score in scale.metric.scale})
    return replace(scale, metric=replace(scale.metric, **called), alarm=alarm, low_label=low, high_label=high)


def _figured(table: _Table, scale: Item) -> Item:
    """The item of the scale 0–10 with the figure that the file wants: a net score, or a mean."""
    figure: str = table.value("figure", str)
    if table.given["scale"] != "0-10" or figure not in FIGURES:
        raise UsageError(
            N_("`%(place)s` can be `%(all)s`, for the scale 0-10 only. Leave it out for other scales."),
            place=f"{table.place}figure", all="` or `".join(FIGURES),
        )  # fmt: skip
    return MEAN_OF_TEN if figure == MEAN else scale


def _in_words(table: _Table, called: Mapping[str, Any]) -> Item:
    """An item with answers in words. They are stored as 1, 2, … from worst to best: bad, then neutral, then good ones.

    Bad, neutral and good answers each keep the order of the file. If the first answer in the file is a good one, they
    take the reverse order.
    """
    _only_with(table, "scale", ("low", "high", "figure"))
    labels = _labels(table)
    good, bad = (_chosen(table, key, labels) for key in ("good", "bad"))
    if not good or set(good) & set(bad):
        raise UsageError(
            N_("`%(place)s` has to name at least one answer, and no bad one, as in `%(example)s`."),
            place=f"{table.place}good", example=EXAMPLES["good"],
        )  # fmt: skip
    upwards = labels[::-1] if labels[0] in good else labels
    ranked = sorted(upwards, key=lambda label: (label in good) - (label in bad))
    scores = {str(label): score for score, label in enumerate(ranked, start=1)}
    top, bottom = range(len(labels) - len(good) + 1, len(labels) + 1), range(1, len(bad) + 1)
    metric = Metric(
        formula=NET_OF_WORDS if bad else SHARE_OF_WORDS,
        low=1,
        high=len(labels),
        headline=Statistic(Kind.NET, top, bottom) if bad else Statistic(Kind.SHARE, top),
        groups={label: range(scores[label], scores[label] + 1) for label in reversed(ranked)},
        **called,
    )
    choices = tuple(Choice(scores[label], label) for label in labels)
    item = Item(metric, "", choices, alarm=bottom, praise=top)
    return replace(item, alarm=_alarm(table, item, scores))


def _only_with(table: _Table, other: str, keys: Sequence[str]) -> None:
    for key in keys:
        if key in table.given:
            raise UsageError(
                N_("`%(place)s` belongs to `%(other)s`, which is not there. Leave it out."),
                place=f"{table.place}{key}", other=other,
            )  # fmt: skip


def _labels(table: _Table) -> list[Text]:
    """The answers in order, each in all languages."""
    given: dict[str, list[Any]] = table.in_languages("answers", list)
    for words in given.values():
        if not all(isinstance(word, str) for word in words):
            raise table.wrong("answers")
        different = len({word.strip() for word in words})
        if different not in ANSWERS or any(different != len(labels) for labels in given.values()):
            raise UsageError(
                N_("`%(place)s` has to be %(least)s to %(most)s different words, as many in each language."),
                place=f"{table.place}answers", least=ANSWERS[0], most=ANSWERS[-1],
            )  # fmt: skip
    by_language = ([(code, word) for word in words] for code, words in given.items())
    return [table.made("answers", dict(label), LABEL) for label in zip(*by_language, strict=True)]


def _chosen(table: _Table, key: str, labels: Collection[str]) -> list[str]:
    """The answers named as good, or as bad."""
    return [_one_of(table, key, answer, labels) for answer in table.value(key, list, [])]


def _alarm(table: _Table, item: Item, scores: Mapping[Any, int]) -> Collection[int]:
    """The scores that alert the leads: those in the file's `alarm`, else the usual ones of the item."""
    if "alarm" not in table.given:
        return item.alarm
    alarm = [scores[_one_of(table, "alarm", answer, scores)] for answer in table.value("alarm", list)]
    if set(alarm) & set(item.praise):
        raise UsageError(
            N_("`%(place)s` contains a good answer, but only people who were let down alert the leads. Leave it out."),
            place=f"{table.place}alarm",
        )
    return tuple(alarm)


def _one_of(table: _Table, key: str, given: Any, known: Collection[Any]) -> Any:
    """The answer that is named, if it is one of the known ones. Raises UsageError otherwise."""
    if isinstance(given, bool) or given not in list(known):
        raise UsageError(
            N_("`%(place)s` names “%(text)s”, which is not one of the answers: %(all)s."),
            place=f"{table.place}{key}", text=shown(str(given)), all=", ".join(str(answer) for answer in known),
        )  # fmt: skip
    return given


def languages(survey: Survey) -> tuple[str, ...]:
    """The languages in which a survey is written; empty if its texts are the same for everybody."""
    texts = [survey.title, *(item.question for item in survey.items)]
    given = {code for text in texts if isinstance(text, Text) for code in text.given}
    return tuple(code for code in LOCALES if code in given)

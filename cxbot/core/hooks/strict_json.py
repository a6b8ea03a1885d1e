"""JSON from outside: what programs read in different ways, or not at all, is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any, NoReturn

from cxbot.core.toml_tables import shown
from cxbot.errors import N_, CxbotError, UsageError

Trail = tuple["Trail", str | int] | None
"""The way to a value: that to what it is in, and its key or number. It becomes a path only for an error."""

DEEPEST = 30
LONGEST_NUMBER = 25


class BodyError(CxbotError):
    """What is wrong with a body, and where: `path` is that of the value, "" for the body as a whole.

    `problem` is the rest of the text. Neither has anything of what customers wrote.
    """

    def __init__(self, path: str, msgid: str, /, **values: object) -> None:
        problem = UsageError(msgid, **values)
        self.path = shown(path)
        self.problem = str(problem)
        if self.path:
            super().__init__(N_("`%(path)s` %(problem)s"), path=self.path, problem=problem)
        else:
            super().__init__(N_("The body %(problem)s"), problem=problem)


def parse(body: bytes, hint: bool = False) -> Any:
    """The value of a JSON text. With `hint`, the error for a broken one says what breaks templates.

    Raises BodyError for what is no JSON in UTF-8, keys that are there twice, numbers that are endless or have more than
    25 characters, and for what `check` refuses.
    """
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_decimal,
            parse_constant=_no_number,
        )
    except UnicodeDecodeError:
        raise BodyError("", N_("is not UTF-8.")) from None
    except json.JSONDecodeError as error:
        message = N_("is not valid JSON (line %(line)s, column %(column)s).")
        if hint:
            message = N_(
                "is not valid JSON (line %(line)s, column %(column)s). A quote or a line break in a name breaks a "
                "template: leave out the field that has it, or change the name."
            )
        raise BodyError("", message, line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise _too_deep() from None
    check(value)
    return value


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise BodyError(name, N_("is there twice."))
        found[name] = value
    return found


def _whole(text: str) -> int:
    return int(_short(text))


def _decimal(text: str) -> float:
    number = float(_short(text))
    return number if math.isfinite(number) else _no_number(text)


def _short(text: str) -> str:
    if len(text) > LONGEST_NUMBER:
        raise _too_long()
    return text


def _too_long() -> BodyError:
    return BodyError("", N_("has a number of more than %(most)s characters."), most=LONGEST_NUMBER)


def _no_number(_: str) -> NoReturn:
    raise BodyError("", N_("has a number that is none, such as NaN or Infinity."))


def _too_deep() -> BodyError:
    return BodyError("", N_("is nested deeper than %(most)s levels."), most=DEEPEST)


def check(value: Any, *, nulls: bool = True) -> None:
    """Raise BodyError if a parsed value is nested deeper than 30, has half a character (a lone surrogate) somewhere, a
    number that is endless or longer than 25 digits, or (unless `nulls` are allowed) a null character."""
    waiting: list[tuple[Trail, Any, int]] = [(None, [value], -1)]
    while waiting:
        trail, each, depth = waiting.pop()
        if depth == DEEPEST:
            raise _too_deep()
        for name, inner in each.items() if isinstance(each, dict) else enumerate(each):
            _check_text(trail, str(name))
            here = trail if depth < 0 else (trail, name)
            if isinstance(inner, dict | list):
                waiting.append((here, inner, depth + 1))
            elif isinstance(inner, str):
                _check_text(here, inner)
                if not nulls and "\0" in inner:
                    raise BodyError(_path(here), N_("has a null character."))
            elif isinstance(inner, int | float):
                _check_number(inner)


def _check_number(number: float) -> None:
    if isinstance(number, int):
        if abs(number) >= 10**LONGEST_NUMBER:
            raise _too_long()
    elif not math.isfinite(number):
        _no_number("")


def _check_text(trail: Trail, text: str) -> None:
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BodyError(_path(trail), N_("has half a character (a lone surrogate)."))


def _path(trail: Trail) -> str:
    steps: list[str] = []
    while trail is not None:
        trail, name = trail
        steps.insert(0, str(name))
    return ".".join(steps)

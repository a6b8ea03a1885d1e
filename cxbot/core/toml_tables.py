"""Tables of TOML files that people write: an error names the key that is wrong and says what to write there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxbot.errors import N_, UsageError

DEEP_KEY = re.compile(r"""(?:(?:[\w-]{1,100}|"[^"\n]{0,100}"|'[^'\n]{0,100}')[ \t]*\.[ \t]*){50}""")
"""A key of so many parts that reading it would take minutes; the time grows with the square of their number."""


def parsed(text: str, wrong: str) -> dict[str, Any]:
    """The keys and values of a TOML text. Raises UsageError with the message id `wrong`, which may use `%(why)s`."""
    if DEEP_KEY.search(text):
        raise UsageError(wrong, why=N_("nested too deeply"))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(wrong, why=str(error)) from error
    except RecursionError as error:
        raise UsageError(wrong, why=N_("nested too deeply")) from error
    except ValueError as error:
        raise UsageError(wrong, why=N_("a number has too many digits")) from error


@dataclass(frozen=True, slots=True)
class TomlTable:
    """A table of the file, with only `known` keys.

    `place` is the prefix of keys in error texts. `examples` has a line to write for each key.
    """

    place: str
    given: Mapping[str, Any]
    known: Sequence[str]
    examples: Mapping[str, str]

    def __post_init__(self) -> None:
        for key in self.given:
            if key not in self.known:
                raise UsageError(
                    N_("`%(place)s` is not known here. Write one of these, or leave it out: %(all)s."),
                    place=f"{self.place}{shown(key)}", all=", ".join(self.known),
                )  # fmt: skip

    def wrong(self, key: str) -> UsageError:
        """The error for a key that is missing or has a value of the wrong type; it says what to write."""
        message = N_("`%(place)s` is not right. Write it like `%(example)s`.")
        if key not in self.given:
            message = N_("`%(place)s` is missing. Write it like `%(example)s`.")
        return UsageError(message, place=f"{self.place}{key}", example=self.examples[key])

    def value(self, key: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
        """The value of a key; the default if the key is missing. Raises UsageError unless it is of the type `kind`."""
        value = self.given.get(key, default)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.wrong(key)
        return value


def shown(text: str) -> str:
    """A value from the file, made safe to show on one line."""
    line = "".join(character if character.isprintable() else " " for character in text)
    return line if len(line) <= 60 else f"{line[:59]}…"

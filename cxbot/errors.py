"""The errors that cxbot expects. Each says what happened and what to do next."""

from collections.abc import Callable
from dataclasses import dataclass


def N_(msgid: str) -> str:  # noqa: N802 - gettext's name for "mark, translate later"
    """Mark a text for extraction into the catalogues; returns it unchanged."""
    return msgid


class CxbotError(Exception):
    """What happened and what to do next, for the person who can do it.

    The message id is an English %-format text that a catalogue may translate; write a literal percent sign as `%%`.
    `str(error)` is the English text. A value may be an error, `Joined` or `Typed`: it is translated with the whole.

    CxbotError(N_("`%(word)s` is not a period. Try `/nps week`."), word="wek")
    """

    def __init__(self, msgid: str, /, **values: object) -> None:
        super().__init__(msgid % values)
        self.msgid = msgid
        self.values = values

    def text(self, translate: Callable[[str], str]) -> str:
        """The text in another language, for example `error.text(catalogue.gettext)`."""
        return translate(self.msgid) % self.values


@dataclass(frozen=True, slots=True)
class Joined:
    """Several values of an error, shown one after the other with `separator` between them."""

    parts: tuple[object, ...]
    separator: str = ", "

    def __str__(self) -> str:
        return self.separator.join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class Typed:
    """A word of an error that people type in commands: in English, or as the catalogue has it in `context`."""

    word: str
    context: str

    def __str__(self) -> str:
        return self.word


class UsageError(CxbotError):
    """A command was written wrongly. Exit code 2 in a terminal."""


class ConfigError(CxbotError):
    """A setting is missing or wrong."""


class NotAllowed(CxbotError):
    """The person may not do this, or their right could not be checked."""


class Refused(CxbotError):
    """The person can't be asked now: because of a budget, a pause, or their own wish."""

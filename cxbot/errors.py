"""The errors that cxbot expects: what happened, and what to do next."""

from collections.abc import Callable


def N_(msgid: str) -> str:  # noqa: N802 - gettext's name for "mark, translate later"
    """Mark a text for extraction into the catalogues; returns it unchanged."""
    return msgid


class CxbotError(Exception):
    """What happened and what to do next, for the person who can do it.

    The message id is an English %-format text that a catalogue may translate; a literal percent
    sign is written `%%`. `str(error)` is the English text.

        CxbotError(N_("`%(word)s` is not a period. Try `/nps week`."), word="wek")
    """

    def __init__(self, msgid: str, /, **values: object) -> None:
        super().__init__(msgid % values)
        self.msgid = msgid
        self.values = values

    def text(self, translate: Callable[[str], str]) -> str:
        """The text in another language: `error.text(catalogue.gettext)`."""
        return translate(self.msgid) % self.values


class UsageError(CxbotError):
    """A command was written wrongly; exit code 2 in a terminal."""


class ConfigError(CxbotError):
    """A setting is missing or wrong."""


class NotAllowed(CxbotError):
    """The person may not do this, or the right could not be checked."""


class Refused(CxbotError):
    """The person cannot be asked now: a budget, a pause, or their own wish."""

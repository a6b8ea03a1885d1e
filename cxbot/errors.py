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
    `Somebody` is shown by name where the place can.

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
    """What people type, such as a word of a command or working hours, in an error: in English, or with the words that
    the catalogue has in `context`."""

    word: str
    context: str

    def __str__(self) -> str:
        return self.word


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody in an error: a Slack id, which Slack shows as a name, an e-mail address or a name."""

    id: str

    def __str__(self) -> str:
        return self.id


SYSTEM_FAULTS = (
    N_("No such file or directory"), N_("Permission denied"), N_("Operation not permitted"), N_("Is a directory"),
    N_("Not a directory"), N_("File exists"), N_("File name too long"), N_("No space left on device"),
    N_("Disk quota exceeded"), N_("Read-only file system"), N_("Input/output error"), N_("Address already in use"),
    N_("Cannot assign requested address"), N_("unable to open database file"), N_("database or disk is full"),
    N_("attempt to write a readonly database"), N_("disk I/O error"), N_("database is locked"),
    N_("database disk image is malformed"), N_("file is not a database"), N_("the copy is damaged"),
)  # fmt: skip
"""What an operating system and SQLite say most, for the catalogues."""


def system_fault(error: Exception) -> CxbotError:
    """What the system says of a file, a port or a database, as a value of an error."""
    text = getattr(error, "strerror", None) or str(error)
    return CxbotError(text) if text in SYSTEM_FAULTS else CxbotError("%(why)s", why=text)


class UsageError(CxbotError):
    """A command was written wrongly. Exit code 2 in a terminal."""


class ConfigError(CxbotError):
    """A setting is missing or wrong."""


class NotAllowed(CxbotError):
    """The person may not do this, or their right could not be checked."""


class Refused(CxbotError):
    """The person can't be asked now: because of a budget, a pause, or their own wish."""

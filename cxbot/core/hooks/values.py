"""Values of a delivery, each checked: a text, an address, a moment. What is wrong raises BodyError with its path."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cxbot.core import names
from cxbot.core.hooks import moments
from cxbot.core.hooks.strict_json import BodyError
from cxbot.errors import N_

LONGEST = 200
MOST_SECONDS = 999_999_999
AHEAD = timedelta(days=1)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")


def text(path: str, value: Any, *, numbers: bool = False) -> str:
    """A text of one line, without extra spaces, of at most 200 characters. With `numbers`, whole ones are texts too."""
    if numbers and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise BodyError(path, N_("is not a text."))
    if len(value) > 2 * LONGEST or len(names.shown(value)) > LONGEST:
        raise BodyError(path, N_("is longer than %(most)s characters."), most=LONGEST)
    if CONTROL.search(value):
        raise BodyError(path, N_("has a line break or another control character."))
    return names.shown(value)


def email(path: str, value: Any) -> str:
    """An e-mail address."""
    found = text(path, value)
    if not names.is_address(found):
        raise BodyError(path, N_("is not an e-mail address."))
    return found


def slack_id(path: str, value: Any) -> str:
    """The id of a member of Slack."""
    found = text(path, value)
    if not names.SLACK_ID.fullmatch(found):
        raise BodyError(path, N_("is not the id of a member of Slack. Write it like `U012AB3CD`."))
    return found


def locale(path: str, value: Any) -> str:
    """A language, such as `fi` or `en-GB`."""
    found = text(path, value)
    if not LOCALE.fullmatch(found):
        raise BodyError(path, N_("is not a language. Write it like `fi`."))
    return found


def timezone(path: str, value: Any) -> str:
    """The name of a time zone."""
    found = text(path, value)
    try:
        ZoneInfo(found)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BodyError(path, N_("is not a time zone. Write it like `Europe/Helsinki`.")) from None
    return found


def moment(path: str, value: Any) -> datetime:
    """A moment of ISO-8601 with a zone, in UTC."""
    try:
        return moments.of_iso(text(path, value))
    except ValueError:
        raise BodyError(path, N_("is not a time. Write it like 2026-11-21T10:05:00+02:00.")) from None


def moment_or_number(path: str, value: Any) -> datetime:
    """A moment that may be a number of seconds or milliseconds as well."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return moment(path, value)
    try:
        return moments.of_unix(value)
    except ValueError:
        raise BodyError(path, N_("is not a Unix time.")) from None


def seconds(path: str, value: Any) -> int:
    """A whole number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_SECONDS:
        raise BodyError(path, N_("is not a whole number of seconds from 0 on."))
    return value


def share(path: str, value: Any) -> float:
    """A share above 0 and up to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise BodyError(path, N_("is not a number above 0 and up to 1."))
    return float(value)

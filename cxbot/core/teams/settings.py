"""A team's settings as people write them: checked, and converted to the stored form."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from zoneinfo import available_timezones

from cxbot.core import names
from cxbot.core.calendar import closed_days, hours
from cxbot.core.surveys.catalogue import Catalogue
from cxbot.core.surveys.translations import LOCALES
from cxbot.core.teams import conditions, team
from cxbot.errors import N_, UsageError

REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
MENTION = re.compile(r"^<[@#!](?:subteam\^)?([A-Z0-9_]+)(?:\|[^>]*)?>$")
ID = re.compile(r"^[A-Z][A-Z0-9_]+$")
KINDS = {
    "channel": ("CG", N_("`%(text)s` is not a channel. Write its name with #, such as #support, or its id: it starts "
                         "with C; Slack shows it under “Channel details”.")),
    "person": ("UW", N_("`%(text)s` is not a person's id. It starts with U; Slack shows it in the person's profile.")),
    "people": ("UWS", N_("`%(text)s` is neither a person nor a user group. Write an e-mail address or an id: a "
                         "person's (U…) is in their profile in Slack, a group's (S…) in the link of its page.")),
}  # fmt: skip
MINUTES = N_("`%(text)s` is not a number of minutes. Write a whole number from 0 to %(most)s.")
DAYS = N_("`%(text)s` is not a number of days. Write a whole number from 0 to %(most)s.")
REMINDER = N_("`%(text)s` is not a number of days. Write a whole number from 1 to %(most)s, or `off`.")
PERCENT = N_("`%(text)s` is not a percentage. Write a whole number from 0 to %(most)s.")
MOST_DAYS = 3650
MOST_REMINDER = 6  # days; a survey is over after seven
MOST_LETTERS = 200
MOST_MINUTES = 7 * 24 * 60


def slack_id(text: str, kind: str) -> str:
    """The Slack id in a text that is an id or a mention.

    `kind` is `channel`, `person` or `people`, which includes user groups. Raises UsageError for anything else.
    """
    match = MENTION.match(text.strip())
    name = match[1] if match else text.strip()
    letters, complaint = KINDS[kind]
    if not ID.match(name) or name[0] not in letters:
        raise UsageError(complaint, text=text)
    return name


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > 60:
        raise UsageError(N_("A team needs a name of at most 60 characters, such as Support."))
    return name


def _zone(text: str) -> str:
    for name in (text.strip(), text.strip().title()):
        if name in available_timezones():
            return name
    near = _near_zones(text.strip())
    if near:
        raise UsageError(N_("`%(text)s` is not a time zone. Did you mean %(near)s?"), text=text, near=", ".join(near))
    raise UsageError(N_("`%(text)s` is not a time zone. Write it like Europe/Helsinki."), text=text)


def _near_zones(text: str) -> list[str]:
    """Zones of cities that a text may mean: by the city's name alone, or nearly written so; the likeliest first."""
    zones = sorted(name for name in available_timezones() if name.startswith(REGIONS))
    city = text.replace(" ", "_").casefold()
    return [zone for zone in zones if zone.rpartition("/")[2].casefold() == city] or difflib.get_close_matches(
        text.title(), zones, n=2, cutoff=0.8
    )


def _locale(text: str) -> str:
    code = text.strip().lower().replace("_", "-").split("-")[0]
    if code not in LOCALES:
        raise UsageError(
            N_("`%(text)s` is not a language here. Languages: %(all)s."), text=text, all=", ".join(LOCALES)
        )
    return code


def _digest(text: str) -> str:
    hours.parse_slot(text)
    return " ".join(text.split()).lower()


def _hours(text: str) -> str:
    hours.parse_hours(text)
    return " ".join(text.split()).lower()


def _silence(text: str) -> str:
    hours.parse_silence(text)
    return "".join(text.split()).lower()


def _quiet(text: str) -> str:
    hours.parse_quiet(text)
    return "".join(text.split()).lower()


def _conditions(text: str) -> str:
    return " ".join(map(str, conditions.parse(text)))


def _holidays(text: str) -> str:
    return closed_days.written(closed_days.parse(text))


def _reminder(text: str) -> int:
    return 0 if text.strip().casefold() == hours.OFF else _whole(text, MOST_REMINDER, REMINDER)


def surveys(given: str | Iterable[str], catalogue: Catalogue) -> tuple[str, ...]:
    """The surveys of sources, each as `source=survey`: several, or one text with commas between them. Raises UsageError
    for what is not written so, and for what customers can't be asked."""
    texts = [given] if isinstance(given, str) else given
    found: dict[str, str] = {}
    for item in filter(str.strip, (each for text in texts for each in re.split(r"[,\n]", text))):
        source, sign, name = item.partition("=")
        if not sign or not names.key(source):
            raise UsageError(N_("`%(text)s` is not a survey for a source. Write `desk=ces`."), text=item.strip())
        found[names.key(source)] = f"{names.shown(source)}={survey(name, catalogue)}"
    return tuple(found.values())


def survey(text: str, catalogue: Catalogue) -> str:
    """The name of a survey that customers can be asked after a conversation. Raises UsageError for any other."""
    name = text.strip().lower()
    surveys = catalogue.in_use
    if name not in surveys:
        raise UsageError(N_("`%(text)s` is not a survey. Surveys: %(all)s."), text=text, all=", ".join(surveys))
    if surveys[name].employees:
        raise UsageError(
            N_("The survey `%(text)s` is for colleagues, so customers can't get it after a conversation."), text=name
        )
    return name


def _whole(text: object, most: int, complaint: str) -> int:
    shown = str(text).strip()
    if not (shown.isascii() and shown.isdigit() and len(shown) < 10) or int(shown) > most:
        raise UsageError(complaint, text=shown, most=most)
    return int(shown)


def _reaction(text: str) -> str:
    name = text.strip().strip(":").split("::")[0].lower()
    if not re.fullmatch(r"[\w+'-]{1,100}", name):
        raise UsageError(N_("`%(text)s` is not the name of an emoji. Write it like white_check_mark."), text=text)
    return name


def _choice(options: tuple[str, ...]) -> Callable[[str], str]:
    def choose(text: str) -> str:
        if text.strip().lower() not in options:
            raise UsageError(
                N_("`%(text)s` is not a choice here. Choices: %(all)s."), text=text, all=", ".join(options)
            )
        return text.strip().lower()

    return choose


def _ids(kind: str) -> Callable[[Iterable[str]], tuple[str, ...]]:
    return lambda given: tuple(dict.fromkeys(slack_id(name, kind) for name in given))


def _companies(given: str | Iterable[str]) -> tuple[str, ...]:
    """Names or domains of companies: several, or one text with commas or lines between them."""
    texts = [given] if isinstance(given, str) else given
    found = [" ".join(name.split()).removeprefix("@") for text in texts for name in re.split(r"[,\n]", text)]
    if any(len(name) > MOST_LETTERS for name in found):
        raise UsageError(N_("The name of a company has at most %(most)s characters."), most=MOST_LETTERS)
    return tuple(dict.fromkeys(name for name in found if name))


HOUR_WORDED = ("hours", "digest", "silence", "quiet", "reminder_days")
"""Settings with words that a language may translate."""

READERS: Mapping[str, Callable[[Any], Any]] = {
    "name": _name,
    "channel": lambda text: slack_id(text, "channel"),
    "leads_channel": lambda text: slack_id(text, "channel") if text.strip() else "",
    "leads": _ids("people"),
    "members": _ids("people"),
    "source_channels": _ids("channel"),
    "timezone": _zone,
    "locale": _locale,
    "digest": _digest,
    "delay_minutes": lambda text: _whole(text, MOST_MINUTES, MINUTES),
    "throttle_days": lambda text: _whole(text, MOST_DAYS, DAYS),
    "hours": _hours,
    "reaction": _reaction,
    "delivery": _choice(team.DELIVERIES),
    "agents": _choice(team.AGENT_VIEWS),
    "rehearsal": bool,
    "sampling": lambda text: _whole(str(text).strip().removesuffix("%").strip(), 100, PERCENT),
    "reaction_means": _choice(team.REACTION_MEANINGS),
    "never_companies": _companies,
    "company_days": lambda text: _whole(text, MOST_DAYS, DAYS),
    "silence": _silence,
    "conditions": _conditions,
    "holidays": _holidays,
    "reminder_days": _reminder,
    "relationship_days": lambda text: _whole(text, MOST_DAYS, DAYS),
    "quiet": _quiet,
}
OF_CATALOGUE: Mapping[str, Callable[[Any, Catalogue], Any]] = {"survey": survey, "surveys": surveys}


def _reader(name: str, catalogue: Catalogue) -> Callable[[Any], Any]:
    reader = OF_CATALOGUE.get(name)
    return READERS[name] if reader is None else lambda value: reader(value, catalogue)


def read(given: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    """The given settings by name, checked and in the stored form. Raises UsageError for the first wrong one."""
    return {name: _reader(name, catalogue)(value) for name, value in given.items()}


def problems(given: Mapping[str, Any], catalogue: Catalogue) -> dict[str, UsageError]:
    """The errors of the given settings by name. Use it to show all errors at once; `read` stops at the first."""
    errors = {}
    for name, value in given.items():
        try:
            _reader(name, catalogue)(value)
        except UsageError as error:
            errors[name] = error
    return errors


def defaults(timezone: str, locale: str) -> dict[str, Any]:
    """The default settings of a new team, with a time zone and a language code."""
    return {
        "leads_channel": "",
        "leads": (),
        "members": (),
        "source_channels": (),
        "timezone": timezone,
        "locale": locale,
        "digest": hours.DEFAULT_DIGEST,
        "survey": team.DEFAULT_SURVEY,
        "delay_minutes": team.DEFAULT_DELAY,
        "throttle_days": team.DEFAULT_THROTTLE,
        "hours": team.DEFAULT_HOURS,
        "reaction": team.DEFAULT_REACTION,
        "delivery": team.DELIVERIES[0],
        "agents": team.AGENT_VIEWS[1],
        "rehearsal": False,
        "sampling": 100,
        "reaction_means": team.REACTION_MEANINGS[0],
        "never_companies": (),
        "company_days": 0,
        "silence": hours.OFF,
        "conditions": "",
        "holidays": hours.OFF,
        "reminder_days": 0,
        "relationship_days": team.DEFAULT_RELATIONSHIP,
        "surveys": (),
        "quiet": hours.OFF,
    }

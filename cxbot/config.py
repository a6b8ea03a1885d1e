"""Settings from the environment. No other module reads it."""

from __future__ import annotations

import difflib
import io
import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.policy import SMTP
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from cxbot.core.loopback import on_loopback
from cxbot.core.names import is_address
from cxbot.core.retention import DEFAULT, Retention
from cxbot.core.teams import settings
from cxbot.errors import N_, ConfigError, CxbotError, Joined, system_fault

ENV_FILE = Path(".env")  # in the current folder
SLACK_API = "https://slack.com/api/"
T = TypeVar("T")
MOST_MONTHS = 1200
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
OURS = "CXBOT_"  # how names begin that are nobody else's


@dataclass(frozen=True, slots=True)
class EnvFile:
    """What `.env` sets, and what is wrong with its lines. Without the file nothing is."""

    values: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[ConfigError, ...] = ()

    @classmethod
    def read(cls, path: Path) -> EnvFile:
        """The file at a path. Lines that can't be read are faults; what the others set is known all the same."""
        try:
            text = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
        except OSError as error:
            fault = ConfigError(
                N_("The file %(path)s cannot be read (%(why)s)."), path=str(path), why=system_fault(error)
            )
            return cls(faults=(fault,))
        except UnicodeDecodeError as error:
            fault = ConfigError(
                N_("The file %(path)s is not UTF-8 (byte %(byte)s). Save it as UTF-8."),
                path=str(path), byte=error.start,
            )  # fmt: skip
            return cls(faults=(fault,))
        lines = [(line.original, line.error) for line in parse_stream(io.StringIO(text))]
        well = dotenv_values(stream=io.StringIO("".join(original.string for original, wrong in lines if not wrong)))
        return cls(
            {name: value for name, value in well.items() if value is not None},
            tuple(_unreadable(path, original.string, original.line) for original, wrong in lines if wrong),
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings. Tokens, the signing secret, and what is about mails and pages are "" (the sender None) if they are
    not set."""

    bot_token: str
    app_token: str
    signing_secret: str
    api_url: str
    database: Path
    timezone: str
    locale: str
    admins: frozenset[str]
    log_level: str
    port: int
    retention: Retention
    smtp_url: str
    mail_from: Address | None
    public_url: str
    company: str
    color: str
    privacy_url: str

    @classmethod
    def from_env(cls, env: Mapping[str, str], file: EnvFile | None = None) -> Settings:
        """The settings in a mapping such as `os.environ`, over those of a file. Raises ConfigError with everything that
        is invalid, and with what the file sets although it is no setting: a slip of the pen leaves one unset."""
        file = file or EnvFile()
        env = {**file.values, **env} if file.values else env
        faults = list(file.faults)
        known: list[str] = []

        def read(name: str, reader: Callable[[str], T], default: T) -> T:
            known.append(name)
            text = env.get(name, "").strip() or (str(default) if name == "CXBOT_DB" else "")
            try:
                return reader(text) if text else default
            except ConfigError as error:
                faults.append(error)
                return default

        settings = cls(
            bot_token=read("SLACK_BOT_TOKEN", _bot_token, ""),
            app_token=read("SLACK_APP_TOKEN", _app_token, ""),
            signing_secret=read("SLACK_SIGNING_SECRET", str, ""),
            api_url=read("SLACK_API_URL", _url, SLACK_API),
            database=read("CXBOT_DB", _file, Path("cxbot.db")),
            timezone=read("CXBOT_TIMEZONE", partial(_checked, "CXBOT_TIMEZONE", "timezone"), "UTC"),
            locale=read("CXBOT_LOCALE", partial(_checked, "CXBOT_LOCALE", "locale"), "en"),
            admins=read("CXBOT_ADMINS", _admins, frozenset()),
            log_level=read("CXBOT_LOG_LEVEL", _level, "INFO"),
            port=read("PORT", _port, 3000),
            retention=Retention(
                comments=read("CXBOT_KEEP_COMMENTS", partial(_months, "CXBOT_KEEP_COMMENTS"), DEFAULT.comments),
                identities=read("CXBOT_KEEP_IDENTITIES", partial(_months, "CXBOT_KEEP_IDENTITIES"), DEFAULT.identities),
                audit=read("CXBOT_KEEP_AUDIT", partial(_months, "CXBOT_KEEP_AUDIT"), DEFAULT.audit),
            ),
            smtp_url=read("CXBOT_SMTP_URL", _mail_server, ""),
            mail_from=read("CXBOT_MAIL_FROM", _sender, None),
            public_url=read("CXBOT_PUBLIC_URL", _public_url, ""),
            company=read("CXBOT_COMPANY", str, ""),
            color=read("CXBOT_COLOR", _color, ""),
            privacy_url=read("CXBOT_PRIVACY_URL", _privacy_url, ""),
        )
        free = [name for name in known if name not in env]
        faults += [fault for name in file.values if name not in known and (fault := _slip(name, free)) is not None]
        if settings.smtp_url and not faults:
            faults += settings._missing_for_mail()
        if len(faults) > 1:
            raise ConfigError("%(faults)s", faults=Joined(tuple(faults), "\n"))
        if faults:
            raise faults[0]
        return settings

    @classmethod
    def load(cls) -> Settings:
        """The settings from this process's environment; `.env` in the current folder adds what is missing there."""
        return cls.from_env(os.environ, EnvFile.read(ENV_FILE))

    @classmethod
    def spoken(cls) -> str:
        """The language of CXBOT_LOCALE, also if other settings can't be read; English if it is none."""
        try:
            env = {**EnvFile.read(ENV_FILE).values, **os.environ}
            return cls.from_env({"CXBOT_LOCALE": env.get("CXBOT_LOCALE", "")}).locale
        except ConfigError:
            return cls.from_env({}).locale

    def _missing_for_mail(self) -> list[ConfigError]:
        needed = {"CXBOT_MAIL_FROM": self.mail_from, "CXBOT_PUBLIC_URL": self.public_url}
        return [
            ConfigError(N_("%(variable)s is not set. Surveys by e-mail need it, because CXBOT_SMTP_URL is set."),
                        variable=variable)
            for variable, value in needed.items() if not value
        ]  # fmt: skip

    def require_slack(self) -> None:
        """Raise ConfigError unless there is a bot token."""
        if not self.bot_token:
            raise ConfigError(
                N_("SLACK_BOT_TOKEN is not set. Copy the bot token (xoxb-…) from your app's page “OAuth & "
                   "Permissions” into .env; `cxbot demo` needs none.")
            )  # fmt: skip

    def require_transport(self) -> None:
        """Raise ConfigError unless Slack can reach the bot, over Socket Mode or HTTP."""
        if not (self.app_token or self.signing_secret):
            raise ConfigError(
                N_("Set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP, in .env: without "
                   "one of them nothing from Slack can reach the bot.")
            )  # fmt: skip


def _unreadable(path: Path, text: str, line: int) -> ConfigError:
    """The fault of a line. Its text may be a secret, so it is not shown."""
    blank = len(text) - len(text.lstrip())
    return ConfigError(
        N_("Line %(line)s of %(path)s can't be read. Write it like NAME=value, and close every quotation mark."),
        line=line + text[:blank].count("\n"), path=str(path),
    )  # fmt: skip


def _slip(name: str, free: list[str]) -> ConfigError | None:
    """The fault of a name in the file that is no setting: one of those that are not set is meant, or it begins like
    ours. None for what may be another program's."""
    near = difflib.get_close_matches(name, free, n=1, cutoff=0.75)
    if near and name.startswith((OURS, "SLACK_")):
        return ConfigError(N_("`%(name)s` in .env is not a setting. Did you mean `%(near)s`?"), name=name, near=near[0])
    if name.startswith(OURS):
        return ConfigError(N_("`%(name)s` in .env is not a setting. All settings are in .env.example."), name=name)
    return None


def _bot_token(text: str) -> str:
    if text.startswith(("xapp-", "xoxp-")):
        raise ConfigError(
            N_("SLACK_BOT_TOKEN begins with %(start)s and is another kind of token. Copy the bot token (xoxb-…) from "
               "your app's page “OAuth & Permissions”."), start=text[:5],
        )  # fmt: skip
    return text


def _app_token(text: str) -> str:
    if text.startswith("xox"):
        raise ConfigError(
            N_("SLACK_APP_TOKEN begins with %(start)s and is another kind of token. Copy the app-level token (xapp-…) "
               "from your app's page “Basic Information”."), start=text[:5],
        )  # fmt: skip
    return text


def _checked(variable: str, setting: str, value: str) -> str:
    try:
        return str(settings.READERS[setting](value))
    except CxbotError as error:
        raise ConfigError(N_("%(variable)s: %(why)s"), variable=variable, why=error) from error


def _file(text: str) -> Path:
    path = Path(text)
    if not path.name or path.is_dir():
        raise ConfigError(N_("CXBOT_DB is the folder `%(text)s`. Set CXBOT_DB to a file in it."), text=text)
    return path


def _url(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise ConfigError(
            N_("SLACK_API_URL is `%(text)s`, which is not a web address. Leave it out for Slack itself."), text=text
        )
    if text.startswith("http://") and not on_loopback(urlsplit(text).hostname or ""):
        raise ConfigError(
            N_("SLACK_API_URL is `%(text)s`: without https the token would cross the network in the open. Write "
               "https://, or leave it out for Slack itself."), text=text,
        )  # fmt: skip
    return text if text.endswith("/") else text + "/"


def _public_url(text: str) -> str:
    """The address under which customers reach this bot's web server."""
    scheme, host, rest = _parts(text)
    if not host or rest not in ("", "/") or scheme not in ("https", "http"):
        raise ConfigError(
            N_("CXBOT_PUBLIC_URL is `%(text)s`. Write the address at which customers reach the bot, without a path, "
               "such as https://feedback.example.com."), text=text,
        )  # fmt: skip
    if scheme == "http" and not on_loopback(host):
        raise ConfigError(
            N_("CXBOT_PUBLIC_URL is `%(text)s`: without https others could read customers' links and answers. Write "
               "https:// and let a proxy in front of the bot answer for it."), text=text,
        )  # fmt: skip
    return text.rstrip("/")


def _privacy_url(text: str) -> str:
    scheme, host, _ = _parts(text)
    if scheme != "https" or not host:
        raise ConfigError(
            N_("CXBOT_PRIVACY_URL is `%(text)s`. Write the https:// address of your privacy notice."), text=text
        )
    return text


def _parts(text: str) -> tuple[str, str, str]:
    """The scheme and host of an address, and what follows them; all "" if it is none."""
    try:
        parts = urlsplit(text)
        if parts.username is not None or parts.port == 0 or re.search(r"[\s\"'<>\\]", text):
            return "", "", ""
    except ValueError:
        return "", "", ""
    rest = text.partition("://")[2].removeprefix(parts.netloc)
    return parts.scheme, parts.hostname or "", rest


def _color(text: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ConfigError(N_("CXBOT_COLOR is `%(text)s`. Write it as # and six digits, such as #0b5fff."), text=text)
    return text.lower()


def _mail_server(text: str) -> str:
    """The address of a mail server. It may hold a password, so no error shows it."""
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
        bare = parts.path in ("", "/") and not parts.query and not parts.fragment
        login = [unquote(each or "") for each in (parts.username, parts.password)]
        well = known and bare and bool(login[0]) == bool(login[1]) and all(map(str.isascii, login))
    except ValueError:
        well = False
    if not well:
        raise ConfigError(
            N_("CXBOT_SMTP_URL is no address of a mail server. Write it like "
               "smtp://user:password@mail.example.com:587 or smtps://…:465, and in user and password @ / # : %% as "
               "%%40 %%2F %%23 %%3A %%25.")
        )  # fmt: skip
    return text


def _sender(text: str) -> Address:
    """Who writes the mails, such as `Support <support@example.com>`."""
    header = SMTP.header_factory("From", text) if text.isprintable() else None
    found: tuple[Address, ...] = header.addresses if header is not None and not header.defects else ()
    if len(found) != 1 or not is_address(found[0].addr_spec) or not found[0].addr_spec.isascii():
        raise ConfigError(
            N_("CXBOT_MAIL_FROM is `%(text)s`. Write one address like Support <support@example.com>."), text=text
        )
    return Address(found[0].display_name, found[0].username, found[0].domain)


def _admins(text: str) -> frozenset[str]:
    try:
        return frozenset(settings.slack_id(name, "person") for name in text.replace(",", " ").split())
    except CxbotError as error:
        raise ConfigError(N_("%(variable)s: %(why)s"), variable="CXBOT_ADMINS", why=error) from error


def _months(variable: str, text: str) -> int:
    if text.lower() == "forever":
        return 0
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_MONTHS):
        raise ConfigError(
            N_("%(variable)s is `%(text)s`. Write a number of months from 1 to %(most)s, or `forever`."),
            variable=variable, text=text, most=MOST_MONTHS,
        )  # fmt: skip
    return int(text)


def _level(text: str) -> str:
    text = text.upper()
    if text not in LEVELS:
        raise ConfigError(N_("CXBOT_LOG_LEVEL is `%(text)s`. Levels: %(all)s."), text=text, all=", ".join(LEVELS))
    return text


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 <= int(text) < 65536:
        raise ConfigError(N_("PORT is `%(text)s`. Write a number from 0 to 65535."), text=text)
    return int(text)


def set_up_logging(level: str) -> None:
    """Log one line per event to stderr. Libraries log errors only, because some would log the bodies of requests."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)
    for name in ("apscheduler", "waitress", "matplotlib", "urllib3"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # The bot logs Slack's errors and failed listeners itself, without bodies.
    for name in ("slack_sdk", "slack_bolt"):
        logging.getLogger(name).setLevel(logging.CRITICAL)

"""`cxbot serve` and `cxbot tick`."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import replace

import click

from cxbot.app import RunningBot, SlackUnreachableError, tick_once
from cxbot.cli.common import moment
from cxbot.config import Settings, set_up_logging
from cxbot.store.engine import file_systems

log = logging.getLogger("cxbot")
PAUSE = 5.0  # seconds between two tries to reach Slack at the start


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port of the web server (default: PORT, else 3000).")
@click.option("--host", metavar="ADDRESS", default="", help="Address of the web server (default: every one with a "
              "signing secret, else 127.0.0.1).")  # fmt: skip
def serve(port: int | None, host: str) -> None:
    """Run the bot until it is told to stop.

    Socket Mode runs if SLACK_APP_TOKEN is set, HTTP at /slack/events if SLACK_SIGNING_SECRET is; both may be.
    /healthz and /metrics are always there.
    """
    settings = Settings.load()
    if port is not None:
        settings = replace(settings, port=port)
    set_up_logging(settings.log_level)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    _warn(settings)
    service = made(lambda: RunningBot(settings, host=host), stop)
    if service is not None:
        run(service, stop)


def _warn(settings: Settings) -> None:
    """Warn of a database that will be gone after a restart."""
    kind = file_systems.kind_of(settings.database)
    if kind in file_systems.FORGETFUL:
        log.warning(
            "the database %s is on %s, which is gone when the container or machine restarts: mount a volume and set "
            "CXBOT_DB to a file in it", settings.database.absolute(), kind,
        )  # fmt: skip


def made(make: Callable[[], RunningBot], stop: threading.Event, pause: float = PAUSE) -> RunningBot | None:
    """The bot, as soon as Slack answers; None if it is told to stop before that."""
    while True:
        try:
            return make()
        except SlackUnreachableError as error:
            log.warning("waiting for Slack: %s", error)
            if stop.wait(pause):
                return None


def run(service: RunningBot, stop: threading.Event) -> None:
    """Start the bot and wait until it is told to stop."""
    try:
        service.start()
        log.info("serving port=%s", service.port)
        stop.wait()
    finally:
        service.stop()


@click.command()
@click.option("--at", "at", metavar="TIME", help="Use TIME as the present (default: now).")
def tick(at: str | None) -> None:
    """One pass over what is due, the outbox included; then exit. For cron, or to catch up."""
    settings = Settings.load()
    set_up_logging(settings.log_level)
    tick_once(settings, moment(at, settings))

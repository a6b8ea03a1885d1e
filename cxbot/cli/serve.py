"""`cxbot serve` and `cxbot tick`."""

from __future__ import annotations

import signal
import threading
from dataclasses import replace

import click

from cxbot.app import RunningBot, tick_once
from cxbot.cli.common import moment
from cxbot.config import Settings, set_up_logging


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port of the web server (default: PORT, else 3000).")
def serve(port: int | None) -> None:
    """Run the bot until it is told to stop.

    Socket Mode runs if SLACK_APP_TOKEN is set, HTTP at /slack/events if SLACK_SIGNING_SECRET is; both may be.
    /healthz and /metrics are always there.
    """
    settings = Settings.load()
    if port is not None:
        settings = replace(settings, port=port)
    set_up_logging(settings.log_level)
    run(RunningBot(settings))


def run(service: RunningBot) -> None:
    """Start the bot and wait for Ctrl-C or a signal."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    try:
        service.start()
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

"""`cxbot demo`."""

from __future__ import annotations

import signal
import sys
import threading

import click

from cxbot.cli import story
from cxbot.cli.stage import Stage
from cxbot.config import set_up_logging
from cxbot.errors import N_, ConfigError, system_fault
from cxbot.language import LANGUAGES

PORT = 8765


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="Port of the page.")
@click.option(
    "--locale",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Language of the people and the bot.",
)
@click.option("--once", is_flag=True, help="Play the story without a browser, print it, and exit.")
def demo(port: int, locale: str, once: bool) -> None:
    """The bot and a local Slack together, with sample people, to click through in a browser.

    With --once the story is played over HTTP and printed; the exit code is 0 only if every step happened.
    """
    set_up_logging("WARNING")
    if once:
        with Stage(locale=locale) as stage:
            well = story.play(stage)
        sys.exit(0 if well else 1)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    try:
        stage = Stage(port, locale)
    except OSError as error:
        raise ConfigError(
            N_("Port %(port)s can't be used (%(why)s). Choose another one with --port or PORT."),
            port=port,
            why=system_fault(error),
        ) from error
    with stage:
        click.echo(f"Open {stage.slack.url}/ in a browser. You play the agent, the customer and the lead.")
        click.echo("Under “Outside Slack”, close a case and let 10 minutes pass: the mail is in the mailbox.")
        click.echo("As Leo in #support-team, also type:")
        for words in (
            "/nps month by:agent",
            "/cx drivers nps 90d",
            "/cx journey nps 90d",
            f'/cx compare nps since:{stage.history.changed} "{stage.words.change}" against:{stage.words.sales}',
            "/cx help",
        ):
            click.echo(f"  {words}")
        click.echo("Everything in it is sample data and is gone when you stop it with Ctrl-C.")
        stop.wait()

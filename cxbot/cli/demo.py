"""`cxbot demo`."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator

import click

from cxbot.cli import story
from cxbot.cli.guide import after_cx, last_quarter
from cxbot.cli.stage import Stage
from cxbot.config import set_up_logging
from cxbot.core.queries.vocabulary import QUERY_WORDS
from cxbot.errors import N_, ConfigError, system_fault
from cxbot.language import LANGUAGES, language

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
        click.echo("\n".join(beginning(stage)))
        stop.wait()


def beginning(stage: Stage) -> Iterator[str]:
    """Where to look, and what to type, in the demo's language."""
    speech, words = language(stage.locale), stage.words
    compare, campaign, help_ = (after_cx(speech, word) for word in ("compare", "campaign", "help"))
    month, by, agent, since, against = (
        speech.typed(QUERY_WORDS, word) for word in ("month", "by", "agent", "since", "against")
    )
    yield speech.say(
        "Open %(url)s in a browser. You play the agent, the customer, the lead and the admin.",
        url=f"{stage.slack.url}/",
    )
    yield speech.say(
        "Under “%(place)s”, close a case and let 10 minutes pass: the mail is in the mailbox.",
        place=stage.slack.label("Outside Slack"),
    )
    yield speech.say("As Leo in #support-team, also type:")
    yield f"  /nps {month} {by}:{agent}"
    yield f"  {last_quarter(speech, 'drivers')}"
    yield f"  {last_quarter(speech, 'journey')}"
    yield f'  {compare} nps {since}:{stage.history.changed} "{words.change}" {against}:{words.sales}'
    yield f"  {help_}"
    yield speech.say("As Ada, who is the admin:")
    yield f'  {campaign} "{words.campaign}"'
    yield speech.say("Everything in it is sample data and is gone when you stop it with Ctrl-C.")

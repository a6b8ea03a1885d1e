"""The root command: lists the commands, and prints every error in words."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

from cxbot.errors import CxbotError, UsageError

PRIVATE = 0o077  # what is made, such as the database, its back-ups and its lock, is for this user only

# Commands are imported when they run, so that `--help` and small commands start fast.
COMMANDS = {
    "demo": ("demo", "The bot and a local Slack together, with a story to click through."),
    "serve": ("serve", "Run the bot: Socket Mode, HTTP, or both."),
    "tick": ("serve", "One pass over what is due: surveys, digests, the outbox; then exit."),
    "report": ("reports", "A report, the same as the slash command's."),
    "plan": ("studies", "How many answers it takes to see a change, and what can be seen."),
    "compare": ("studies", "What a change on a day has done: the level before and after it."),
    "digest": ("reports", "Show a team's weekly digest, or post it (once)."),
    "team": ("teams", "Add, list, change and remove teams."),
    "survey": ("surveys", "Write your own surveys: check and add them, list, show and retire them."),
    "incident": ("incidents", "Add, list and remove known incidents, about which nobody is asked."),
    "campaign": ("campaigns", "Ask a list of people over some days: start, list, show, pause, resume, stop."),
    "company": ("companies", "Two names of one company: link, list, unlink."),
    "touchpoint": ("touchpoints", "The register of touchpoints: stage of the journey, direct or not, ours or not."),
    "outbox": ("outbox", "Messages that may not have arrived or were given up: list, retry, give up."),
    "hook": ("hooks", "Where helpdesks tell about conversations: add, list, show, test, remove."),
    "why": ("people", "Why somebody was or was not asked."),
    "attribute": ("attribution", "Say who helped in a conversation, if the bot took another agent for it."),
    "link": ("people", "A personal link to a survey, for a mail of your own."),
    "person": ("people", "Everything that is on file about a person, as JSON."),
    "erase": ("people", "Forget a person: names, addresses and comments go."),
    "retention": ("people", "How long data are kept, and what goes next."),
    "audit": ("audit", "Who saw single answers, exported, shared, or changed what."),
    "import": ("imports", "Import answers and interactions from a CSV file, all or nothing."),
    "export": ("transfer", "Write answers or interactions as CSV or NDJSON to stdout."),
    "backup": ("transfer", "Write a consistent copy of the database, also while the bot runs."),
    "restore": ("transfer", "Make the database from a back-up, without sending anything twice."),
    "migrate": ("transfer", "Bring the database up to date ahead of time."),
    "doctor": ("doctor", "Check tokens, scopes, channels, database, clock; say what to do."),
    "manifest": ("doctor", "Print the Slack app manifest."),
}


class CommandLine(click.Group):
    """A group that lists its commands without importing them, and prints every error in words.

    Exit codes: 0 done, 1 failed, 2 wrong use.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"cxbot.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name if cmd_name != "import" else "import_")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:  # with near names, which are not imported
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def main(self, *args: Any, **extra: Any) -> Any:
        os.umask(PRIVATE)
        try:
            return super().main(*args, **extra)
        except CxbotError as error:
            click.echo(f"cxbot: {_in_words(error)}", err=True)
            sys.exit(2 if isinstance(error, UsageError) else 1)
        except BrokenPipeError:
            sys.exit(1)


@click.group(cls=CommandLine, name="cxbot", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cxbot", prog_name="cxbot")
def main() -> None:
    """cxbot asks customers one small question after each interaction, in Slack, and tells the team what it means.

    Settings come from the environment and from .env in the current folder; see .env.example.
    """


def _in_words(error: CxbotError) -> str:
    """The error in the language of CXBOT_LOCALE."""
    settings = importlib.import_module("cxbot.config").Settings
    speech = importlib.import_module("cxbot.language").language(settings.spoken())
    try:
        zone = settings.load().timezone
    except CxbotError:
        zone = "UTC"
    return str(speech.error(error, zone))

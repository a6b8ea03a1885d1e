"""The command line against the local Slack: start and stop, bad configuration, teams, ticks, digests, doctor."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

import cxbot
from cxbot.sandbox import ALL_SCOPES, Sandbox
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import run
from cxbot.store.engine.times import stamp
from cxbot.store.records import outbox
from tests.desk import CXBOT, Desk
from tests.office import buttons


class Terminal(Desk):
    """A terminal with the environment of a bot in a local Slack."""

    def __init__(self, folder: Path, slack: Sandbox) -> None:
        self.slack = slack
        self.lead = slack.add_user("lead")
        self.customer = slack.add_user("customer", external=True)
        self.channel = slack.add_channel("team", members=[self.lead])
        self.source = slack.add_channel("help", members=[self.lead, self.customer], shared=True)
        super().__init__(
            folder, SLACK_BOT_TOKEN=slack.bot_token, SLACK_SIGNING_SECRET=slack.signing_secret,
            SLACK_API_URL=slack.api_url, CXBOT_ADMINS=self.lead, CXBOT_TIMEZONE="Europe/Helsinki",
        )  # fmt: skip

    @contextmanager
    def serving(self, **env: str) -> Iterator[subprocess.Popen[bytes]]:
        """A running `cxbot serve` that is healthy."""
        process = self.start(**env)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
            said = self.log.read_text()
            assert "Traceback" not in said, said
            assert process.returncode == 0

    @property
    def log(self) -> Path:
        return self.folder / "serve.log"

    def start(self, **env: str) -> subprocess.Popen[bytes]:
        """Start `cxbot serve` at a port that it chooses, and wait until it is healthy."""
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                [*CXBOT, "serve", "--port", "0"], env={**self.env, **env}, cwd=self.folder, stderr=log
            )
        end = time.monotonic() + 30
        while not (port := _port(self.log.read_text())) or not _healthy(port):
            assert process.poll() is None, self.log.read_text()
            assert time.monotonic() < end
            time.sleep(0.05)
        self.slack.events_url = f"http://127.0.0.1:{port}/slack/events"
        return process

    def add_team(self, *more: str) -> str:
        """Register the team."""
        return self.run("team", "add", "Support", "--channel", self.channel, "--lead", self.lead,
                        "--source-channel", self.source, "--hours", "always", *more)  # fmt: skip


def _port(log: str) -> int:
    """The port that a bot has named in its log; 0 before that."""
    found = re.search(r"serving port=(\d+)", log)
    return int(found[1]) if found else 0


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with Sandbox(commands=("/nps", "/cx", "/csat")) as slack:
        yield Terminal(tmp_path, slack)


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is not set"),
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "Slack does not accept SLACK_BOT_TOKEN (`invalid_auth`)"),
        ({"SLACK_SIGNING_SECRET": ""}, "Set SLACK_APP_TOKEN"),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, "Slack does not accept SLACK_APP_TOKEN"),
        ({"CXBOT_DB": "/nowhere/at/all/cxbot.db"}, "/nowhere/at/all/cxbot.db"),
        ({"CXBOT_DB": "/"}, "Set CXBOT_DB"),
        ({"CXBOT_TIMEZONE": "Mars/Olympus"}, "CXBOT_TIMEZONE: `Mars/Olympus` is not a time zone"),
        ({"CXBOT_LOCALE": "xx"}, "CXBOT_LOCALE: `xx` is not a language"),
        ({"CXBOT_ADMINS": "anna"}, "CXBOT_ADMINS: `anna` is not a person's id"),
        ({"CXBOT_LOG_LEVEL": "LOUD"}, "CXBOT_LOG_LEVEL"),
        ({"PORT": "many"}, "PORT is `many`"),
        ({"SLACK_API_URL": "slack"}, "SLACK_API_URL"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_bad_configuration_ends_with_one_sentence_that_says_what_to_do(
    terminal: Terminal, env: dict[str, str], said: str
) -> None:
    found = terminal.run("serve", "--port", "0", code=1, **env)
    assert said in found
    assert found.startswith("cxbot: ")
    assert found.count("\n") == 1


def test_every_fault_of_the_configuration_is_said_at_once(terminal: Terminal) -> None:
    env = {"CXBOT_TIMEZONE": "Mars/Olympus", "CXBOT_LOCALE": "xx", "PORT": "many", "CXBOT_DB": "/"}
    for command in ("doctor", "serve"):
        said = terminal.run(command, code=1, **env).splitlines()
        assert len(said) == 4
        assert all(any(name in line for line in said) for name in env)


def test_what_cannot_wait_says_that_slack_is_out_of_reach(terminal: Terminal) -> None:
    said = terminal.run("tick", code=1, SLACK_API_URL="http://127.0.0.1:9/api/")
    assert "Slack can't be reached at http://127.0.0.1:9/api/" in said
    terminal.slack.faults.next("auth.test", "500")
    assert "Slack can't be reached" in terminal.run("tick", code=1)


def test_a_second_process_on_the_same_file_is_refused(terminal: Terminal) -> None:
    with terminal.serving():
        assert "Another cxbot is already sending" in terminal.run("serve", "--port", "0", code=1)
        assert "Another cxbot is already sending" in terminal.run("tick", code=1)
        assert "Added Support" in terminal.add_team()
        assert "Support" in terminal.run("team", "list")


def test_a_port_in_use_is_named(terminal: Terminal) -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port} can't be used" in terminal.run("serve", "--port", str(port), code=1)
        assert f"Port {port} can't be used" in terminal.run("demo", "--port", str(port), code=1)


def test_serve_starts_without_a_team_and_sees_one_made_beside_it(terminal: Terminal) -> None:
    with terminal.serving():
        reply = terminal.slack.command(terminal.lead, terminal.channel, "/nps", "week")
        assert "No answers" in reply.body["text"]
        terminal.add_team("--delay", "0")
        thread = terminal.slack.post(terminal.customer, terminal.source, "Help!")
        terminal.slack.react(terminal.lead, terminal.source, thread, "ballot_box_with_ballot")
        survey = terminal.slack.wait_for(lambda: _survey(terminal, thread), timeout=15)
        assert len(buttons(survey)) == 7


def _survey(terminal: Terminal, thread: str) -> dict[str, object] | None:
    found = [each for each in terminal.slack.messages(terminal.source, thread) if buttons(each)]
    return found[0] if found else None


def test_answers_survive_a_kill(terminal: Terminal) -> None:
    terminal.add_team("--delay", "0")
    thread = terminal.slack.post(terminal.customer, terminal.source, "Help!")
    with terminal.serving():
        terminal.slack.react(terminal.lead, terminal.source, thread, "ballot_box_with_ballot")
        survey = terminal.slack.wait_for(lambda: _survey(terminal, thread), timeout=15)
    process = terminal.start()
    assert terminal.slack.click(terminal.customer, terminal.source, survey["ts"], label="4").status == 200
    process.kill()
    process.wait(10)
    report = json.loads(terminal.run("report", "csat", "week", "--json"))
    assert (report["n"], report["value"]) == (1, 100.0)


def test_tick_takes_its_time_from_the_command_line(terminal: Terminal) -> None:
    terminal.add_team("--survey", "nps")
    thread = terminal.slack.post(terminal.customer, terminal.source, "Help!")
    with terminal.serving():
        terminal.slack.react(terminal.lead, terminal.source, thread, "ballot_box_with_ballot")
        terminal.slack.settle()
    terminal.run("tick")
    assert _survey(terminal, thread) is None
    later = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 660)) + "Z"
    terminal.run("tick", "--at", later)
    survey = _survey(terminal, thread)
    assert survey is not None
    assert [each["text"]["text"] for each in buttons(survey)][:11] == [str(score) for score in range(11)]
    terminal.run("tick", "--at", later)
    assert len([each for each in terminal.slack.messages(terminal.source, thread) if buttons(each)]) == 1


def test_a_digest_is_shown_and_posted_once(terminal: Terminal) -> None:
    terminal.add_team()
    assert "No answers yet: nobody has been asked." in terminal.run("digest", "support")
    found = json.loads(terminal.run("digest", "Support", "--json", "--week", "2026-W46"))
    assert (found["week"], found["report"]["n"], len(found["trend"])) == ("2026-W46", 0, 12)
    assert "posting" in terminal.run("digest", "Support", "--post")
    assert "posted already" in terminal.run("digest", "Support", "--post")
    posted = [each for each in terminal.slack.messages(terminal.channel) if "No answers" in each["text"]]
    assert posted
    assert "There is no team “Sales”" in terminal.run("digest", "Sales", code=2)
    assert "2026-W60" in terminal.run("digest", "Support", "--week", "2026-W60", code=2)


def test_teams_are_added_listed_changed_and_removed(terminal: Terminal) -> None:
    terminal.run("migrate")
    assert "No team yet" in terminal.run("team", "list")
    terminal.add_team("--locale", "fi", "--digest", "tue 08:30", "--delay", "0", "--reaction", ":eyes:")
    shown = terminal.run("team", "list")
    for text in ("tue 08:30 Europe/Helsinki, fi", "0 minutes after :eyes:", terminal.lead):
        assert text in shown
    assert "closed by silence off" in terminal.run("team", "list")
    terminal.run("team", "set", "support", "--survey", "ces", "--lead", "", "--silence", "4 h")
    assert "closed by silence 4h" in terminal.run("team", "list")
    assert "ces" in terminal.run("team", "list")
    assert terminal.lead not in terminal.run("team", "list")
    terminal.run("team", "remove", "Support")
    assert "No team yet" in terminal.run("team", "list")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("team", "add", "A"), "--channel"),
        (("team", "add", "A", "--channel", "general"), "is not a channel. Write its name with #"),
        (("team", "add", "A", "--channel", "C1", "--lead", "@anna"), "is neither a person nor a user group"),
        (("team", "add", "A", "--channel", "C1", "--timezone", "Moon"), "not a time zone"),
        (("team", "add", "A", "--channel", "C1", "--digest", "noon"), "mon 09:00"),
        (("team", "add", "A", "--channel", "C1", "--hours", "sometimes"), "mon-fri 8-18"),
        (("team", "add", "A", "--channel", "C1", "--delay", "-1"), "minutes"),
        (("team", "add", "A", "--channel", "C1", "--silence", "81h"), "from `1h` to `80h`, or `off`"),
        (("team", "set", "A", "--survey", "nps"), "no team"),
        (("report", "nps", "wek"), "`wek` is not a period. Try `/nps week`."),
        (("report", "nps", "week", "--at", "noon"), "not a time"),
        (("report", "stars"), "stars"),
        (("tick", "--at", "later"), "not a time"),
        (("manifest", "--with", "magic"), "not a feature"),
        (("serve", "--port", "99999999"), "--port"),
        (("nonsense",), "No such command"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_use_exits_with_2_and_says_what_to_write(
    terminal: Terminal, arguments: tuple[str, ...], said: str
) -> None:
    terminal.run("migrate")
    assert said in terminal.run(*arguments, code=2)


def test_errors_speak_the_language_of_the_settings(terminal: Terminal) -> None:
    terminal.run("migrate")
    said = terminal.run("report", "nps", "wek", code=2, CXBOT_LOCALE="fi")
    assert "`wek`" in said
    assert "is not a period" not in said


def test_the_doctor_finds_what_is_wrong(terminal: Terminal) -> None:
    lone = terminal.slack.add_channel("lone", bot_member=False)
    terminal.run("team", "add", "Support", "--channel", terminal.source, "--leads-channel", lone,
                 "--lead", terminal.lead)  # fmt: skip
    ill = terminal.run("doctor", code=1)
    assert "bot token: accepted" in ill
    assert f"FIX  team Support, channel {terminal.source}: has guests or people of other companies" in ill
    assert f"FIX  team Support, channel {lone}: the bot is not in it" in ill
    terminal.run("team", "set", "Support", "--channel", terminal.channel, "--leads-channel", "")
    well = terminal.run("doctor")
    assert "FIX" not in well
    assert terminal.slack.bot_token not in well


def test_the_demo_plays_its_story(terminal: Terminal) -> None:
    told = terminal.process("demo", "--once")
    assert "Every step happened." in told
    assert "Take it" in told


def test_settings_come_from_a_file_too(terminal: Terminal) -> None:
    (terminal.folder / ".env").write_text("CXBOT_DB=other.db\nCXBOT_TIMEZONE=Asia/Kathmandu\n", encoding="utf-8")
    del terminal.env["CXBOT_DB"], terminal.env["CXBOT_TIMEZONE"]
    terminal.run("migrate")
    report = json.loads(terminal.run("report", "nps", "--json", "--at", "2026-11-18T12:00"))
    assert report["period"]["timezone"] == "Asia/Kathmandu"
    assert (terminal.folder / "other.db").exists()


def test_messages_that_were_given_up_are_listed_and_sent_again(terminal: Terminal) -> None:
    terminal.run("migrate")
    assert terminal.run("outbox", "list") == "Nothing.\n"
    database = Database(terminal.database)
    now = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
    for state in ("unknown", "dead"):
        database.write(lambda db, state=state: (  # type: ignore[misc]
            outbox.put(db, "admin_note", "unknown", now, once=state),
            run(db, "UPDATE outbox SET state = :state, target = 'C1:', tried_at = :now, error = 'timeout' "
                    "WHERE key = :key", state=state, now=stamp(now), key=f"admin_note:unknown:{state}"),
        ))  # fmt: skip
    database.close()
    listed = terminal.run("outbox", "list").splitlines()
    assert listed == [
        "1  unknown  admin_note unknown in C1  tried 2026-11-18 08:00 UTC  timeout",
        "2  dead  admin_note unknown in C1  tried 2026-11-18 08:00 UTC  timeout",
    ]
    assert "1 is given up" in terminal.run("outbox", "give-up", "1")
    assert "2 is sent again" in terminal.run("outbox", "retry", "2")
    assert "There is no message 2 that" in terminal.run("outbox", "retry", "2", code=2)
    found = json.loads(terminal.run("outbox", "list", "--json", "--state", "due", "--state", "dead"))
    assert [(task["number"], task["state"]) for task in found] == [(2, "due"), (1, "dead")]


def test_a_process_runs_this_working_copy(terminal: Terminal) -> None:
    code = "import cxbot; print(cxbot.__file__)"
    done = subprocess.run([sys.executable, "-P", "-c", code], env=terminal.env, capture_output=True, check=True)
    assert done.stdout.decode().strip() == cxbot.__file__


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--version",), 0, "cxbot, version 0.1.0"),
        (("--help",), 0, "asks customers one small question"),
        (("manifest",), 0, "slash_commands"),
        (("report", "nps", "week"), 0, "No answers"),
        (("report", "nps", "wek"), 2, "cxbot: `wek` is not a period. Try `/nps week`."),
        (("nonsense",), 2, "No such command"),
        (("serve",), 1, "cxbot: Set SLACK_APP_TOKEN"),
        (("migrate",), 0, "is up to date"),
        (("backup", "copy.db"), 0, "copy.db"),
        (("doctor",), 0, "bot token: accepted"),
        (("tick",), 0, ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_commands_say_the_same_as_processes(
    terminal: Terminal, arguments: tuple[str, ...], code: int, said: str
) -> None:
    env = {"SLACK_SIGNING_SECRET": ""} if arguments == ("serve",) else {}
    terminal.run("migrate")
    assert said in terminal.process(*arguments, code=code, **env)


def test_a_reader_that_goes_away_ends_an_export_quietly(terminal: Terminal) -> None:
    rows = [(f"{n}", "nps", 9, "2026-11-18T08:00:00Z") for n in range(5000)]
    terminal.run("import", terminal.write([("external_id", "metric", "score", "answered_at"), *rows]))
    process = subprocess.Popen(
        [*CXBOT, "export", "answers"], env=terminal.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.read(10) == b"external_i"
    process.stdout.close()
    assert process.wait(30) == 1
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.parametrize(
    ("hours", "digest", "shown"),
    [
        ("ma-pe 8-18", "ma 09:00", ("mon 09:00", "mon-fri 8-18")),
        ("Ma–To 8–16", "kuukausittain 8:30", ("monthly 8:30", "mon–thu 8–16")),
        ("aina", "pois", ("off", "always")),
        ("mon-fri 8-18", "tue 10:00", ("tue 10:00", "mon-fri 8-18")),
    ],
)
def test_hours_are_taken_in_the_catalogues_languages(
    terminal: Terminal, hours: str, digest: str, shown: tuple[str, str]
) -> None:
    terminal.add_team("--hours", hours, "--digest", digest)
    listed = terminal.run("team", "list")
    assert all(text.casefold() in listed.casefold() for text in shown)


def test_channels_and_people_are_found_by_name(terminal: Terminal) -> None:
    secret = terminal.slack.add_channel("secret", members=[terminal.lead], private=True)
    address = str(terminal.slack.workspace.world.users[terminal.lead].email)
    leads = ["--leads-channel", "#secret", "--lead", address]
    said = terminal.run("team", "add", "Support", "--channel", "#team", "--source-channel", "#HELP", *leads)
    assert "Added Support." in said
    shown = terminal.run("team", "list")
    for found in (terminal.channel, terminal.source, secret, terminal.lead):
        assert found in shown


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--channel", "#taem"), "Did you mean #team?"),
        (("--channel", "#xyzzy"), "There is no channel `#xyzzy` that the bot can see."),
        (("--channel", "#team", "--lead", "nobody@acme.example"), "Slack knows nobody with the address"),
    ],
)
def test_a_name_that_slack_does_not_know_makes_no_team(terminal: Terminal, options: tuple[str, ...], said: str) -> None:
    assert said in terminal.run("team", "add", "Support", *options, code=2)
    assert "No team yet" in terminal.run("team", "list")


def test_without_a_token_or_a_scope_a_name_says_what_to_do(tmp_path: Path) -> None:
    with Sandbox(scopes=set(ALL_SCOPES) - {"users:read.email"}) as slack:
        terminal = Terminal(tmp_path, slack)
        named = ("team", "add", "Support", "--channel", "#team", "--lead", "lead@acme.example")
        assert "feature email" in terminal.run(*named, code=2)
        terminal.env["SLACK_BOT_TOKEN"] = ""
        assert "set SLACK_BOT_TOKEN, or give the id" in terminal.run(*named, code=2)

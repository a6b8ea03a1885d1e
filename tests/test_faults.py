"""Random programs of people, time and faults: every message is sent once, or somebody is told; also if the file is lost
and a back-up restored.

`make test-faults` runs many more. Hypothesis prints the shortest program that fails.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxbot.slack.messages.parts import ids
from cxbot.slack.outgoing.sending import EVENT_TYPE
from cxbot.store.engine.statements import rows
from tests.desk import Desk
from tests.digests import digests
from tests.office import REACTION, Office, labels

RUNS = int(os.environ.get("CXBOT_FAULT_RUNS", "200"))
POSTS = ("chat.postMessage",) * 12  # what matters most fails most often
METHODS = (
    *POSTS, "chat.update", "chat.postEphemeral", "chat.delete", "conversations.open", "conversations.history",
    "conversations.replies", "users.info", "reactions.get", "conversations.info", "conversations.members",
    "files.getUploadURLExternal", "files.completeUploadExternal", "functions.completeSuccess", "upload", "response_url",
    "*",
)  # fmt: skip
KINDS = ("drop_before", "drop_after", "500", "html_200", "half_body", "rate_limited", "bare")
HELSINKI = ZoneInfo("Europe/Helsinki")

faults = st.tuples(
    st.just("fault"), st.sampled_from(METHODS), st.sampled_from(KINDS), st.integers(min_value=1, max_value=3)
)
STEPS = st.one_of(
    st.sampled_from([("close",), ("ask",), ("step",)]),
    st.sampled_from([("click", "1"), ("click", "5"), ("click", "2"), ("click", "Not now"), ("digest",), ("ask",)]),
    st.sampled_from([("revoke",), ("unrevoke",), ("restart",), ("pause",), ("resume",), ("ask",)]),
    st.tuples(st.just("wait"), st.sampled_from([1, 11, 11, 95, 700, 3000])),
    faults,
    faults,
)


class Run:
    """One program in one office."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.customers = 0

    def step(self, name: str, *arguments: object) -> None:
        """Carry out one step. What Slack refuses to a person is no failure of the bot."""
        steps: dict[str, Callable[..., object]] = {
            "close": self.close, "ask": self.ask, "step": self.run_step, "click": self.click, "digest": self.digest,
            "wait": self.wait, "restart": self.restart, "back_up": self.back_up, "restore": self.restore,
            "fault": self.fault,
            "revoke": lambda: self.revoke(gone=True),
            "unrevoke": lambda: self.revoke(gone=False), "pause": lambda: self.say("/cx", "pause"),
            "resume": lambda: self.say("/cx", "resume"),
        }  # fmt: skip
        steps[name](*arguments)

    def customer(self) -> str:
        self.customers += 1
        person: str = self.office.slack.add_user(f"customer{self.customers}", external=True)
        self.office.slack.join(self.office.acme, person)
        return person

    def close(self) -> None:
        thread = self.office.conversation(customer=self.customer())
        self.office.slack.react(self.office.anna, self.office.acme, thread, REACTION)
        self.office.slack.settle()

    def ask(self) -> None:
        self.say("/cx", f"ask <@{self.customer()}>")

    def run_step(self) -> None:
        """A workflow comes to the step; Slack sends none to an app without a token."""
        if not self.office.slack.workspace.app.revoked:
            self.office.slack.run_step(ids.ASK_STEP, customer=self.customer())
            self.office.slack.settle()

    def say(self, command: str, text: str) -> None:
        self.office.slack.command(self.office.leo, self.office.team_channel, command, text)

    def digest(self) -> None:
        self.say("/cx", "digest post")

    def click(self, label: str) -> None:
        """The invited person presses a button of the newest survey that is there."""
        for invitation in reversed(self.office.invitations()):
            channel, ts = invitation["message_channel"], invitation["message_ts"]
            if not ts:
                continue
            shown = [each for each in self.office.slack.messages(channel) if each["ts"] == ts]
            if shown and label in labels(shown[0]):
                self.office.slack.click(invitation["customer"], channel, ts, label=label)
                return

    def wait(self, minutes: int) -> None:
        self.office.settle()  # two days don't pass while a call is being made
        self.office.clock_seconds(minutes * 60)
        self.office.service.tick()
        self.office.slack.settle()

    def back_up(self) -> None:
        Desk(self.office.path.parent).run("backup", "copy.db", "--at", self.office.now().isoformat())

    def restore(self) -> None:
        """The file is lost, and made of the back-up again."""
        revoked, self.office.slack.workspace.app.revoked = self.office.slack.workspace.app.revoked, False
        self.office.service.stop()
        self.office.slack.faults.clear()
        for path in self.office.path.parent.glob("cxbot.db*"):
            path.unlink()
        Desk(self.office.path.parent).run("restore", "copy.db", "--at", self.office.now().isoformat())
        self.office.service = self.office.serve()
        self.office.slack.workspace.app.revoked = revoked

    def restart(self) -> None:
        revoked, self.office.slack.workspace.app.revoked = self.office.slack.workspace.app.revoked, False
        self.office.service.stop()
        self.office.slack.faults.clear()  # nobody can start a bot while Slack does not answer
        self.office.service = self.office.serve()
        self.office.slack.workspace.app.revoked = revoked

    def fault(self, method: str, kind: str, times: int) -> None:
        self.office.slack.faults.next(method, kind, times=times, **({"retry_after": 1} if "rate" in kind else {}))

    def revoke(self, *, gone: bool) -> None:
        self.office.slack.workspace.app.revoked = gone

    def end(self) -> None:
        """Slack works again, and time passes until nothing is left to do."""
        self.revoke(gone=False)
        self.office.slack.faults.clear()
        self.say("/cx", "resume")
        for _ in range(20):  # over a weekend
            self.office.slack.faults.clear()
            self.office.settle()  # hours don't pass while a call is being made
            self.office.pass_time(hours=4)
            self.office.slack.wait_for(lambda: not self._looking() or None)

    def _looking(self) -> bool:
        now = self.office.now()
        return any(task.due_at <= now for task in self.office.unknown())


def visible(office: Office) -> list[dict[str, object]]:
    """Everything that the bot has posted and that is still there."""
    channels = list(office.slack.workspace.world.channels)
    return [each for channel in channels for each in office.slack.messages(channel) if each.get("bot_id")]


def check(office: Office) -> None:
    """What has to hold when a program is over."""
    tasks = rows(office.database.reader, "SELECT * FROM outbox")
    left = Counter((task["kind"], task["state"]) for task in tasks if task["state"] in ("due", "sending", "unknown"))
    assert not left, left
    references = Counter(
        each["metadata"]["event_payload"]["reference"]  # type: ignore[index]
        for each in visible(office)
        if (each.get("metadata") or {}).get("event_type") == EVENT_TYPE  # type: ignore[attr-defined]
        # After a restore, an admin may hear of other things than before on the same day.
        and not any(word in str(each["text"]) for word in ("I gave up", "I do not send"))
    )
    assert not [reference for reference, n in references.items() if n > 1], "a message is there twice"
    for invitation in office.invitations():
        assert invitation["state"] not in ("sending", "due"), invitation
        surveys = [
            each for each in office.slack.messages(invitation["message_channel"] or office.acme)
            if each["ts"] == invitation["message_ts"]
        ]  # fmt: skip
        assert len(surveys) <= 1
        if surveys and invitation["asked_via"] in ("reaction", "workflow"):
            at = datetime.fromtimestamp(float(invitation["message_ts"]), UTC).astimezone(HELSINKI)
            assert at.weekday() < 5, at
            assert 8 <= at.hour < 18, at
    told = [text for person in (office.ada, office.leo) for text in office.told(person)]
    lost = [task for task in tasks if task["state"] == "dead" and task["error"].startswith("unknown outcome")]
    assert not lost or any("I gave up" in text for text in told), lost
    weeks = Counter(each["text"].splitlines()[0] for each in digests(office))
    assert not [week for week, n in weeks.items() if n > 1], weeks


@settings(max_examples=RUNS, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(st.lists(STEPS, min_size=4, max_size=16))
def test_every_message_is_sent_once_or_somebody_is_told(program: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder, Office(Path(folder)) as office:
        run = Run(office)
        for name, *arguments in program:
            run.step(str(name), *arguments)
        run.end()
        check(office)
        # After a restore, the steps of which the file has never heard stay where they are.
        steps = office.slack.workspace.world.executions.values()
        assert all(step.state == "completed" for step in steps), "a workflow waits for ever"


@settings(max_examples=max(1, RUNS // 3), deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(
    st.lists(STEPS, max_size=8),
    st.lists(STEPS.filter(lambda step: step != ("digest",)), max_size=8),  # nobody can know of a digest on demand
    st.lists(STEPS, max_size=4),
)
def test_a_restored_back_up_sends_nothing_twice(
    before: list[tuple[object, ...]], lost: list[tuple[object, ...]], after: list[tuple[object, ...]]
) -> None:
    with tempfile.TemporaryDirectory() as folder, Office(Path(folder)) as office:
        run = Run(office)
        for step in (*before, ("back_up",), *lost, ("restore",), *after):
            run.step(str(step[0]), *step[1:])
        run.end()
        check(office)

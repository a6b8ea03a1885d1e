"""Random programs of a helpdesk, its customers and time: every close has one outcome, and nobody is asked wrongly.

Deliveries come twice and out of order, the bot restarts, teams pause, customers answer and opt out, and two turn out
to be one person.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxbot.core.invitations.funnel import funnel
from cxbot.core.invitations.outcomes import OUTCOMES
from cxbot.service import ledger
from cxbot.store.engine.statements import rows
from cxbot.store.records import conversations, invitations
from tests.office import labels
from tests.web.test_hooks import Desk

HELSINKI = ZoneInfo("Europe/Helsinki")
SHARED = "shared@customer.example"
CASES = ("C-1", "C-2", "C-3")
STEPS = st.one_of(
    st.tuples(st.sampled_from(["opened", "closed", "closed", "closed", "reopened", "merged"]), st.sampled_from(CASES),
              st.integers(0, 3), st.sampled_from([0, 0, -30, -600])),
    st.tuples(st.just("wait"), st.sampled_from([1, 11, 60, 700, 3000, 44000])),
    st.tuples(st.just("answer"), st.sampled_from(["1", "5", "Not now", "Don't ask me again"])),
    st.sampled_from([("again",), ("pause",), ("resume",), ("restart",), ("erase", 0), ("sample", 0), ("sample", 100)]),
)  # fmt: skip


class Run:
    """One program at one helpdesk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        other = desk.slack.add_user("other", external=True)
        desk.slack.join(desk.acme, other)
        self.people = [desk.carla, other]
        alone = [{"slack": person} for person in self.people]
        self.told = [*alone, *({**each, "email": SHARED} for each in alone)]  # the last two are one customer
        self.begun = desk.now()
        self.last: tuple[str, dict[str, object]] | None = None

    def step(self, name: str, *given: object) -> None:
        steps: dict[str, Callable[..., object]] = {
            "wait": self.wait,
            "answer": self.answer, "again": self.again, "pause": lambda: self.say("pause"),
            "resume": lambda: self.say("resume"), "restart": self.desk.restart, "erase": self.erase,
            "sample": lambda percent: self.desk.change_team(sampling=str(percent)),
        }  # fmt: skip
        if name in steps:
            steps[name](*given)
        else:
            self.tell(name, *given)  # type: ignore[arg-type]
        self.check()

    def wait(self, minutes: int) -> None:
        self.desk.settle()  # hours don't pass while a call is being made
        self.desk.pass_time(minutes=minutes)

    def tell(self, meaning: str, case: str, person: int, seconds: int) -> None:
        data: dict[str, object] = {"id": case, "at": timedelta(seconds=seconds)}
        data |= {"merged_into": "C-9"} if meaning == "merged" else {"customer": self.told[person]}
        key = f"msg_{meaning}{case}{self.desk.told}"
        self.last = (f"conversation.{meaning}", {**data, "key": key})
        self.again()

    def again(self) -> None:
        if self.last is not None:
            self.desk.settle()  # a survey on its way can't be called back
            status, answer = self.desk.tell(self.last[0], **self.last[1])  # type: ignore[arg-type]
            assert status in (200, 202), answer

    def erase(self, person: int) -> None:
        assert self.desk.tell("person.erase", customer={"slack": self.people[person]})[0] in (200, 202)

    def say(self, word: str) -> None:
        self.desk.command(self.desk.leo, "/cx", word)

    def answer(self, label: str) -> None:
        for person in self.people:
            channel = self.desk.slack.dm(person)
            found = [each for each in self.desk.slack.messages(channel) if label in labels(each)]
            if found:
                self.desk.click(person, channel, found[-1]["ts"], label)

    def check(self) -> None:
        db = self.desk.database.reader
        for kept in rows(db, "SELECT source_id, closes, state FROM interactions"):
            interaction = conversations.find(db, "desk", kept["source_id"])
            assert interaction is not None
            about = invitations.of_interaction(db, interaction.id)
            assert len(about) == interaction.closes, "one outcome for each close"
            if interaction.state == "open":
                waiting = [each for each in about if each.state in ("due", "sending")]
                assert waiting == [], "nobody is asked about a conversation that goes on"
            for story in ledger.why(db, kept["source_id"]) if about else []:
                assert story.outcome in OUTCOMES
                assert story.past, "every outcome has a history"
        now = self.desk.now()
        found = funnel(invitations.tallies(db, None, now - timedelta(days=400), now + timedelta(days=1)))
        assert sum(found.outcomes.values()) == found.closed
        assert found.closed >= found.eligible >= found.asked >= found.answered
        self.check_sent()

    def check_sent(self) -> None:
        sent: Counter[str] = Counter()
        for each in rows(
            self.desk.database.reader, "SELECT address, sent_at FROM invitations WHERE sent_at IS NOT NULL"
        ):
            sent[each["address"]] += 1
        weeks = 1 + (self.desk.now() - self.begun).days // 30
        assert all(n <= weeks for address, n in sent.items() if address), sent  # "" was erased
        for call in self.desk.slack.calls:
            if call.method == "chat.postMessage" and "Not now" in str(call.args.get("blocks")):
                local = call.at.astimezone(HELSINKI)
                assert (local.weekday() < 5, 8 <= local.hour < 18) == (True, True), local


@given(st.lists(STEPS, max_size=20))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
def test_every_close_has_one_outcome_and_nobody_is_asked_who_must_not_be(program: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder, Desk(Path(folder)) as desk:
        desk.add_hook()
        run = Run(desk)
        for step in program:
            run.step(*step)  # type: ignore[arg-type]

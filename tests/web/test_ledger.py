"""Random programs of a helpdesk, its customers and time: every close has one outcome, and nobody is asked wrongly.

Deliveries come twice and out of order, the bot restarts, teams pause, name holidays, incidents and conditions, and
remind; customers answer and opt out, in Slack and by e-mail, and two turn out to be one person.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cxbot.core.invitations.funnel import funnel
from cxbot.core.invitations.outcomes import OUTCOMES
from cxbot.core.invitations.rules import Invitation
from cxbot.service import ledger
from cxbot.service.ledger import Story
from cxbot.store.engine.statements import rows
from cxbot.store.engine.times import moment
from cxbot.store.files.imports import import_file
from cxbot.store.records import conversations, invitations
from cxbot.store.reports import funnel_facts
from tests.desk import Desk as Terminal
from tests.desk import source_of
from tests.mail.server import MailServer, mail_server
from tests.office import labels
from tests.web.test_hooks import Desk

HELSINKI = ZoneInfo("Europe/Helsinki")
SHARED = "shared@customer.example"
CASES = ("C-1", "C-2", "C-3")
STEPS = st.one_of(
    st.tuples(st.sampled_from(["opened", "closed", "closed", "closed", "reopened", "merged"]), st.sampled_from(CASES),
              st.integers(0, 4), st.sampled_from([0, 0, -30, -600]), st.sampled_from(["login", "billing"])),
    st.tuples(st.just("file"), st.sampled_from(CASES), st.integers(0, 2), st.sampled_from([0, 1, 20, 100])),
    st.tuples(st.just("wait"), st.sampled_from([1, 11, 60, 700, 3000, 44000])),
    st.tuples(st.just("answer"), st.sampled_from(["1", "5", "Not now", "Don't ask me again"])),
    st.sampled_from([("again",), ("pause",), ("resume",), ("restart",), ("erase", 0), ("sample", 0), ("sample", 100)]),
    st.sampled_from([("rule", "topic:login"), ("rule", "-topic:login"), ("rule", ""), ("holidays", 2), ("holidays", 0),
                     ("remind", 2), ("remind", 1), ("remind", 0), ("incident", 1), ("incident", 2)]),
)  # fmt: skip


class Run:
    """One program at one helpdesk."""

    def __init__(self, desk: Desk, server: MailServer) -> None:
        self.desk = desk
        self.server = server
        self.rule = ""
        self.closed: set[date] = set()
        self.incidents: set[date] = set()
        self.checked = 0  # calls
        self.mails_checked = 0
        other = desk.slack.add_user("other", external=True)
        desk.slack.join(desk.acme, other)
        self.people = [desk.carla, other, "dora@sample.example"]
        alone = [{"email" if "@" in person else "slack": person} for person in self.people]
        self.told = [*alone, *({**each, "email": SHARED} for each in alone[:2])]  # the last two are one customer
        self.begun = desk.now()
        self.last: tuple[str, dict[str, object]] | None = None

    def step(self, name: str, *given: object) -> None:
        steps: dict[str, Callable[..., object]] = {
            "wait": self.wait, "file": self.bring,
            "answer": self.answer, "again": self.again, "pause": lambda: self.say("pause"),
            "resume": lambda: self.say("resume"), "restart": self.desk.restart, "erase": self.erase,
            "sample": lambda percent: self.desk.change_team(sampling=str(percent)),
            "remind": lambda days: self.desk.change_team(reminder_days=str(days or "off")),
            "rule": self.set_rule, "holidays": self.set_holidays, "incident": self.add_incident,
        }  # fmt: skip
        if name in steps:
            steps[name](*given)
        else:
            self.tell(name, *given)  # type: ignore[arg-type]
        self.check()

    def wait(self, minutes: int) -> None:
        self.desk.settle()  # hours don't pass while a call is being made
        self.desk.pass_time(minutes=minutes)

    def set_rule(self, rule: str) -> None:
        self.rule = rule
        self.desk.change_team(conditions=rule)

    def set_holidays(self, days: int) -> None:
        """The next days are holidays, or none is any more."""
        self.desk.settle()
        today = self.desk.now().astimezone(HELSINKI).date()
        self.closed = {today + timedelta(days=each) for each in range(1, days + 1)}
        self.desk.change_team(holidays=", ".join(map(str, sorted(self.closed))))

    def add_incident(self, ahead: int) -> None:
        """One of the next days is one of a known incident."""
        self.desk.settle()
        day = self.desk.now().astimezone(HELSINKI).date() + timedelta(days=ahead)
        if day not in self.incidents:
            self.incidents.add(day)
            said = self.desk.command(self.desk.leo, "/cx", f'incident "outage {day}" {day}..{day}')
            assert "nobody is asked" in said, said

    def tell(self, meaning: str, case: str, person: int, seconds: int, topic: str) -> None:
        data: dict[str, object] = {"id": case, "at": timedelta(seconds=seconds), "topic": topic}
        data |= {"customer": self.told[person]}
        if meaning == "merged":
            data = {"id": case, "at": timedelta(seconds=seconds), "merged_into": "C-9"}
        key = f"msg_{meaning}{case}{self.desk.told}"
        self.last = (f"conversation.{meaning}", {**data, "key": key})
        status, outcome = self.again()
        if meaning == "closed" and status == 202:
            met = {"": True, "topic:login": topic == "login", "-topic:login": topic != "login"}[self.rule]
            assert met or outcome == "not eligible", "a condition that is not met excludes a close"
            assert not met or outcome != "not eligible", "and nothing else here does"

    def bring(self, case: str, person: int, hours_ago: int) -> None:
        """A file tells that a conversation was closed, too."""
        self.desk.settle()
        closed_at = self.desk.now() - timedelta(hours=hours_ago)
        header = ("external_id", "closed_at", "customer", "team", "handling_seconds")
        line = (case, closed_at.isoformat(), self.people[person], "Support", "60")
        file = Terminal(self.desk.path.parent).write([header, line])
        # The command knows no other time than the present, and the programs run ahead of it.
        import_file(self.desk.database, source_of(self.desk.path.parent / file), self.desk.now())

    def again(self) -> tuple[int, str]:
        if self.last is None:
            return 0, ""
        self.desk.settle()  # a survey on its way can't be called back
        status, answer = self.desk.tell(self.last[0], **self.last[1])  # type: ignore[arg-type]
        assert status in (200, 202), answer
        return status, str(answer["outcome"])

    def erase(self, person: int) -> None:
        assert self.desk.tell("person.erase", customer={"slack": self.people[person]})[0] in (200, 202)

    def say(self, word: str) -> None:
        self.desk.command(self.desk.leo, "/cx", word)

    def answer(self, label: str) -> None:
        for person in self.people[:2]:
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
            self.check_figures(kept["source_id"], about)
            if interaction.state == "open":
                waiting = [each for each in about if each.state in ("due", "sending")]
                assert waiting == [], "nobody is asked about a conversation that goes on"
            for story in ledger.why(db, kept["source_id"]) if about else []:
                assert story.outcome in OUTCOMES
                assert story.past, "every outcome has a history"
                self.check_reminded(story)
        now = self.desk.now()
        found = funnel(funnel_facts.tallies(db, None, now - timedelta(days=400), now + timedelta(days=1)))
        assert sum(found.outcomes.values()) == found.closed
        assert found.closed >= found.eligible >= found.asked >= found.answered
        self.check_sent()

    def check_figures(self, case: str, about: Sequence[Invitation]) -> None:
        """Each close is in the figures once; one that a file tells of is apart only if it is another one."""
        keys = ", ".join(f"'{each}'" for each in [case, *(each.key for each in about)])
        sql = f"SELECT DISTINCT external_id, closed_at FROM ratings WHERE external_id IN ({keys}) AND closed_at != ''"
        found = {each["external_id"]: moment(each["closed_at"]) for each in rows(self.desk.database.reader, sql)}
        brought = found.pop(case, None)
        missing = [each.closed_at for each in about if each.key not in found]
        assert len(missing) <= (brought is not None), "each close is in the figures once"
        assert all(abs(brought - at) <= timedelta(days=1) for at in missing if brought)

    def check_sent(self) -> None:
        sent: Counter[str] = Counter()
        for each in rows(
            self.desk.database.reader, "SELECT address, sent_at FROM invitations WHERE sent_at IS NOT NULL"
        ):
            sent[each["address"]] += 1
        weeks = 1 + (self.desk.now() - self.begun).days // 30
        assert all(n <= weeks for address, n in sent.items() if address), sent  # "" was erased
        self.check_hours()

    def check_reminded(self, story: Story) -> None:
        reminded = [at for at, state, _ in story.past if state == "reminded"]
        assert len(reminded) <= 1, "nobody is reminded twice"
        assert not reminded or story.invitation.delivery in ("dm", "email")
        over = [at for at, state, _ in story.past if state in ("answered", "declined", "expired", "withdrawn")]
        assert not reminded or all(at >= reminded[0] for at in over), "nobody is reminded of what is over"

    def check_hours(self) -> None:
        """Nothing that a customer gets goes out at night or on a holiday; a survey is reminded of once."""
        calls = self.desk.slack.calls
        to_customers = [
            call for call in calls if call.method == "chat.postMessage"
            and ("Not now" in str(call.args.get("blocks")) or str(call.args.get("text")).startswith("A reminder"))
        ]  # fmt: skip
        mails = list(self.server.mails)
        went = [call.at for call in to_customers[self.checked :]]
        went += [mail["Date"].datetime for mail in mails[self.mails_checked :]]
        self.checked, self.mails_checked = len(to_customers), len(mails)
        for at in went:
            local = at.astimezone(HELSINKI)
            assert (local.weekday() < 5, 8 <= local.hour < 18) == (True, True), local
            assert local.date() not in self.closed, "nobody is asked or reminded on a holiday"
            assert local.date() not in self.incidents, "nor during an incident"
        reminders = [call for call in to_customers if str(call.args["text"]).startswith("A reminder")]
        assert all(call.args["channel"].startswith("D") and not call.args.get("thread_ts") for call in reminders)
        of = Counter([str(call.args["text"]) for call in reminders] + [str(mail["References"]) for mail in mails])
        assert all(n == 1 for what, n in of.items() if what != "None"), of


CLOSED = [("closed", case, person, 0, "login") for person, case in enumerate(CASES)]


@example([("remind", 1), *CLOSED, ("wait", 11), ("wait", 3000), ("answer", "5"), ("wait", 3000)])
@example([("remind", 1), ("holidays", 2), *CLOSED, ("wait", 700), ("wait", 3000), ("holidays", 2), ("wait", 3000)])
@example(
    [("opened", "C-1", 0, 0, "login"), *[(each, "C-1", 0, 0, "login") for each in ("closed", "reopened", "closed")]]
)
@given(st.lists(STEPS, max_size=20))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
def test_every_close_has_one_outcome_and_nobody_is_asked_who_must_not_be(program: list[tuple[object, ...]]) -> None:
    with mail_server() as server, tempfile.TemporaryDirectory() as folder, Desk(Path(folder)) as desk:
        desk.reach_by_mail(server.url)
        desk.add_hook()
        run = Run(desk, server)
        for step in program:
            run.step(*step)  # type: ignore[arg-type]

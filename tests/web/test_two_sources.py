"""One conversation that two sources name: a helpdesk by the link of its thread, and what happens in Slack."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxbot.store.engine.statements import rows
from tests.office import labels
from tests.web.test_hooks import Desk

EMAIL = "carla@customer.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path, reaction_means="close", throttle_days="0") as made:
        made.add_hook()
        yield made


def link(desk: Desk, ts: str, thread: str = "", channel: str = "") -> str:
    """The link of a message, as Slack copies it."""
    where = channel or desk.acme
    rest = f"?thread_ts={thread}&cid={where}" if thread else ""
    return f"https://sample.slack.com/archives/{where}/p{ts.replace('.', '')}{rest}"


def tell(desk: Desk, what: str, conversation: str, **data: Any) -> dict[str, Any]:
    """The helpdesk tells of a conversation of Carla's, a moment later than anything before."""
    desk.clock_seconds(1)
    status, answer = desk.tell(f"conversation.{what}", id=conversation, customer={"slack": desk.carla}, **data)
    assert status in (200, 202), answer
    desk.settle()
    return answer


def stands(desk: Desk) -> list[tuple[str, str]]:
    return [(each["asked_via"], each["state"]) for each in desk.invitations()]


def surveys(desk: Desk) -> int:
    """How many surveys the customer can see."""
    places = (desk.acme, desk.slack.dm(desk.carla))
    return sum("Not now" in labels(each) for place in places for each in desk.slack.messages(place))


def conversations_known(desk: Desk) -> list[tuple[str, str, str, int]]:
    found = rows(desk.database.reader, "SELECT source, source_id, state, closes FROM interactions ORDER BY id")
    return [(each["source"], each["source_id"], each["state"], each["closes"]) for each in found]


def test_the_reaction_and_the_helpdesk_close_it_once(desk: Desk) -> None:
    thread = desk.conversation()
    desk.close(thread)
    assert tell(desk, "closed", link(desk, thread))["outcome"] == "waiting"
    desk.pass_time(minutes=10)
    assert tell(desk, "closed", link(desk, thread))["outcome"] == "sent"
    desk.pass_time(minutes=10)
    assert stands(desk) == [("reaction", "sent")]
    assert surveys(desk) == 1
    assert conversations_known(desk) == [("slack", f"{desk.acme}:{thread}", "closed", 1)]


def test_the_helpdesk_and_the_reaction_close_it_once(desk: Desk) -> None:
    thread = desk.conversation()
    tell(desk, "closed", link(desk, thread), channel="chat", topic="invoices")
    desk.close(thread)
    assert "will be asked" in desk.whispers(desk.anna)[-1]
    desk.pass_time(minutes=10)
    desk.slack.unreact(desk.anna, desk.acme, thread, "ballot_box_with_ballot")
    desk.clock_seconds(60)
    desk.close(thread)
    desk.pass_time(minutes=10)
    assert stands(desk) == [("hook", "sent")]
    assert surveys(desk) == 1
    [kept] = rows(desk.database.reader, "SELECT channel, closes FROM interactions")
    assert kept == {"channel": desk.acme, "closes": 1}


def test_who_is_asked_by_link_is_not_asked_in_the_thread_as_well(desk: Desk) -> None:
    """The helpdesk knows only an e-mail address, so nothing but the thread says that it is the same customer."""
    thread = desk.conversation()
    status, answer = desk.tell("conversation.closed", id=link(desk, thread), customer={"email": EMAIL})
    assert (status, answer["outcome"]) == (202, "sent")
    assert answer["link"]
    desk.close(thread)
    desk.pass_time(minutes=20)
    assert stands(desk) == [("hook", "sent")]
    assert surveys(desk) == 0


def test_what_the_helpdesk_could_not_ask_about_is_not_asked_by_the_reaction(desk: Desk) -> None:
    thread = desk.conversation()
    desk.change_team(sampling="0")
    assert tell(desk, "closed", link(desk, thread))["outcome"] == "sampled out"
    desk.change_team(sampling="100")
    desk.close(thread)
    desk.pass_time(minutes=20)
    assert stands(desk) == [("hook", "refused")]
    assert "It was known before" in desk.whispers(desk.anna)[-1]


def test_somebody_who_wants_to_ask_now_can(desk: Desk) -> None:
    thread = desk.conversation()
    tell(desk, "closed", link(desk, thread))
    desk.pass_time(minutes=10)
    desk.slack.shortcut(desk.anna, desk.acme, thread, "ask_for_feedback")
    desk.settle()
    assert stands(desk) == [("hook", "sent"), ("shortcut", "sent")]


def test_reopening_at_the_helpdesk_withdraws_what_the_reaction_asked(desk: Desk) -> None:
    thread = desk.conversation()
    desk.close(thread)
    tell(desk, "reopened", link(desk, thread))
    assert stands(desk) == [("reaction", "withdrawn")]
    tell(desk, "closed", link(desk, thread))
    desk.pass_time(minutes=10)
    assert stands(desk) == [("reaction", "withdrawn"), ("hook", "sent")]
    assert surveys(desk) == 1


def test_silence_and_the_helpdesk_close_it_once(desk: Desk) -> None:
    desk.change_team(silence="1h")
    thread = desk.conversation()
    tell(desk, "closed", link(desk, thread))
    desk.pass_time(hours=2)
    assert stands(desk) == [("hook", "sent")]
    desk.slack.post(desk.carla, desk.acme, "It is broken again.", thread_ts=thread)
    desk.settle()
    assert stands(desk) == [("hook", "withdrawn")]
    tell(desk, "closed", link(desk, thread))
    desk.pass_time(hours=2)
    assert stands(desk) == [("hook", "withdrawn"), ("hook", "sent")]
    assert surveys(desk) == 1


def test_a_conversation_that_the_helpdesk_reopens_is_not_quiet_at_once(desk: Desk) -> None:
    desk.change_team(silence="1h")
    thread = desk.conversation()
    tell(desk, "closed", link(desk, thread))
    desk.pass_time(hours=3)
    tell(desk, "reopened", link(desk, thread))
    desk.pass_time(minutes=50)
    assert [state for _, _, state, _ in conversations_known(desk)] == ["open"]
    desk.pass_time(minutes=20)
    assert [state for _, _, state, _ in conversations_known(desk)] == ["closed"]


def test_the_reaction_after_silence_asks_nobody_again(desk: Desk) -> None:
    desk.change_team(silence="1h")
    thread = desk.conversation()
    desk.pass_time(minutes=90)
    desk.pass_time(minutes=10)
    desk.close(thread)
    desk.pass_time(minutes=10)
    assert stands(desk) == [("silence", "sent")]


def test_the_link_of_a_reply_names_its_thread(desk: Desk) -> None:
    thread = desk.conversation()
    reply = desk.slack.post(desk.carla, desk.acme, "Thanks!", thread_ts=thread)
    desk.close(thread)
    tell(desk, "closed", link(desk, reply, thread))
    assert stands(desk) == [("reaction", "due")]


def test_a_link_to_a_channel_of_others_is_only_an_id(desk: Desk) -> None:
    """A hook of one team says nothing about the threads of another."""
    elsewhere = desk.slack.add_channel("elsewhere", members=[desk.anna, desk.carla], shared=True)
    desk.add_team(name="Sales", channel=desk.team_channel, source_channels=[elsewhere], members=[desk.anna],
                  reaction_means="close")  # fmt: skip
    thread = desk.conversation(elsewhere)
    desk.close(thread, elsewhere)
    named = link(desk, thread, channel=elsewhere)
    tell(desk, "reopened", named)
    assert stands(desk) == [("reaction", "due")]
    assert [source for source, *_ in conversations_known(desk)] == ["slack", "desk"]


def test_why_knows_the_conversation_by_its_link(desk: Desk) -> None:
    thread = desk.conversation()
    tell(desk, "closed", link(desk, thread))
    assert "The helpdesk said so." in desk.why(link(desk, thread))


def test_the_address_that_a_helpdesk_tells_hides_nobodys_slack_id(desk: Desk) -> None:
    """Silence asks in Slack afterwards, where the customer has begun the thread."""
    desk.change_team(silence="1h")
    thread = desk.conversation()
    desk.close(thread)
    desk.tell("conversation.reopened", id=link(desk, thread), customer={"email": EMAIL})
    desk.pass_time(hours=2)
    assert stands(desk) == [("reaction", "withdrawn"), ("silence", "sent")]


@pytest.mark.parametrize("first", ["reaction", "helpdesk"])
def test_without_a_common_name_the_persons_budget_prevents_a_second_survey(tmp_path: Path, first: str) -> None:
    """Nothing says that it is one conversation, but it is one person."""
    with Desk(tmp_path, reaction_means="close") as desk:
        desk.add_hook()
        thread = desk.conversation()
        customer = {"slack": desk.carla, "email": EMAIL}
        closes: list[Callable[[], object]] = [
            lambda: desk.close(thread), lambda: desk.tell("conversation.closed", id="C-1", customer=customer),
        ]  # fmt: skip
        for close in closes if first == "reaction" else reversed(closes):
            close()
        desk.pass_time(minutes=20)
        assert Counter(state for _, state in stands(desk)) == {"sent": 1, "refused": 1}
        assert surveys(desk) == 1
        assert len(conversations_known(desk)) == 2


THREADS = 2
STEPS = st.one_of(
    st.tuples(st.sampled_from(["closed", "closed", "reopened", "opened"]), st.integers(0, THREADS - 1), st.booleans()),
    st.tuples(st.sampled_from(["react", "react", "unreact", "write", "answer"]), st.integers(0, THREADS - 1)),
    st.tuples(st.just("wait"), st.sampled_from([1, 11, 90, 700])),
)


class Run:
    """One program about threads of one channel, with a customer for each."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.customers = [desk.carla, desk.slack.add_user("other", external=True)]
        desk.slack.join(desk.acme, self.customers[1])
        self.threads = [desk.conversation(customer=each) for each in self.customers]
        self.taken_back = 0

    def step(self, name: str, *given: Any) -> None:
        self.desk.clock_seconds(1)
        if name == "wait":
            self.desk.settle()
            self.desk.pass_time(minutes=given[0])
        elif name in ("react", "unreact"):
            act = self.desk.slack.react if name == "react" else self.desk.slack.unreact
            self.taken_back += name == "unreact"
            act(self.desk.anna, self.desk.acme, self.threads[given[0]], "ballot_box_with_ballot")
        elif name == "write":
            self.desk.slack.post(self.customers[given[0]], self.desk.acme, "More.", thread_ts=self.threads[given[0]])
        elif name == "answer":
            self.answer(self.customers[given[0]])
        else:
            self.tell(name, *given)
        self.desk.settle()
        self.check()

    def answer(self, customer: str) -> None:
        for place in (self.desk.acme, self.desk.slack.dm(customer)):
            for shown in self.desk.slack.messages(place):
                if "Not now" in labels(shown):
                    self.desk.slack.click(customer, place, shown["ts"], label="5")

    def tell(self, what: str, number: int, by_mail: bool) -> None:
        customer = {"email": f"{number}@customer.example"} if by_mail else {"slack": self.customers[number]}
        status, answer = self.desk.tell(
            f"conversation.{what}", id=link(self.desk, self.threads[number]), customer=customer, at=timedelta()
        )
        assert status in (200, 202), answer

    def check(self) -> None:
        db = self.desk.database.reader
        for thread in rows(db, "SELECT id, source, closes, state FROM interactions"):
            assert thread["source"] == "slack"
            about = rows(db, "SELECT state FROM invitations WHERE interaction = :id", id=thread["id"])
            asked = [each["state"] for each in about if each["state"] not in ("refused", "withdrawn")]
            # Whoever takes the reaction back and gives it once more asks again, if the budgets allow; here they do.
            assert len(asked) <= thread["closes"] + self.taken_back, "one close asks once"
            assert len(about) >= thread["closes"], "no close is forgotten"
            if thread["state"] == "open":
                assert not {"due", "sending"} & set(asked), "nobody is asked about a conversation that goes on"


@given(st.lists(STEPS, max_size=14))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
def test_whatever_two_sources_tell_one_close_asks_once(program: list[tuple[Any, ...]]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Desk(Path(folder), reaction_means="close", throttle_days="0", silence="1h") as desk,
    ):
        desk.add_hook()
        run = Run(desk)
        for step in program:
            run.step(*step)

"""Every sentence about privacy that people are told, compared with what everybody has got to see."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cxbot.slack.messages.parts import ids
from tests.desk import Desk
from tests.office import Office

PRIVACY = re.compile(r"\b(sees?|reads?|names?|shown|shows?|figures|confidential|private(ly)?)\b", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n")
CARLA, DAN, GUS, EVE, KIM = (
    "The export lost seventeen rows.", "Three calls for one answer.", "Anna was a pleasure.", "I had to ask twice.",
    "Too many meetings.",
)  # fmt: skip
COMMANDS = (
    ("/csat", "week"), ("/csat", "2026-W47"), ("/csat", "2026-W47 by:agent"), ("/csat", "2026-W47 by:customer"),
    ("/csat", "2026-11-18"), ("/csat", "7d"), ("/cx", "words csat 2026-W47"), ("/cx", "drivers csat 2026-W47"),
    ("/cx", "journey csat 2026-W47"), ("/cx", "outcomes csat 2026-W47"), ("/cx", "digest"),
    ("/cx", "enps 2026-W47"), ("/cx", "audit"),
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What somebody has answered: whose it is, how the score reads, and the words."""

    user: str
    name: str
    score: str
    reason: str
    comment: str


@dataclass
class Story:
    """Everything that people can do with surveys, done: by customers, a colleague, agents, leads and an admin."""

    office: Office
    desk: Desk
    customers: list[Answer]
    colleague: Answer
    bea: str
    sam: str

    @property
    def leads(self) -> tuple[str, str]:
        """Who reads the leads' channel: the lead, and the admin, who has all rights of a lead."""
        return self.office.leo, self.office.ada

    @property
    def team(self) -> tuple[str, str]:
        """People of the team who lead nobody."""
        return self.office.anna, self.sam

    @property
    def everybody(self) -> tuple[str, ...]:
        users = self.office.slack.workspace.world.users.values()
        return tuple(user.id for user in users if not user.bot)

    def seen(self, user: str) -> Iterator[str]:
        """What the bot has ever shown to a person, one text for each message: in channels, to them alone, in views."""
        world = self.office.slack.workspace.world
        here = {channel.id for channel in world.channels.values() if user in channel.members}
        for call in self.office.slack.calls:
            if call.method == "chat.postEphemeral":
                if call.args["user"] == user:
                    yield text_of(call.args)
            elif call.args.get("channel") in here and call.method.startswith("chat."):
                yield text_of(call.args)
        for channel in here:
            yield from (text_of(each) for each in self.office.slack.messages(channel) if each.get("bot_id"))
            yield from (text_of(each) for each in self.office.slack.ephemerals(channel, user))
        yield from (json.dumps(view, ensure_ascii=False) for view in self.office.slack.views(user))


def text_of(shown: Any) -> str:
    """All of a message but the buttons of the scores, which are the same for every answer."""
    blocks = [block for block in shown.get("blocks") or () if not is_scale(block)]
    rest = {name: value for name, value in shown.items() if name != "blocks"}
    return json.dumps([rest, blocks], ensure_ascii=False)


def is_scale(block: Any) -> bool:
    return any(str(each.get("action_id")).startswith("score:") for each in block.get("elements") or ())


def told_to_customers(story: Story) -> set[str]:
    """The sentences that customers and asked colleagues were told, in messages and forms."""
    people = [answer.user for answer in (*story.customers, story.colleague)]
    places = [story.office.acme, *(story.office.slack.dm(user) for user in people)]
    texts = []
    for call in story.office.slack.calls:
        ours = call.args.get("user") in people if "user" in call.args else call.args.get("channel") in places
        if call.method == "views.open":
            texts += texts_in(call.args["view"])
        elif ours and call.method.startswith("chat."):
            texts += texts_in(call.args)
    return {sentence.strip() for text in texts for sentence in SENTENCE.split(text)}


def texts_in(shown: Any) -> Iterator[str]:
    if isinstance(shown, dict):
        for name, value in shown.items():
            if name == "text" and isinstance(value, str):
                yield value
            else:
                yield from texts_in(value)
    elif isinstance(shown, list):
        for each in shown:
            yield from texts_in(each)


def form(office: Office, user: str, channel: str, ts: str, **values: Any) -> None:
    office.clock_seconds(1)
    office.slack.click(user, channel, ts, label="Comment or change")
    view = office.slack.views(user)[-1]
    office.slack.submit(user, view["id"], {name: {name: value} for name, value in values.items()})
    office.settle()


def in_thread(office: Office) -> Answer:
    """Carla: all of it in the thread of the shared channel, where Bea and Gus of other companies read."""
    thread, ts = office.thread_survey()
    office.slack.post(office.carla, office.acme, "2, sorry", thread_ts=thread)
    office.click(office.carla, office.acme, ts, "2")
    card = office.slack.ephemerals(office.acme, office.carla)[-1]
    office.click(office.carla, office.acme, card["ts"], "Not solved")
    form(office, office.carla, office.acme, ts, comment=CARLA)
    form(office, office.carla, office.acme, ts, contact=["yes"])
    office.slack.post(office.carla, office.acme, "2", thread_ts=thread)
    office.settle()
    notice = office.notices()[-1]
    office.click(office.leo, office.leads_channel, notice["ts"], "Take it")
    return Answer(office.carla, "carla", "2 of 5", "Not solved", CARLA)


def asked_by_a_workflow(office: Office, user: str) -> tuple[str, str]:
    """A survey for which a step of a workflow waits; returns its channel and timestamp."""
    office.slack.run_step(ids.ASK_STEP, customer=user, survey="ces", wait_for_answer=True)
    office.settle()
    office.pass_time(minutes=10)
    channel = office.slack.dm(user)
    return channel, str(office.slack.messages(channel)[-1]["ts"])


def by_message(
    office: Office, asked: tuple[str, str], user: str, name: str, score: str, reason: str, comment: str, high: int = 5
) -> Answer:
    """Somebody who types the score and the words, taps a reason, and writes on."""
    channel, ts = asked
    for text in (score, comment):
        office.slack.post(user, channel, text)
        office.settle()
    office.click(user, channel, ts, reason)
    office.slack.post(user, channel, "Hello?")
    office.settle()
    return Answer(user, name, f"{score} of {high}", reason, comment)


def asked_colleague(office: Office, user: str) -> Answer:
    office.command(office.leo, "/cx", f"ask <@{user}> enps")
    channel = office.slack.dm(user)
    ts = office.slack.messages(channel)[-1]["ts"]
    office.click(user, channel, ts, "3")
    form(office, user, channel, ts, comment=KIM)
    return Answer(user, "kim", "3 of 10", "-", KIM)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with Office(tmp_path_factory.mktemp("promises")) as office:
        slack = office.slack
        bea, dan, eve = (slack.add_user(name, external=True) for name in ("bea", "dan", "eve"))
        gus, sam, kim = slack.add_user("gus", guest="multi"), slack.add_user("sam"), slack.add_user("kim")
        for user in (bea, dan, eve, gus):
            slack.join(office.acme, user)
        for user in (sam, kim):
            slack.join(office.team_channel, user)
        office.change_team(members=[office.anna, sam])
        office.seed([5, 4, 5, 4, 1, 5], agent=office.anna)
        customers = [
            in_thread(office),
            by_message(office, office.ask(customer=dan), dan, "dan", "3", "Long wait", DAN),
            by_message(office, office.ask(customer=gus), gus, "gus", "5", "Attitude", GUS),
            by_message(office, asked_by_a_workflow(office, eve), eve, "eve", "2", "Tone", EVE, high=7),
        ]
        office.click(dan, slack.dm(dan), slack.messages(slack.dm(dan))[0]["ts"], "Please contact me")
        colleague = asked_colleague(office, kim)
        office.pass_time(days=5)  # Monday: the digest, its thread and its picture
        for user in (office.leo, office.ada, office.anna, sam):
            for name, text in COMMANDS:
                office.command(user, name, text)
        office.command(office.leo, "/csat", "2026-W47")
        report = slack.ephemerals(office.team_channel, office.leo)[-1]
        office.click(office.leo, office.team_channel, report["ts"], "Share in this channel")
        office.pass_time(days=3)  # the surveys are over
        yield Story(office, Desk(Path(office.path).parent), customers, colleague, bea, sam)


# -- the promises ---------------------------------------------------------------------------------------------


def only_leads_see_the_answer(story: Story) -> None:
    """A single score is seen by leads and by whoever gave it."""
    for answer in story.customers:
        for lead in story.leads:
            assert any(answer.score in text and answer.comment in text for text in story.seen(lead)) or (
                answer.score == "5 of 5"  # nobody was let down, so there is no notice
            )
        for user in story.everybody:
            if user not in (answer.user, *story.leads):
                assert not any(answer.score in text for text in story.seen(user)), (user, answer.score)
    # Whoever builds a workflow may show what it is told to anybody.
    [told] = [call.args["outputs"] for call in story.office.slack.calls if call.method == "functions.completeSuccess"]
    assert sorted(told) == ["answered", "invitation", "outcome"]
    assert told["answered"]


def others_in_the_channel_see_nothing(story: Story) -> None:
    for answer in story.customers:
        for user in {story.bea, *(other.user for other in story.customers)} - {answer.user}:
            for text in story.seen(user):
                for secret in (answer.score, answer.comment, answer.reason):
                    assert secret not in text or own(story, user, secret), (user, secret)


def own(story: Story, user: str, secret: str) -> bool:
    """Whether these words may be on a person's screen as a choice of their own."""
    return any(answer.user == user and secret in REASONS for answer in story.customers)


REASONS = ("Not solved", "Long wait", "Attitude", "Tone")


def the_team_reads_words_without_names_and_scores(story: Story) -> None:
    read = 0
    for user in story.team:
        for text in story.seen(user):
            for answer in story.customers:
                if answer.comment in text:
                    read += 1
                    assert f"@{answer.user}" not in text
                    assert answer.name not in text.casefold()
                    assert not re.search(r"\b[1-7] of [57]\b", text)
    assert read, "the digest quotes some of them"


def only_you_see_it(story: Story) -> None:
    """What says so was sent to one person."""
    for call in story.office.slack.calls:
        if "Only you see this message." in text_of(call.args):
            assert call.method == "chat.postEphemeral"
    for channel in story.office.slack.workspace.world.channels:
        assert not any("Only you see this" in text_of(each) for each in story.office.slack.messages(channel))


def nobody_is_shown_who_answered_what(story: Story) -> None:
    """Not even leads, admins and files have a colleague's answer."""
    answer = story.colleague
    for user in story.everybody:
        if user != answer.user:
            for text in story.seen(user):
                assert answer.score not in text
                assert answer.comment not in text
    for what in (("export", "answers"), ("report", "enps", "2026-W47", "--rows", "--at", "2026-11-27T12:00:00Z")):
        written = story.desk.run(*what)
        assert answer.comment not in written
        assert answer.user not in written


def figures_need_five_people(story: Story) -> None:
    said = story.office.command(story.office.ada, "/cx", "enps 2026-W47")
    assert "too few employees" in said


def nobody_reads_messages(story: Story) -> None:
    assert not any("Hello?" in text for user in story.everybody for text in story.seen(user))
    assert "Hello?" not in story.desk.run("export", "answers")


def what_is_typed_in_the_channel_is_no_answer(story: Story) -> None:
    """Only its writer is told so."""
    for user in story.everybody:
        told = any("Everybody here can read what you write" in text for text in story.seen(user))
        assert told == (user == story.office.carla)


PROMISES: dict[str, Callable[[Story], None]] = {
    "Only the leads of Support see your answer.": only_leads_see_the_answer,
    "Others in this channel don't.": others_in_the_channel_see_nothing,
    "The team may read your words, without your name.": the_team_reads_words_without_names_and_scores,
    "Only you see this message.": only_you_see_it,
    "Confidential: nobody is shown who answered what.": nobody_is_shown_who_answered_what,
    "There are only figures, and these need at least 5 people.": figures_need_five_people,
    "Nobody reads messages here live.": nobody_reads_messages,
    "Everybody here can read what you write, so it was not taken as your answer.":
        what_is_typed_in_the_channel_is_no_answer,
    "Everybody here can read what you write.": what_is_typed_in_the_channel_is_no_answer,
    "Please press a button of the question: only the leads of Support see that.": only_leads_see_the_answer,
}  # fmt: skip


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_is_made_and_kept(story: Story, promise: str) -> None:
    assert promise in told_to_customers(story)
    PROMISES[promise](story)


def test_there_is_no_promise_about_privacy_that_is_not_compared(story: Story) -> None:
    words = (CARLA, DAN, GUS, EVE, KIM)
    made = {sentence for sentence in told_to_customers(story) if PRIVACY.search(sentence)}
    assert {sentence for sentence in made if not any(each in sentence for each in words)} <= set(PROMISES)


def test_rows_name_only_those_who_asked_to_be_contacted(story: Story) -> None:
    at = story.office.clock.now().isoformat()
    written = story.desk.run("report", "csat", "2026-W47", "--rows", "--at", at)
    named = {row["comment"]: row["customer"] for row in csv.DictReader(io.StringIO(written)) if row["comment"]}
    carla, dan, *_ = story.customers
    assert named == {CARLA: carla.user, DAN: dan.user, GUS: ""}


def test_who_takes_single_answers_out_is_in_the_audit_log(story: Story) -> None:
    story.desk.run("export", "answers")
    assert "export" in story.desk.run("audit")

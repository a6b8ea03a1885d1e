"""A kill while Slack carries out a call, for every kind of message: at most one is visible, or somebody is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cxbot.outgoing.calls import reference
from cxbot.sandbox.faults import FaultKind
from cxbot.slack.messages.parts.ids import ASK_STEP
from cxbot.slack.outgoing.outgoing import slack_wire
from cxbot.slack.outgoing.sending import EVENT_TYPE
from cxbot.store.engine.connection import connect
from cxbot.store.records import outbox
from cxbot.store.records.outbox import Task
from tests.office import Office
from tests.processes.bot import Bot, Survey, buttons, doubles

pytestmark = pytest.mark.processes

HELD = 60.0  # seconds for which Slack keeps its answer back; the kill comes at once
POST, UPDATE, WHISPER = "chat.postMessage", "chat.update", "chat.postEphemeral"
SHARE = "files.completeUploadExternal"

Act = Callable[[], object]


@dataclass(frozen=True)
class Scene:
    """How a task of a kind comes about: `prepare` does everything before, and returns what makes the task. `method`
    is the call in which the process is killed; `through` other calls of it come first."""

    kind: str
    method: str
    prepare: Callable[[Bot], Act]
    through: int = 0


def idle(bot: Bot) -> None:
    """Wait until everything is sent."""
    bot.wait_for(lambda: not bot.left(), 20)


def one_survey(bot: Bot) -> Survey:
    """A survey in a direct message, with nothing left to send."""
    [survey] = bot.asked(1)
    idle(bot)
    return survey


def thread_survey(bot: Bot) -> tuple[str, str]:
    """A survey in a thread; returns its customer and its timestamp."""
    customer = bot.customer()
    bot.until_acknowledged(bot.closed(bot.conversation(customer), customer))
    bot.wait_for(lambda: bot.surveys(bot.sources[0]), 20)
    idle(bot)
    return customer, str(bot.surveys(bot.sources[0])[-1]["ts"])


def press(bot: Bot, user: str, channel: str, message: dict[str, Any], label: str) -> Act:
    """A press of a button."""
    return lambda: bot.slack.click(user, channel, message["ts"], label=label)


def survey(bot: Bot) -> Act:
    customer = bot.customer()
    return lambda: bot.ask(customer)


def survey_in_thread(bot: Bot) -> Act:
    customer = bot.customer()
    thread = bot.conversation(customer)
    return lambda: bot.until_acknowledged(bot.closed(thread, customer))


def heard(bot: Bot) -> Act:
    """A message in a thread, about which Slack could not say at once who of the team is in its user group."""
    group = bot.slack.add_usergroup("agents", [bot.anna])
    bot.desk.run("team", "set", "Support", "--silence", "4h", "--member", group)
    customer = bot.customer()
    bot.slack.faults.next("usergroups.users.list", "500", times=2)
    ts = bot.conversation(customer)
    event = {"type": "message", "channel": bot.sources[0], "channel_type": "channel", "user": customer, "text": "…",
             "ts": ts, "event_ts": ts}  # fmt: skip
    return lambda: bot.until_acknowledged(event)


def survey_update(bot: Bot) -> Act:
    asked = one_survey(bot)
    return lambda: asked.answer("5")


def survey_close(bot: Bot) -> Act:
    customer, channel = _asked(bot)
    return press(bot, customer, channel, bot.surveys(channel)[-1], "Not now")


def survey_delete(bot: Bot) -> Act:
    _asked(bot)
    return press(bot, bot.anna, bot.sources[0], bot.slack.ephemerals(bot.sources[0], bot.anna)[-1], "Cancel")


def _asked(bot: Bot) -> tuple[str, str]:
    """A customer who has a survey, and the direct message."""
    customer = bot.customer()
    bot.ask(customer)
    channel = bot.slack.dm(customer)
    bot.wait_for(lambda: bot.surveys(channel), 20)
    idle(bot)
    return customer, channel


def reminder(bot: Bot) -> Act:
    """Two days without the process, then `cxbot tick`, which is killed."""
    bot.desk.run("team", "set", "Support", "--reminder", "2")
    _asked(bot)
    bot.stop()
    bot.slack.clock.advance(timedelta(days=2, minutes=1))
    return lambda: bot.start("tick", "--at", bot.now())


def reminder_delete(bot: Bot) -> Act:
    """The customer was reminded, and the survey is over."""
    reminder(bot)
    bot.tick()
    bot.slack.clock.advance(timedelta(days=6))
    return lambda: bot.start("tick", "--at", bot.now())


def followup(bot: Bot) -> Act:
    customer, ts = thread_survey(bot)
    return press(bot, customer, bot.sources[0], {"ts": ts}, "2")


def followup_as_reply(bot: Bot) -> Act:
    """A tap on a reason in the private follow-up is answered by its response_url."""
    customer, ts = thread_survey(bot)
    bot.slack.click(customer, bot.sources[0], ts, label="2")
    bot.wait_for(lambda: bot.slack.ephemerals(bot.sources[0], customer), 20)
    idle(bot)
    whisper = bot.slack.ephemerals(bot.sources[0], customer)[-1]
    reason = next(each["text"]["text"] for each in buttons(whisper).values() if each["action_id"].startswith("reason:"))
    return press(bot, customer, bot.sources[0], whisper, reason)


def rehearsal(bot: Bot) -> Act:
    bot.desk.run("team", "set", "Support", "--rehearsal")
    return survey(bot)


def undeliverable(bot: Bot) -> Act:
    bot.slack.faults.next(POST, "error", code="user_disabled", carried_out=False)
    return survey(bot)


def too_late(bot: Bot) -> Act:
    """A week without the process, then `cxbot tick`, which is killed."""
    bot.desk.run("team", "set", "Support", "--delay", "60")
    survey_in_thread(bot)()
    bot.wait_for(lambda: bot.left() == {("invitation", "due"): 1}, 20)
    bot.stop()
    bot.slack.clock.advance(timedelta(days=8))
    return lambda: bot.start("tick", "--at", bot.now())


def case_notice(bot: Bot) -> Act:
    asked = one_survey(bot)
    return lambda: asked.answer("1")


def case_update(bot: Bot) -> Act:
    one_survey(bot).answer("1")
    bot.wait_for(lambda: bot.slack.messages(bot.leads_channel), 20)
    idle(bot)
    return press(bot, bot.leo, bot.leads_channel, bot.slack.messages(bot.leads_channel)[-1], "Take it")


def digest(bot: Bot) -> Act:
    bot.past_answers()
    return lambda: bot.slack.command(bot.leo, bot.team_channel, "/cx", "digest post")


def rows(bot: Bot) -> Act:
    bot.past_answers()
    return lambda: bot.slack.command(bot.leo, bot.leads_channel, "/cx", "explain csat month")


def funnel(bot: Bot) -> Act:
    """*Show as a picture* in a report of three agents."""
    bot.past_answers()
    bot.slack.command(bot.leo, bot.leads_channel, "/cx", "csat 30d by:agent")
    bot.wait_for(lambda: bot.slack.ephemerals(bot.leads_channel, bot.leo), 20)
    report = bot.slack.ephemerals(bot.leads_channel, bot.leo)[-1]
    return press(bot, bot.leo, bot.leads_channel, report, "Show as a picture")


def say(bot: Bot) -> Act:
    """The answer to a direct message."""
    return lambda: bot.until_acknowledged(bot.written(bot.leo, "Is anybody there?"))


def whisper(bot: Bot) -> Act:
    """A press on somebody else's survey."""
    _, ts = thread_survey(bot)
    return press(bot, bot.leo, bot.sources[0], {"ts": ts}, "5")


def reply(bot: Bot) -> Act:
    """The answer to the message shortcut."""
    thread = bot.conversation(bot.customer())
    return lambda: bot.slack.shortcut(bot.anna, bot.sources[0], thread, "ask_for_feedback")


def admin_note(bot: Bot) -> Act:
    """A whisper of which nobody knows whether it arrived."""
    act = whisper(bot)
    bot.slack.faults.next(WHISPER, "drop_before")
    return act


def step(bot: Bot) -> Act:
    """A workflow comes to the step."""
    execution = bot.slack.run_step(ASK_STEP, customer=bot.customer())
    return lambda: bot.slack.send_step(execution)


def wrong_step(bot: Bot) -> Act:
    execution = bot.slack.run_step(ASK_STEP, customer=bot.customer(), survey="nothing")
    return lambda: bot.slack.send_step(execution)


SCENES = {
    "close": Scene("close", "reactions.get", survey_in_thread),
    "heard": Scene("heard", "usergroups.users.list", heard),
    "step": Scene("step", "users.info", step),
    "step_done": Scene("step_done", "functions.completeSuccess", step),
    "step_failed": Scene("step_failed", "functions.completeError", wrong_step),
    "survey by direct message": Scene("survey", POST, survey),
    "survey in its thread": Scene("survey", POST, survey_in_thread),
    "survey_update": Scene("survey_update", UPDATE, survey_update),
    "survey_close": Scene("survey_close", UPDATE, survey_close),
    "survey_delete": Scene("survey_delete", "chat.delete", survey_delete),
    "reminder": Scene("reminder", POST, reminder),
    "reminder_delete": Scene("reminder_delete", "chat.delete", reminder_delete),
    "followup that one person sees": Scene("followup", WHISPER, followup),
    "followup by response_url": Scene("followup", "response_url", followup_as_reply),
    "asked": Scene("asked", WHISPER, survey_in_thread),
    "rehearsal": Scene("rehearsal", POST, rehearsal),
    "undeliverable": Scene("undeliverable", POST, undeliverable),
    "too_late": Scene("too_late", POST, too_late),
    "case_notice": Scene("case_notice", POST, case_notice),
    "case_update": Scene("case_update", UPDATE, case_update),
    "digest": Scene("digest", POST, digest),
    "digest_details": Scene("digest_details", POST, digest, through=1),
    "digest_picture": Scene("digest_picture", SHARE, digest),
    "say as a direct message": Scene("say", POST, say),
    "say that one person sees": Scene("say", WHISPER, whisper),
    "say by response_url": Scene("say", "response_url", reply),
    "admin_note": Scene("admin_note", POST, admin_note),
    "rows": Scene("rows", SHARE, rows),
    "funnel": Scene("funnel", SHARE, funnel),
}


@pytest.mark.parametrize("arrives", [True, False], ids=["accepted", "not accepted"])
@pytest.mark.parametrize("name", SCENES)
def test_a_kill_during_a_call_makes_no_message_twice(tmp_path: Path, name: str, arrives: bool) -> None:
    scene = SCENES[name]
    with Bot(tmp_path) as bot:
        bot.serve()
        act = scene.prepare(bot)
        if scene.through:
            bot.slack.faults.next(scene.method, "slow", times=scene.through, seconds=0.0)
        kind: FaultKind = "slow" if arrives else "timeout"
        bot.slack.faults.next(scene.method, kind, seconds=HELD)
        act()
        bot.wait_for(lambda: bot.slack.held, 20)
        task = being_sent(bot, scene.kind)
        bot.kill()
        bot.look_ups()
        check(bot, task)


def being_sent(bot: Bot, kind: str) -> Task:
    """The task whose call Slack holds. What is being decided sends nothing itself."""
    state = "due" if kind in ("close", "heard", "step") else "sending"
    [found] = bot.rows("SELECT id FROM outbox WHERE kind = :kind AND state = :state", kind=kind, state=state)
    return now(bot, found["id"])


def now(bot: Bot, number: int) -> Task:
    """A task as it is now."""
    db = connect(bot.database)
    try:
        found = outbox.by_id(db, number)
    finally:
        db.close()
    assert found is not None
    return found


def check(bot: Bot, task: Task) -> None:
    """The task is over; its message is there once, or an admin was told; nothing is there twice."""
    ended = now(bot, task.id)
    assert ended.state in ("sent", "dead"), ended
    assert not doubles(bot.slack)
    if ended.state == "dead":
        told = [each["text"] for each in bot.slack.messages(bot.slack.dm(bot.ada)) if each.get("bot_id")]
        assert any("I gave up" in text for text in told), ended
    elif ended.target:
        assert references(bot).count(reference(ended)) == 1
    assert bot.is_whole()
    assert all(each.state != "running" for each in bot.slack.workspace.world.executions.values())
    triggers = [each["trigger_ts"] for each in bot.rows("SELECT trigger_ts FROM invitations")]
    assert len(set(triggers)) == len(triggers)
    assert not bot.rows("SELECT 1 FROM invitations WHERE state IN ('due', 'sending')")


def references(bot: Bot) -> list[str]:
    """The references of all visible messages."""
    channels = list(bot.slack.workspace.world.channels)
    posts = [each["metadata"] for channel in channels for each in bot.slack.messages(channel) if each.get("metadata")]
    return [post["event_payload"]["reference"] for post in posts if post["event_type"] == EVENT_TYPE]


def test_every_kind_of_task_has_a_scene(office: Office) -> None:
    assert {scene.kind for scene in SCENES.values()} == set(slack_wire(office.service.bot).kinds)

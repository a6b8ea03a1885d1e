"""Each kind of outbox task as one call to Slack: drawn from the file as it is when the task is sent."""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError
from sqlite_utils import Database as Connection

from cxbot import charts
from cxbot.core.asking import Invitation
from cxbot.core.digests import Digest
from cxbot.core.periods import week
from cxbot.core.teams import Team
from cxbot.language import Language, language
from cxbot.slack.bot import Bot
from cxbot.slack.client import PATIENCE, Outcome, call
from cxbot.slack.messages import cases as case_messages
from cxbot.slack.messages import digest as digest_messages
from cxbot.slack.messages import notes, survey
from cxbot.slack.messages.blocks import Message
from cxbot.store import answers, cases, digests, invitations, outbox
from cxbot.store.outbox import Task

EVENT_TYPE = "cxbot_task"


METHODS = {
    "survey": "chat.postMessage",
    "survey_update": "chat.update",
    "survey_close": "chat.update",
    "survey_delete": "chat.delete",
    "asked": "chat.postEphemeral",
    "rehearsal": "chat.postMessage",
    "undeliverable": "chat.postMessage",
    "case_notice": "chat.postMessage",
    "case_update": "chat.update",
    "digest": "chat.postMessage",
    "digest_details": "chat.postMessage",
    "digest_picture": "files.completeUploadExternal",
    "admin_note": "chat.postMessage",
}


@dataclass(frozen=True, slots=True)
class Sending:
    """One call, ready to be made. `posts` says that it makes a new message, which must never happen twice and
    can be looked up in `channel` (in the thread `thread_ts`) by the task's reference."""

    channel: str
    make: Callable[[], Outcome]
    method: str
    posts: bool = False
    thread_ts: str = ""


def reference(task: Task) -> str:
    """The opaque reference of a task in a message's metadata."""
    return hashlib.sha256(task.key.encode()).hexdigest()[:24]


class Outgoing:
    """Turns tasks into calls, and records what follows from their outcome."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._kinds: dict[str, Callable[[Task, datetime], Sending | None]] = {
            "survey": self._survey,
            "survey_update": self._survey_update,
            "survey_close": self._survey_close,
            "survey_delete": self._survey_delete,
            "followup": self._follow_up,
            "asked": self._asked,
            "say": self._say,
            "rehearsal": self._rehearsal,
            "undeliverable": self._undeliverable,
            "case_notice": self._case_notice,
            "case_update": self._case_update,
            "digest": self._digest,
            "digest_details": self._digest_details,
            "digest_picture": self._digest_picture,
            "admin_note": self._admin_note,
        }

    @staticmethod
    def kinds(methods: Iterable[str]) -> frozenset[str]:
        """The kinds of tasks that need one of these methods."""
        wanted = set(methods)
        return frozenset(kind for kind, method in METHODS.items() if method in wanted)

    def prepare(self, task: Task, now: datetime) -> Sending | None:
        """The call of a task, or None where there is nothing left to do. Makes only calls that may be repeated.

        Raises CxbotError where Slack can't be asked right now.
        """
        return self._kinds[task.kind](task, now)

    # -- what was sent ------------------------------------------------------------------------------------

    def sent(self, db: Connection, task: Task, channel: str, ts: str, now: datetime) -> None:
        """Record in the same commit what follows from a task that is done."""
        if task.kind == "survey":
            invitations.sent(db, task.subject, channel, ts, now)
        elif task.kind == "case_notice":
            cases.posted(db, int(task.subject), channel, ts)
        elif task.kind == "digest":
            for kind in ("digest_details", "digest_picture"):
                outbox.put(db, kind, task.subject, now, channel=channel, ts=ts)

    def failed(self, db: Connection, task: Task, error: str, now: datetime) -> None:
        """Record in the same commit what follows from a task that Slack refused for good."""
        if task.kind == "survey":
            invitations.undeliverable(db, task.subject, error, now)
        elif task.kind in ("followup", "say") and task.details.get("reply_to"):
            details = {name: value for name, value in task.details.items() if name not in ("reply_to", "replace")}
            outbox.put(db, task.kind, task.subject, now, once=f"again {task.id}", **details)
        elif task.kind == "survey_update" and self._sent_directly(db, task):
            outbox.put(db, "followup", task.subject, now, once=f"instead {task.id}")
        elif task.kind == "case_notice" and "to" not in task.details:
            outbox.put(db, "case_notice", task.subject, now, once=f"{task.id}:directly", directly=True)
        elif task.kind == "case_notice" and task.details["to"] not in self._bot.admins:
            self._tell_each(db, task, self._bot.admins, now)
        elif task.kind == "say" and task.details.get("post"):
            speech = self._bot.language_of(task.subject)
            shown = notes.plain_note(notes.not_posted(error, speech))
            outbox.put(db, "say", task.subject, now, once=f"instead {task.id}", user=task.subject, message=shown)
        elif task.kind == "digest":
            outbox.put(db, "admin_note", "digest", now, once=task.subject, error=error, digest=task.subject)

    @staticmethod
    def _tell_each(db: Connection, task: Task, people: Iterable[str], now: datetime) -> None:
        """Send a case's notice to each of these people directly, once."""
        for person in sorted(people):
            outbox.put(db, "case_notice", task.subject, now, once=f"{task.id}:{person}", to=person)

    def _sent_directly(self, db: Connection, task: Task) -> bool:
        invitation = invitations.by_key(db, task.subject)
        return invitation is not None and invitation.delivery == "dm"

    # -- surveys ------------------------------------------------------------------------------------------

    def _survey(self, task: Task, now: datetime) -> Sending | None:
        invitation = self._invitation(task)
        if invitation is None or invitation.state != "sending":
            return None
        shown = survey.question(invitation, self._language(invitation))
        if invitation.delivery == "thread":
            return self._post(task, invitation.channel, shown, invitation.thread_ts)
        return self._post(task, self._open_dm(invitation.customer), shown)

    def _survey_update(self, task: Task, now: datetime) -> Sending | None:
        invitation = self._invitation(task)
        if invitation is None or invitation.state != "sent" or not invitation.message_ts:
            return None
        answer = answers.current(self._bot.database.reader, invitation)
        speech = self._language(invitation)
        if answer.score is None:
            return None
        if invitation.delivery == "thread":
            return self._update(invitation, survey.thanks(invitation, speech))
        return self._update(invitation, self._follow_up_message(invitation, now))

    def _survey_close(self, task: Task, now: datetime) -> Sending | None:
        invitation = self._invitation(task)
        if invitation is None or not invitation.message_ts:
            return None
        return self._update(invitation, survey.closed(invitation.answered_at is not None, self._language(invitation)))

    def _survey_delete(self, task: Task, now: datetime) -> Sending | None:
        invitation = self._invitation(task)
        if invitation is None or not invitation.message_ts:
            return None
        target = {"channel": invitation.message_channel, "ts": invitation.message_ts}
        return self._send(invitation.message_channel, "chat.delete", target)

    def _follow_up(self, task: Task, now: datetime) -> Sending | None:
        invitation = self._invitation(task)
        if invitation is None:
            return None
        shown = self._follow_up_message(invitation, now)
        reply_to = task.details.get("reply_to", "")
        if reply_to:
            return Sending(invitation.channel, lambda: _respond(reply_to, shown), "response_url")
        if invitation.delivery == "thread":
            return self._whisper(invitation.channel, invitation.customer, shown, invitation.thread_ts)
        return self._whisper(self._open_dm(invitation.customer), invitation.customer, shown)

    def _follow_up_message(self, invitation: Invitation, now: datetime) -> Message:
        answer = answers.current(self._bot.database.reader, invitation)
        can_comment = invitation.open_at(now) and invitation.state == "sent"
        return survey.follow_up(
            invitation, answer, self._language(invitation),
            can_comment=can_comment, by_message=self._bot.identity.has("im:history"),
        )  # fmt: skip

    # -- notes --------------------------------------------------------------------------------------------

    def _asked(self, task: Task, now: datetime) -> Sending | None:
        invitation = self._invitation(task)
        if invitation is None:
            return None
        shown = notes.asked(invitation, self._bot.language(self._bot.team(invitation.team_id)))
        where = task.details
        return self._whisper(where["channel"], where["user"], shown, where.get("thread_ts", ""))

    def _say(self, task: Task, now: datetime) -> Sending | None:
        """A message to one person: as a reply, as an ephemeral message, or (`post`) for all in the channel."""
        shown, channel, user = task.details["message"], task.details.get("channel", ""), task.details["user"]
        if reply_to := task.details.get("reply_to", ""):
            body = {"response_type": "ephemeral", "replace_original": bool(task.details.get("replace")), **shown}
            return Sending(channel, lambda: _respond(reply_to, body), "response_url")
        if not channel or task.details.get("post"):
            return self._post(task, channel or self._open_dm(user), shown, task.details.get("thread_ts", ""))
        return self._whisper(channel, user, shown, task.details.get("thread_ts", ""))

    def _rehearsal(self, task: Task, now: datetime) -> Sending | None:
        invitation = self._invitation(task)
        team = None if invitation is None else self._bot.team(invitation.team_id)
        if invitation is None or team is None:
            return None
        return self._to_leads(task, team, notes.rehearsed(invitation, self._bot.language(team)))

    def _undeliverable(self, task: Task, now: datetime) -> Sending | None:
        invitation = self._invitation(task)
        if invitation is None or not invitation.agent:
            return None
        speech = self._bot.language(self._bot.team(invitation.team_id))
        shown = notes.undeliverable(invitation, invitation.reason, speech)
        return self._post(task, self._open_dm(invitation.agent), shown)

    def _admin_note(self, task: Task, now: datetime) -> Sending | None:
        admin = next(iter(sorted(self._bot.admins)), None)
        if admin is None:
            return None
        speech = self._bot.language()
        if "digest" in task.details:
            text = notes.digest_failed(task.details["digest"], task.details["error"], speech)
        else:
            text = notes.unsure(len(outbox.in_state(self._bot.database.reader, "unknown")), speech)
        return self._post(task, self._open_dm(admin), notes.plain_note(text))

    # -- cases --------------------------------------------------------------------------------------------

    def _case_notice(self, task: Task, now: datetime) -> Sending | None:
        shown = self._case_message(task)
        if shown is None:
            return None
        if to := task.details.get("to"):
            return self._post(task, self._open_dm(to), shown)
        team = self._case_team(self._bot.database.reader, task)
        if not task.details.get("directly") and (channel := self._safe_leads_channel(team)):
            return self._post(task, channel, shown)
        self._bot.database.write(lambda db: self._tell_each(db, task, self._leads(team), now))
        return None

    def _case_update(self, task: Task, now: datetime) -> Sending | None:
        """Every notice of a case shows how it stands; those swept from the outbox but for the last one stay."""
        db = self._bot.database.reader
        case = cases.by_id(db, int(task.subject))
        shown = self._case_message(task)
        if case is None or shown is None or not case.message_ts:
            return None
        places = outbox.posts(db, "case_notice", task.subject) or [(case.message_channel, case.message_ts)]
        return Sending(case.message_channel, lambda: self._update_all(places, shown), "chat.update")

    def _update_all(self, places: list[tuple[str, str]], shown: Message) -> Outcome:
        """Show the same in several places; the outcome is the one that calls for the most."""
        client = self._bot.client
        outcomes = [call(client, "chat.update", {"channel": channel, "ts": ts, **shown}) for channel, ts in places]
        return max(outcomes, key=lambda each: ("ok", "refused", "unknown", "later").index(each.kind))

    def _case_message(self, task: Task) -> Message | None:
        db = self._bot.database.reader
        case = cases.by_id(db, int(task.subject))
        invitation = None if case is None else invitations.by_key(db, case.invitation)
        if case is None or invitation is None:
            return None
        speech = self._bot.language(self._bot.team(invitation.team_id))
        return case_messages.notice(case, invitation, answers.current(db, invitation), speech)

    def _case_team(self, db: Connection, task: Task) -> Team | None:
        case = cases.by_id(db, int(task.subject))
        invitation = None if case is None else invitations.by_key(db, case.invitation)
        return None if invitation is None else self._bot.team(invitation.team_id)

    def _leads(self, team: Team | None) -> list[str]:
        """The people to turn to: the team's leads, else the admins."""
        leads = sorted(self._bot.directory.people(team.leads)) if team else []
        return leads or sorted(self._bot.admins)

    def _safe_leads_channel(self, team: Team | None) -> str:
        """The leads' channel, "" where there is none or outsiders read there."""
        channel = team.leads_channel if team else ""
        return "" if not channel or self._bot.directory.outsiders_or_wait(channel) else channel

    def _to_leads(self, task: Task, team: Team | None, shown: Message) -> Sending | None:
        """Post in the leads' channel where it is safe, else to the first lead directly."""
        if channel := self._safe_leads_channel(team):
            return self._post(task, channel, shown)
        people = self._leads(team)
        return self._post(task, self._open_dm(people[0]), shown) if people else None

    # -- digests ------------------------------------------------------------------------------------------

    def _digest(self, task: Task, now: datetime) -> Sending | None:
        digest = self._gathered(task, now)
        if digest is None:
            return None
        speech = self._bot.language(digest.team)
        shown = digest_messages.render(digest, speech)
        if not self._bot.directory.outsiders_or_wait(digest.team.channel):
            return self._post(task, digest.team.channel, shown)
        moved = digest_messages.render(digest, speech, above=digest_messages.misplaced(digest, speech))
        return self._to_leads(task, digest.team, moved)

    def _digest_details(self, task: Task, now: datetime) -> Sending | None:
        digest = self._gathered(task, now)
        if digest is None:
            return None
        shown = digest_messages.details(digest, self._bot.language(digest.team))
        return self._post(task, task.details["channel"], shown, task.details["ts"])

    def _digest_picture(self, task: Task, now: datetime) -> Sending | None:
        digest = self._gathered(task, now)
        if digest is None or not self._bot.identity.has("files:write"):
            return None
        if not any(each.estimate for each in digest.trend):
            return None
        channel, ts = task.details["channel"], task.details["ts"]
        return Sending(channel, lambda: self._upload(digest, channel, ts), "files.completeUploadExternal")

    def _gathered(self, task: Task, now: datetime) -> Digest | None:
        team_id, _, key = task.subject.partition(":")
        team = self._bot.team(int(team_id))
        if team is None:
            return None
        return digests.gather(self._bot.database.reader, team, week(key, team.timezone), now)

    def _upload(self, digest: Digest, channel: str, ts: str) -> Outcome:
        """Draw the trend and share it in the digest's thread; only the last step makes anything visible."""
        speech = self._bot.language(digest.team)
        title = digest_messages.picture_title(digest, speech)
        picture = charts.trend(digest.trend, digest.metric, title, speech)
        name = f"{digest.metric.name}-{digest.week.key}.png"
        try:
            place = self._bot.client.files_getUploadURLExternal(
                filename=name, length=len(picture), alt_txt=digest_messages.picture_text(digest, speech)[:1000]
            )
            request = urllib.request.Request(
                place["upload_url"], picture, {"Content-Type": "application/octet-stream"}, method="POST"
            )
            with urllib.request.urlopen(request, timeout=PATIENCE):
                pass
        except SlackApiError as error:
            return Outcome("refused", {}, str(error.response.get("error", "")))
        except OSError as error:
            return Outcome("later", {}, type(error).__name__)
        share = {"files": [{"id": place["file_id"], "title": title}], "channel_id": channel, "thread_ts": ts}
        return call(self._bot.client, "files.completeUploadExternal", share)

    # -- calls --------------------------------------------------------------------------------------------

    def _invitation(self, task: Task) -> Invitation | None:
        return invitations.by_key(self._bot.database.reader, task.subject)

    def _language(self, invitation: Invitation) -> Language:
        return language(invitation.locale)

    def _open_dm(self, user: str) -> str:
        return self._bot.directory.direct_message(user)

    def _send(self, channel: str, method: str, arguments: dict[str, Any]) -> Sending:
        return Sending(channel, lambda: call(self._bot.client, method, arguments), method)

    def _update(self, invitation: Invitation, shown: Message) -> Sending:
        where = {"channel": invitation.message_channel, "ts": invitation.message_ts}
        return self._send(invitation.message_channel, "chat.update", {**where, **shown})

    def _whisper(self, channel: str, user: str, shown: Message, thread_ts: str = "") -> Sending:
        arguments = {"channel": channel, "user": user, **shown}
        if thread_ts:
            arguments["thread_ts"] = thread_ts
        return self._send(channel, "chat.postEphemeral", arguments)

    def _post(self, task: Task, channel: str, shown: Message, thread_ts: str = "") -> Sending:
        arguments = {
            "channel": channel,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"reference": reference(task)}},
            **shown,
        }
        if thread_ts:
            arguments["thread_ts"] = thread_ts
        return Sending(
            channel,
            lambda: call(self._bot.client, "chat.postMessage", arguments),
            "chat.postMessage",
            posts=True,
            thread_ts=thread_ts,
        )


def _respond(url: str, body: dict[str, Any]) -> Outcome:
    """Answer through a response_url: at most five times in half an hour, then Slack refuses."""
    content = json.dumps({"replace_original": True, **body}).encode()
    request = urllib.request.Request(url, content, {"Content-Type": "application/json"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE):
            return Outcome("ok", {})
    except urllib.error.HTTPError as error:
        return Outcome("refused", {}, f"http {error.code}")
    except OSError as error:
        return Outcome("refused", {}, type(error).__name__)

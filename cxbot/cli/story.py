"""Plays the demo's story without a browser: every step over real HTTP, every step checked."""

from __future__ import annotations

import html
import re
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TextIO, TypeVar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import ProxyHandler, Request, build_opener

from cxbot.cli.guide import after_cx, last_quarter
from cxbot.cli.stage import Stage
from cxbot.core.queries.vocabulary import QUERY_WORDS
from cxbot.language import language
from cxbot.sandbox import Reply

STEP_WITHIN = 10.0  # seconds to wait for the effect of a step
MENTION = re.compile(r"<([@#])(\w+)>")
FORM = re.compile(r'<form method="post" action="([^"]+)">')
CHOSEN = re.compile(r'<input type="radio" name="([^"]+)"[^>]* value="([^"]+)" checked>')
HEADING = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)
SCORE = "9"  # what the customer outside Slack answers
JSON = dict[str, Any]
T = TypeVar("T")


class MissingStep(Exception):
    """A step of the story did not happen."""


def play(stage: Stage, out: TextIO = sys.stdout) -> bool:
    """Play the story and print it; True only if every step happened."""
    teller = Teller(stage, out)
    try:
        for step in (
            teller.close, teller.survey, teller.score, teller.reason, teller.comment, teller.notice, teller.why,
            teller.report, teller.drivers, teller.journey, teller.digest, teller.picture, teller.case, teller.mail,
            teller.page, teller.ledger,
        ):  # fmt: skip
            step()
    except MissingStep as missing:
        out.write(f"\nThis step did not happen: {missing}\n")
        return False
    out.write("\nEvery step happened.\n")
    return True


class Teller:
    """Acts as each person of the story, waits for the effect, and prints both."""

    def __init__(self, stage: Stage, out: TextIO) -> None:
        self._stage = stage
        self._slack = stage.slack
        self._out = out
        self._speech = language(stage.locale)
        self._survey: JSON = {}
        self._digest: JSON = {}
        self._browser = build_opener(ProxyHandler({}))

    def _says(self, who: str, what: str) -> None:
        now = self._stage.clock.now().astimezone(self._stage.service.bot.teams()[0].zone)
        self._out.write(f"\n{now:%a %H:%M}  {MENTION.sub(self._name, who)}\n")
        for line in MENTION.sub(self._name, what).splitlines():
            self._out.write(f"           {line}\n")

    def _name(self, mention: re.Match[str]) -> str:
        """A person or channel as Slack shows a mention of it."""
        world, (mark, known) = self._slack.workspace.world, mention.groups()
        return f"{mark}{world.users[known].real_name if mark == '@' else world.channels[known].name}"

    def _expect(self, what: str, look: Callable[[], T | None]) -> T:
        end = time.monotonic() + STEP_WITHIN
        while time.monotonic() < end:
            if seen := look():
                return seen
            time.sleep(0.02)
        raise MissingStep(what)

    def _answered(self, what: str, reply: Reply) -> None:
        if not reply.ok:
            raise MissingStep(f"{what} (status {reply.status})")

    def close(self) -> None:
        """The agent ends the conversation."""
        stage, slack = self._stage, self._slack
        for message in slack.messages(stage.acme, stage.thread):
            who = "Carla (customer)" if message["user"] == stage.carla else "Anna (agent)"
            self._says(f"{who} in the thread in #acme-support", message["text"])
        slack.react(stage.anna, stage.acme, stage.thread, "ballot_box_with_ballot")
        self._says("Anna puts the team's reaction on the thread", ":ballot_box_with_ballot:")
        note = self._expect("the note to the agent", lambda: slack.ephemerals(stage.acme, stage.anna))[-1]
        self._says("cxbot, only to Anna", note["text"])

    def survey(self) -> None:
        """Ten minutes later the survey is in the thread."""
        stage = self._stage
        stage.clock.advance(timedelta(minutes=10))
        self._survey = self._expect("the survey in the thread", lambda: self._in_thread(self._speech.say("Not now")))
        self._says("cxbot in the thread", self._survey["text"])

    def _in_thread(self, label: str) -> JSON | None:
        """The bot's message in the customer's thread that has a button with a label."""
        for message in self._slack.messages(self._stage.acme, self._stage.thread):
            if label in _labels(message):
                return message
        return None

    def score(self) -> None:
        """The customer taps a score; everybody sees thanks, only she sees the score."""
        stage, slack = self._stage, self._slack
        self._says("Carla taps", "4")
        self._answered("the click on a score", slack.click(stage.carla, stage.acme, self._survey["ts"], label="4"))
        thanks = self._expect(
            "the thanks in the thread", lambda: self._in_thread(self._speech.say("Comment or change"))
        )
        self._says("cxbot in the thread", thanks["text"])
        private = self._expect("the private follow-up", lambda: slack.ephemerals(stage.acme, stage.carla))[-1]
        self._says("cxbot, only to Carla", f"{private['text']}\n[{'] ['.join(_labels(private))}]")
        self._survey = private

    def reason(self) -> None:
        """A reason is one tap."""
        stage, slack = self._stage, self._slack
        reason = self._speech.say("Long wait")
        self._says("Carla taps", reason)
        self._answered("the tap on a reason", slack.click(stage.carla, stage.acme, self._survey["ts"], label=reason))
        chosen = self._expect("the chosen reason", lambda: self._private(f"✓ {reason}"))
        self._says("cxbot, only to Carla", f"[{'] ['.join(_labels(chosen))}]")

    def _private(self, label: str) -> JSON | None:
        shown = self._slack.ephemerals(self._stage.acme, self._stage.carla)
        return next((message for message in reversed(shown) if label in _labels(message)), None)

    def comment(self) -> None:
        """A comment in her own words, in a form."""
        stage, slack = self._stage, self._slack
        thanks = self._expect(
            "the thanks in the thread", lambda: self._in_thread(self._speech.say("Comment or change"))
        )
        reply = slack.click(stage.carla, stage.acme, thanks["ts"], label=self._speech.say("Comment or change"))
        self._answered("the click on “Comment or change”", reply)
        view = self._expect("the form", lambda: slack.views(stage.carla))[-1]
        words = stage.words.complaint
        self._says("Carla writes in the form", words)
        reply = slack.submit(stage.carla, view["id"], {"comment": {"comment": words}})
        self._answered("the form", reply)
        self._expect("the comment in the private message", lambda: self._words_shown(words))

    def _words_shown(self, words: str) -> bool:
        return any(words in message["text"] for message in self._slack.ephemerals(self._stage.acme, self._stage.carla))

    def notice(self) -> None:
        """The leads hear of the low score; the first to press takes it."""
        stage, slack = self._stage, self._slack
        notice = self._expect("the notice to the leads", lambda: slack.messages(stage.leads))[-1]
        notice = self._expect("the comment in the notice", lambda: self._notice_with(stage.words.complaint))
        self._says("cxbot in #support-leads", notice["text"])
        take = self._speech.say("Take it")
        self._answered("*Take it*", slack.click(stage.leo, stage.leads, notice["ts"], label=take))
        taken = self._expect("the name on the case", lambda: self._notice_with(f"<@{stage.leo}>"))
        self._says(f"Leo presses {take}; #support-leads", taken["text"].splitlines()[-1])

    def _notice_with(self, text: str) -> JSON | None:
        return next((message for message in self._slack.messages(self._stage.leads) if text in message["text"]), None)

    def report(self) -> None:
        """The lead asks for figures."""
        self._asks(f"/nps {self._speech.typed(QUERY_WORDS, 'week')}", "NPS")

    def drivers(self) -> None:
        """What goes together with the score."""
        self._asks(last_quarter(self._speech, "drivers"), self._stage.words.topics[0])

    def journey(self) -> None:
        """Every touchpoint with its score."""
        self._asks(last_quarter(self._speech, "journey"), self._stage.words.touchpoints[-1].name)

    def _asks(self, typed: str, *sought: str) -> None:
        """The lead types a command, and the answer has all the words that are sought."""
        stage, (command, _, words) = self._stage, typed.partition(" ")
        reply = self._slack.command(stage.leo, stage.team, command, words)
        self._answered(typed, reply)
        text = str((reply.body or {}).get("text", ""))
        if not all(each in text for each in sought):
            raise MissingStep(f"an answer to {typed}")
        self._says(f"Leo types {typed}; cxbot, only to Leo", text)

    def why(self) -> None:
        """Why Carla was asked, and what became of it."""
        why = f"{after_cx(self._speech, 'why')} <@{self._stage.carla}>"
        self._asks(why, self._speech.say("Asked in the thread."))

    def digest(self) -> None:
        """On Monday at nine the digest is in the team's channel, with details in its thread."""
        stage, slack = self._stage, self._slack
        now = stage.clock.now().astimezone(stage.service.bot.teams()[0].zone)
        monday = (now + timedelta(days=7 - now.weekday())).replace(hour=9, minute=1)
        stage.clock.set(monday)
        posted = self._expect("the digest in #support-team", self._find_digest)
        self._says("cxbot in #support-team", posted["text"])
        self._digest = posted
        below = self._expect("the details in the digest's thread", lambda: slack.messages(stage.team, posted["ts"])[1:])
        self._says("cxbot in the digest's thread", below[0]["text"])

    def _find_digest(self) -> JSON | None:
        messages = self._slack.messages(self._stage.team)
        return next((message for message in messages if message.get("thread_ts", message["ts"]) == message["ts"]), None)

    def picture(self) -> None:
        """The trend picture is in the same thread."""
        chart = self._expect("the chart in the digest's thread", self._chart)
        self._says("cxbot in the digest's thread", f"[picture] {chart['title']}: {chart['size']} bytes")

    def _chart(self) -> JSON | None:
        for message in self._slack.messages(self._stage.team, self._digest["ts"]):
            for file in message.get("files") or ():
                chart: JSON = file
                return chart
        return None

    def case(self) -> None:
        """Outside Slack, the helpdesk tells the bot's hook that a case is closed."""
        helpdesk = self._stage.helpdesk
        reply = helpdesk.close()
        self._answered("the helpdesk's delivery", reply)
        self._says(
            f"The sample helpdesk closes {helpdesk.case} of {self._stage.words.outsider}", f"cxbot: {reply.text}"
        )

    def mail(self) -> None:
        """Ten minutes later, and not before, the customer has the survey in her mailbox."""
        if self._slack.mails:
            raise MissingStep("ten minutes without a mail")
        self._stage.clock.advance(timedelta(minutes=10))
        [mail] = self._expect("the mail", lambda: self._slack.mails)
        self._says(f"A mail from {mail.sender} to {mail.to}", f"{mail.subject}\n\n{mail.text}")

    def page(self) -> None:
        """She follows a link, sees her answer chosen on the survey's page, and sends it."""
        who, [mail] = self._stage.words.outsider, self._slack.mails
        link = re.search(rf"{re.escape(self._stage.public_url)}/s/\S+\?a={SCORE}\b", mail.text)
        if link is None:
            raise MissingStep(f"a link for {SCORE} in the mail")
        shown = self._visit("the survey's page", link[0])
        form, chosen = FORM.search(shown), CHOSEN.findall(shown)
        if form is None or [value for _, value in chosen] != [SCORE]:
            raise MissingStep(f"the page with {SCORE} chosen")
        self._says(f"{who} follows the link of {SCORE}; on the page", f"{_heading(shown)}\n({SCORE})")
        thanks = self._visit("the thanks", urljoin(link[0], html.unescape(form[1])), chosen)
        if self._speech.say("Thank you for your answer!") not in html.unescape(thanks):
            raise MissingStep("the thanks on the page")
        self._says(f"{who} sends it; on the page", _heading(thanks))

    def _visit(self, what: str, url: str, fields: Sequence[tuple[str, str]] | None = None) -> str:
        """What a browser gets from an address, or for a form that it sends there."""
        form = None if fields is None else urlencode(fields).encode()
        try:
            with self._browser.open(Request(url, form), timeout=STEP_WITHIN) as answer:
                return str(answer.read().decode())
        except HTTPError as refusal:
            raise MissingStep(f"{what} (status {refusal.code})") from refusal

    def ledger(self) -> None:
        """What became of that case."""
        said = [self._speech.say(each) for each in ("The helpdesk said so.", "Asked by e-mail.", "answered")]
        self._asks(f"{after_cx(self._speech, 'why')} {self._stage.helpdesk.case}", *said)


def _heading(page: str) -> str:
    found = HEADING.search(page)
    return html.unescape(found[1]) if found else ""


def _labels(message: JSON) -> list[str]:
    rows = [block["elements"] for block in message.get("blocks") or () if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row if element["type"] == "button"]

"""What helpdesks tell: signed HTTP into the running bot, and what follows from it."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from cxbot.core.hooks import kinds
from cxbot.store.engine.statements import rows
from cxbot.store.records import hooks
from cxbot.store.records.hooks import Hook
from tests.core.hooks.signing import PLAIN, TOKEN, WHSEC, signed
from tests.desk import Desk as Terminal
from tests.office import Office
from tests.web.visitor import post

PUBLIC = "https://cx.example.com"


class Desk(Office):
    """An office whose helpdesk tells about conversations. There is no mail server, so links are handed out."""

    environment: ClassVar[Mapping[str, str]] = {"CXBOT_PUBLIC_URL": PUBLIC}
    told = 0
    hook = "desk"  # which one tells

    def add_hook(self, kind: str = "generic", secret: str = WHSEC, name: str = "desk") -> None:
        made = Hook(name, kind, "", self.service.bot.teams()[0].id, (secret,), self.now())
        self.database.write(lambda db: hooks.keep(db, made))

    def post(self, body: bytes, headers: dict[str, str], name: str = "") -> tuple[int, dict[str, Any]]:
        port = int(str(self.slack.events_url).split(":")[2].split("/")[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request(
                "POST", f"/hooks/{name or self.hook}", body, {"Content-Type": "application/json", **headers}
            )
            answer = connection.getresponse()
            self.retry_after = answer.getheader("Retry-After")
            return answer.status, json.loads(answer.read() or b"{}")
        finally:
            connection.close()

    def tell(self, what: str, key: str = "", at: timedelta = timedelta(), **data: Any) -> tuple[int, dict[str, Any]]:
        """Send one of cxbot's own deliveries, signed."""
        self.told += 1
        moment = self.now() + at
        body = {"type": what, "timestamp": moment.isoformat(), "data": {"id": "C-1", **data}}
        scheme = kinds.shipped()["generic"].scheme()
        content = json.dumps(body).encode()
        request = signed(scheme, WHSEC, content, self.now(), key or f"msg_{self.told}")
        return self.post(content, dict(request.headers))

    def close_case(self, case: str = "C-1", email: str = "carla@customer.example", **data: Any) -> dict[str, Any]:
        status, answer = self.tell("conversation.closed", id=case, customer={"email": email}, **data)
        assert status == 202, answer
        return answer

    def why(self, what: str) -> str:
        return self.command(self.anna, "/cx", f"why {what}")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as made:
        made.add_hook()
        yield made


def test_a_close_makes_an_interaction_and_asks_its_customer(desk: Desk) -> None:
    answer = desk.close_case(agent="Anna", topic="invoices", handling_seconds=420)
    assert answer["outcome"] == "sent"
    assert answer["link"].startswith(f"{PUBLIC}/s/")
    [interaction] = rows(desk.database.reader, "SELECT * FROM interactions")
    assert (interaction["source"], interaction["source_id"], interaction["state"]) == ("desk", "C-1", "closed")
    assert interaction["handling_seconds"] == 420
    [invitation] = desk.invitations()
    assert (invitation["delivery"], invitation["asked_by"], invitation["asked_via"]) == ("link", "automatic", "hook")
    assert answer["link"].rpartition("/")[2] not in str(rows(desk.database.reader, "SELECT * FROM links"))


def test_a_member_of_slack_is_asked_by_direct_message_after_the_delay(desk: Desk) -> None:
    status, answer = desk.tell("conversation.closed", customer={"slack": desk.carla})
    assert (status, answer["outcome"]) == (202, "waiting")
    assert "until" in answer
    desk.pass_time(minutes=11)
    assert any("Not now" in str(each["blocks"]) for each in desk.slack.messages(desk.slack.dm(desk.carla)))


def test_a_repeated_delivery_and_a_closed_case_are_no_news(desk: Desk) -> None:
    desk.tell("conversation.closed", key="msg_a", customer={"email": "carla@customer.example"})
    status, answer = desk.tell("conversation.closed", key="msg_a", customer={"email": "carla@customer.example"})
    assert (status, answer["outcome"]) == (200, "sent")
    status, answer = desk.tell("conversation.closed", key="msg_b", customer={"email": "carla@customer.example"})
    assert (status, answer["outcome"]) == (200, "sent")
    assert len(desk.invitations()) == 1


def test_a_reopened_conversation_withdraws_its_survey_and_the_next_close_asks_again(desk: Desk) -> None:
    desk.tell("conversation.closed", customer={"slack": desk.carla})
    desk.clock.advance(timedelta(minutes=1))
    assert desk.tell("conversation.reopened")[0] == 202
    assert [each["state"] for each in desk.invitations()] == ["withdrawn"]
    desk.clock.advance(timedelta(minutes=1))
    status, answer = desk.tell("conversation.closed", customer={"slack": desk.carla})
    assert (status, answer["outcome"]) == (202, "waiting")
    assert sorted(each["state"] for each in desk.invitations()) == ["due", "withdrawn"]
    said = desk.why("C-1")
    assert "the conversation was reopened" in said
    assert "To be asked on" in said


def test_a_name_stays_the_one_of_its_tool(desk: Desk) -> None:
    """A ticket of another tool with the same id is another conversation."""
    terminal = Terminal(desk.path.parent, CXBOT_DB=str(desk.path))
    again = ("hook", "add", "desk", "--team", "Support", "--secret", PLAIN)
    terminal.run(*again, "--kind", "zendesk")
    terminal.run(*again[:-1], WHSEC, "--kind", "generic")  # nothing was told yet
    desk.close_case("1")
    terminal.run("hook", "remove", "desk")
    assert desk.tell("conversation.closed", id="2")[0] == 410
    said = terminal.run(*again, "--kind", "zendesk", code=2)
    assert "The hook “desk” was one of the kind `generic`" in said
    terminal.run(*again[:-1], WHSEC, "--kind", "generic")
    status, answer = desk.tell("conversation.closed", id="1", customer={"email": "carla@customer.example"})
    assert (status, answer["outcome"]) == (200, "sent"), "it is known, and is asked about once"
    assert len(desk.invitations()) == 1


def test_closes_are_in_the_figures_whether_or_not_anybody_is_asked(desk: Desk) -> None:
    for number in range(6):
        desk.close_case(f"C-{number}", handling_seconds=300 if number % 2 else 900, topic="login")
    said = desk.command(desk.leo, "/cx", "aht week").replace("*", "")
    assert "10 min" in said, said
    assert "6 interactions" in said, said


def test_an_older_event_undoes_nothing(desk: Desk) -> None:
    desk.tell("conversation.closed", customer={"slack": desk.carla})
    assert desk.tell("conversation.reopened", at=timedelta(minutes=-5))[0] == 200
    assert [each["state"] for each in desk.invitations()] == ["due"]


def test_every_close_has_an_outcome(desk: Desk) -> None:
    assert desk.tell("conversation.closed", id="C-2")[1]["outcome"] == "no address"
    desk.close_case("C-3")
    assert desk.close_case("C-4")["outcome"] == "throttled"
    assert "the next time is possible from" in desk.why("C-4")
    assert "no address of this customer" in desk.why("C-2")
    desk.change_team(never_companies=["Sample Co"])
    status, answer = desk.tell(
        "conversation.closed", id="C-5", customer={"email": "x@sample.example", "company": "SAMPLE CO"}
    )
    assert (status, answer["outcome"]) == (202, "not eligible")
    desk.change_team(sampling="0")
    assert desk.close_case("C-6", "y@sample.example")["outcome"] == "sampled out"
    assert "Nothing is known about" in desk.why("C-7")


def test_the_sample_is_the_same_at_every_time_and_as_large_as_asked(desk: Desk) -> None:
    desk.change_team(sampling="30")
    outcomes = [desk.close_case(f"C-{n}", f"person{n}@sample.example")["outcome"] for n in range(200)]
    assert 35 <= outcomes.count("sent") <= 85
    assert outcomes.count("sampled out") == 200 - outcomes.count("sent")


def test_a_delivery_that_is_not_known_to_come_from_the_tool_stores_nothing(desk: Desk) -> None:
    body = json.dumps({"type": "conversation.closed", "timestamp": desk.now().isoformat(), "data": {"id": "C-1"}})
    request = signed(kinds.shipped()["generic"].scheme(), WHSEC, body.encode(), desk.now())
    headers = dict(request.headers)
    assert desk.post(body.encode() + b" ", headers)[0] == 401
    assert desk.post(body.encode(), {})[0] == 401
    old = signed(kinds.shipped()["generic"].scheme(), WHSEC, body.encode(), desk.now() - timedelta(minutes=6))
    assert desk.post(body.encode(), dict(old.headers))[0] == 401
    assert desk.post(body.encode(), {"Authorization": f"Bearer {WHSEC}", "webhook-id": "b1"})[0] == 202
    assert desk.post(body.encode(), {"Authorization": f"Bearer {WHSEC}x", "webhook-id": "b2"})[0] == 401


def test_what_is_wrong_is_told_by_its_path(desk: Desk) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"customer": {"email": "nobody"}}, "data.customer.email"),
        ({"custmer": {}}, "data.custmer"),
        ({"handling_seconds": "long"}, "data.handling_seconds"),
        ({"team": "Nowhere"}, "data.team"),
        ({"survey": "nothing"}, "data.survey"),
    ]
    for data, path in wrong:
        status, answer = desk.tell("conversation.closed", **data)
        assert (status, answer["path"]) == (422, path), answer
    assert rows(desk.database.reader, "SELECT 1 FROM interactions") == []
    assert desk.tell("something.else")[0] == 200


def test_the_door_has_its_answers(desk: Desk) -> None:
    assert desk.post(b"{}", {}, "nowhere")[0] == 404
    assert desk.post(b"x" * 300_000, {})[0] == 413
    bearer = {"Authorization": f"Bearer {WHSEC}", "webhook-id": "1"}
    assert desk.post(b"{}", {**bearer, "Content-Type": "text/plain"})[0] == 415
    assert desk.post(b"{}", {**bearer, "Content-Encoding": "gzip"})[0] == 415
    assert desk.post(b"{", bearer)[0] == 422
    desk.database.write(lambda db: hooks.remove(db, "desk", desk.now()))
    assert desk.post(b"{}", bearer)[0] == 410


def test_the_ledger_and_the_funnel_know_every_close(desk: Desk, tmp_path: Path) -> None:
    for case in ("C-1", "C-2"):
        desk.close_case(case, agent="Anna")
    desk.tell("conversation.closed", id="C-3", agent="Anna")
    terminal = Terminal(tmp_path, CXBOT_DB=str(desk.path), CXBOT_TIMEZONE="Europe/Helsinki")
    lines = [json.loads(line) for line in terminal.run("export", "ledger", "--format", "ndjson").splitlines()]
    assert sorted((each["id"], each["outcome"]) for each in lines) == [
        ("C-1", "sent"), ("C-2", "throttled"), ("C-3", "no address"),
    ]  # fmt: skip
    assert terminal.run("export", "ledger").splitlines()[0].startswith("source,id,team,agent")
    report = json.loads(terminal.run("report", "csat", "week", "--json", "--at", desk.now().isoformat()))
    assert report["funnel"]["closed"] == 3
    assert report["funnel"]["asked"] == 1
    assert report["funnel"]["by_agent"] == {"Anna": {"closed": 3, "asked": 1}}
    assert "closed on" in terminal.run("why", "C-2")
    assert json.loads(terminal.run("why", "C-2", "--json"))[0]["outcome"] == "throttled"


def test_a_conversation_that_is_open_is_no_riddle(desk: Desk) -> None:
    desk.tell("conversation.opened", id="C-7")
    said = desk.command(desk.leo, "/cx", "why C-7")
    assert "desk C-7 (Support): it is open, and nobody is asked before it is closed." in said
    desk.close_case("C-7")
    assert "asked, no answer yet" in desk.command(desk.leo, "/cx", "why C-7")


def test_a_tool_may_look_whether_the_address_is_there(desk: Desk) -> None:
    assert desk.get("/hooks/desk")[0] == 200
    assert desk.get("/hooks/nowhere")[0] == 404
    assert rows(desk.database.reader, "SELECT 1 FROM interactions") == []


def test_a_person_is_forgotten_at_the_tools_request(desk: Desk) -> None:
    desk.close_case()
    status, answer = desk.tell("person.erase", customer={"email": "carla@customer.example"})
    assert (status, answer["outcome"]) == (202, "erased")
    kept = str(
        [rows(desk.database.reader, f"SELECT * FROM {table}") for table in ("invitations", "interactions", "names")]
    )
    assert "carla@customer.example" not in kept


def test_one_person_with_two_addresses_is_asked_once_and_forgotten_wholly(desk: Desk) -> None:
    email = "carla@customer.example"
    desk.tell("conversation.closed", customer={"slack": desk.carla, "email": email})
    desk.pass_time(minutes=11)
    assert desk.close_case("C-2", email)["outcome"] == "throttled"
    assert "C-1" in desk.why(email)
    desk.tell("person.erase", customer={"email": email})
    desk.settle()
    for table in ("invitations", "interactions", "names", "name_keys", "opt_outs"):
        kept = str(rows(desk.database.reader, f"SELECT * FROM {table}"))
        assert desk.carla not in kept, table
        assert email not in kept, table
    assert not any("Not now" in str(each["blocks"]) for each in desk.slack.messages(desk.slack.dm(desk.carla)))


def test_the_reaction_of_a_new_team_is_the_rule_for_every_conversation(desk: Desk) -> None:
    desk.change_team(reaction_means="close")
    desk.close(desk.conversation())
    assert [each["asked_by"] for each in desk.invitations()] == ["automatic"]
    desk.change_team(sampling="0")
    other = desk.slack.add_user("other", external=True)
    desk.slack.join(desk.acme, other)
    desk.close(desk.conversation(customer=other))
    assert "not in the sample" in desk.why(f"<@{other}>")


def test_deliveries_that_wait_for_slack_leave_room_for_clicks(desk: Desk) -> None:
    """Twenty come at once while Slack is silent. A click is on disk before any of them has an answer from there."""
    channel, ts = desk.ask()
    for number in range(20):
        desk.slack.add_user(f"late{number}", external=True, email=f"late{number}@customer.example")
    desk.slack.faults.next("users.lookupByEmail", "timeout", times=20, seconds=30)
    told: list[int] = []

    def tell(number: int) -> None:
        case, customer = f"C-{number}", {"email": f"late{number}@customer.example"}
        told.append(desk.tell("conversation.closed", f"late_{number}", id=case, customer=customer)[0])

    senders = [threading.Thread(target=tell, args=(number,)) for number in range(20)]
    for sender in senders:
        sender.start()
    desk.slack.wait_for(lambda: any(call.method == "users.lookupByEmail" for call in desk.slack.workspace.calls))
    assert desk.slack.click(desk.carla, channel, ts, label="4").status == 200
    assert desk.rating()["score"] == 4
    assert 202 not in told, "the click did not wait for them"
    for sender in senders:
        sender.join()
    assert set(told) <= {202, 429}
    assert 202 in told


def of_a_tool(status: str) -> bytes:
    ticket = {"id": "12", "status": status, "customer": {"email": "dora@customer.example"}}
    return json.dumps({"ticket": ticket}).encode()


def test_without_a_time_the_same_body_reopens_and_closes_again(desk: Desk) -> None:
    """Gorgias and Freshdesk send nothing that tells a second close from a repeated delivery of the first one."""
    desk.change_team(throttle_days="0")
    desk.add_hook("gorgias", TOKEN, "gorgias")
    token = {"Authorization": f"Bearer {TOKEN}"}
    for _ in range(2):
        for status, outcome in (("closed", "sent"), ("open", "open")):
            desk.clock.advance(timedelta(minutes=1))
            told = [desk.post(of_a_tool(status), token, "gorgias") for _ in range(2)]
            assert [(code, answer["outcome"]) for code, answer in told] == [(202, outcome), (200, outcome)]
    assert [each["state"] for each in desk.invitations()] == ["withdrawn", "withdrawn"]


def test_a_merged_conversation_is_over_for_good(desk: Desk) -> None:
    """Tools close what they merge, and tell it in any order."""
    desk.tell("conversation.merged", merged_into="C-9")
    for what in ("conversation.closed", "conversation.reopened", "conversation.closed"):
        status, answer = desk.tell(what, at=timedelta(seconds=-1), customer={"email": "carla@customer.example"})
        assert (status, answer["outcome"]) == (200, "merged")
    assert desk.invitations() == []
    assert "it was merged into another one" in desk.why("C-1")


def test_a_second_close_comes_after_the_first_one_whatever_its_tool_says(desk: Desk) -> None:
    """Zammad may tell when a ticket was first closed; and all may happen in one second."""
    desk.change_team(throttle_days="0")
    first = desk.now()
    for minutes in (1, 0):
        desk.clock.advance(timedelta(minutes=minutes))
        desk.close_case(closed_at=first.isoformat())
        assert desk.tell("conversation.reopened")[0] == 202
    desk.clock.advance(timedelta(minutes=minutes))
    assert desk.close_case(closed_at=first.isoformat())["outcome"] == "sent"
    assert desk.tell("conversation.closed", customer={"email": "carla@customer.example"})[1]["outcome"] == "sent"
    assert sorted(each["state"] for each in desk.invitations()) == ["sent", "withdrawn", "withdrawn"]
    told = [line for line in desk.why("C-1").splitlines() if "closed on" in line]
    assert ["withdrawn" in line for line in told] == [False, True, True]


@pytest.mark.parametrize("who", ["leo", "ada"])
def test_what_a_pause_holds_is_paused_wherever_it_is_told(desk: Desk, tmp_path: Path, who: str) -> None:
    desk.tell("conversation.closed", customer={"slack": desk.carla}, key="msg_a")
    desk.command(getattr(desk, who), "/cx", "pause all" if who == "ada" else "pause")
    terminal = Terminal(tmp_path, CXBOT_DB=str(desk.path), CXBOT_TIMEZONE="Europe/Helsinki")

    def outcomes() -> set[str]:
        report = json.loads(terminal.run("report", "csat", "week", "--json", "--at", desk.now().isoformat()))
        return {
            *report["funnel"]["outcomes"],
            json.loads(terminal.run("export", "ledger", "--format", "ndjson"))["outcome"],
            json.loads(terminal.run("why", "C-1", "--json"))[0]["outcome"],
            desk.tell("conversation.closed", customer={"slack": desk.carla}, key="msg_a")[1]["outcome"],
        }

    assert outcomes() == {"paused"}
    assert "held by a pause" in desk.why("C-1")
    desk.command(getattr(desk, who), "/cx", "resume all" if who == "ada" else "resume")
    assert outcomes() == {"waiting"}
    assert ": waiting." in desk.why("C-1")


def test_who_closes_a_conversation_again_gets_no_other_chance_in_the_sample(desk: Desk) -> None:
    desk.change_team(sampling="50", throttle_days="0")
    drawn = {case: desk.close_case(case, f"{case}@sample.example")["outcome"] for case in map(str, range(12))}
    assert set(drawn.values()) == {"sent", "sampled out"}
    for case, outcome in drawn.items():
        desk.tell("conversation.reopened", id=case)
        assert desk.close_case(case, f"{case}@sample.example")["outcome"] == outcome


def test_a_conversation_is_not_merged_into_itself(desk: Desk) -> None:
    """It would be over for good, and the story would send its reader round in a circle."""
    status, answer = desk.tell("conversation.merged", merged_into="C-1")
    assert (status, answer["path"]) == (422, "data.merged_into")
    assert desk.close_case()["outcome"] == "sent"


def test_a_close_that_is_told_late_is_asked_about_at_once_and_its_year_is_told(desk: Desk) -> None:
    earlier = (desk.now() - timedelta(hours=2)).isoformat()
    desk.tell("conversation.closed", customer={"slack": desk.carla}, closed_at=earlier)
    desk.settle()
    said = desk.why("C-1")
    assert "closed on Wed 18 Nov 2026 08:00" in said
    assert "Wed 18 Nov 10:00: To be asked at once." in said
    desk.close_case("C-2", closed_at="2020-01-01T00:00:00Z")
    said = desk.why("C-2")
    assert "closed on Wed 1 Jan 2020 02:00" in said
    assert "Wed 18 Nov 2026 10:00: Not asked: it was closed more than 7 days" in said


def test_a_link_to_a_thread_of_others_is_an_id_that_why_knows(desk: Desk) -> None:
    link = "https://other.slack.com/archives/C0OTHER1/p1763452800000100"
    desk.close_case(link)
    for written in (link, f"<{link}>", f"<{link}|the thread>"):
        assert "A personal link was handed out." in desk.why(written)


def test_a_tool_that_missed_the_answer_gets_the_same_link_again(desk: Desk) -> None:
    """Its time was over, or the connection broke: without the link, nobody could send it to the customer."""
    customer = {"email": "carla@customer.example"}
    _, first = desk.tell("conversation.closed", key="msg_a", customer=customer)
    for key in ("msg_a", "msg_b"):
        status, again = desk.tell("conversation.closed", key=key, customer=customer)
        assert (status, again["link"]) == (200, first["link"])
    desk.restart()
    assert desk.tell("conversation.closed", key="msg_a", customer=customer)[1]["link"] == first["link"]
    assert post(desk, first["link"].removeprefix(PUBLIC), {"a": "5"}).status == 303
    status, answered = desk.tell("conversation.closed", key="msg_a", customer=customer)
    assert (status, answered["outcome"], "link" in answered) == (200, "answered", False)


def test_a_link_that_was_withdrawn_is_not_given_again(desk: Desk) -> None:
    customer = {"email": "carla@customer.example"}
    desk.tell("conversation.closed", key="msg_a", customer=customer)
    desk.clock.advance(timedelta(minutes=1))
    desk.tell("conversation.reopened")
    assert "link" not in desk.tell("conversation.closed", key="msg_a", customer=customer)[1]


@pytest.mark.parametrize(
    ("told", "ends"),
    [
        (("opened", "closed", "closed", "reopened"), "open"),
        (("closed", "reopened", "reopened", "closed"), "closed"),
    ],
)
def test_in_whatever_order_events_come_the_newest_state_holds(desk: Desk, told: tuple[str, ...], ends: str) -> None:
    """A delivery that failed comes again after newer ones, also after such as were no news."""
    desk.change_team(throttle_days="0")
    for number, order in enumerate(itertools.permutations(enumerate(told))):
        case = {"id": f"C-{number}", "customer": {"email": f"c{number}@customer.example"}}
        for minute, what in order:
            desk.tell(f"conversation.{what}", at=timedelta(minutes=minute - 60), **case)
        [kept] = rows(desk.database.reader, "SELECT * FROM interactions WHERE source_id = :id", id=case["id"])
        about = [each["state"] for each in desk.invitations() if each["interaction"] == kept["id"]]
        assert (kept["state"], about.count("sent")) == (ends, int(ends == "closed")), order


def test_a_late_reopening_undoes_no_close_whose_tool_tells_when_it_was_closed_first(desk: Desk) -> None:
    first = (desk.now() - timedelta(hours=5)).isoformat()
    assert desk.close_case(closed_at=first)["outcome"] == "sent"
    status, answer = desk.tell("conversation.reopened", at=timedelta(hours=-1))
    assert (status, answer["outcome"]) == (200, "sent")

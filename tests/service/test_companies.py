"""The company of a customer: what a helpdesk tells, the organisation in Slack, the domain of the e-mail address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cxbot.sandbox import ALL_SCOPES
from tests.desk import Desk as Terminal
from tests.office import Office
from tests.web.test_hooks import Desk

FEW = [scope for scope in ALL_SCOPES if scope not in ("team:read", "users:read.email")]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path, company_days="14") as made:
        made.add_hook()
        yield made


def companies(office: Office) -> list[str]:
    return [each["company"] for each in office.invitations()]


def test_the_organisation_of_a_shared_channel_is_the_company(office: Office) -> None:
    office.thread_survey()
    assert companies(office) == ["Customer"]


def test_the_organisation_that_slack_names_with_the_person_needs_no_scope(tmp_path: Path) -> None:
    with Office(tmp_path, scopes=FEW) as office:
        customer = office.slack.add_user("olga", external=True, enterprise="Sample Group")
        office.slack.join(office.acme, customer)
        office.ask(customer=customer)
        office.ask(customer=office.carla)
        assert sorted(companies(office)) == ["", "Sample Group"]
        assert all(call.method != "team.info" for call in office.slack.workspace.calls)


def test_a_guest_belongs_to_the_company_of_the_address(office: Office) -> None:
    guest = office.slack.add_user("gina", guest="multi", email="gina@mail.sample-shop.example.co.uk")
    colleague = office.slack.add_user("colin")
    office.ask(customer=guest)
    office.ask(customer=colleague)
    assert sorted(companies(office)) == ["", "example.co.uk"]


def test_answers_are_reported_by_company(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "5")
    assert office.rating()["company"]
    assert "Customer" in office.command(office.leo, "/csat", "week by:company")


def test_the_budget_of_a_company_holds_for_all_its_people_in_slack(office: Office) -> None:
    office.change_team(company_days="14")
    other = office.slack.add_user("cora", external=True)
    office.slack.join(office.acme, other)
    office.ask()
    said = office.command(office.anna, "/cx", f"ask <@{other}> csat", office.acme)
    assert "Somebody of this company was asked" in said


@pytest.mark.parametrize("listed", ["Customer", "@customer.example", "example"])
def test_companies_that_are_never_asked_by_name_and_by_domain(office: Office, listed: str) -> None:
    office.slack.workspace.app.external_email_domain = "other.example, eu.customer.example"
    office.change_team(never_companies=[listed])
    said = office.command(office.anna, "/cx", f"ask <@{office.carla}> csat", office.acme)
    assert said.startswith("The team never asks people of Customer") == (listed != "example")


def test_while_slack_cant_name_the_organisation_a_close_waits(office: Office) -> None:
    office.change_team(never_companies=["Customer"])
    office.slack.faults.next("team.info", "500", times=2)
    office.close(office.conversation())
    assert office.invitations() == []
    office.slack.wait_for(lambda: not office.slack.faults.waiting() or office.pass_time(seconds=5), timeout=20)
    office.pass_time(seconds=60)
    assert [(each["state"], each["reason"]) for each in office.invitations()] == [("refused", "never_company")]


def test_an_organisation_that_slack_wont_name_is_no_obstacle(office: Office) -> None:
    office.slack.faults.next("team.info", "error", code="team_not_found")
    office.ask()
    assert companies(office) == [""]


@pytest.mark.parametrize(
    ("address", "company"),
    [
        ("x@example.com", "example.com"),
        ("x@MAIL.Example.com", "example.com"),
        ("x@sales.example.co.uk", "example.co.uk"),
        ("x@example.com.au", "example.com.au"),
        ("x@lab.example.or.jp", "example.or.jp"),
        ("x@example.fi", "example.fi"),
        ("x@co.fi", "co.fi"),
        ("x@gmail.com", ""),
        ("x@hotmail.co.uk", ""),
        ("x@yahoo.fi", ""),
        ("x@pp.inet.fi", ""),
        ("x@elisanet.fi", ""),
    ],
)
def test_the_domain_of_an_address_is_the_company(desk: Desk, address: str, company: str) -> None:
    desk.close_case(email=address)
    assert companies(desk) == [company]


def test_what_a_helpdesk_tells_wins(desk: Desk) -> None:
    desk.tell("conversation.opened", id="C-1", customer={"email": "a@example.com", "company": "Sample Co"})
    desk.clock_seconds(60)
    desk.tell("conversation.closed", id="C-1", customer={"email": "a@example.com"})
    desk.tell("conversation.closed", id="C-2", customer={"slack": desk.carla, "company": "Sample Rival"})
    desk.tell("conversation.opened", id="C-3", customer={"email": "b@example.com"})
    desk.clock_seconds(60)
    desk.tell("conversation.closed", id="C-3", customer={"email": "b@example.com", "company": "Third Sample"})
    assert sorted(companies(desk)) == ["Sample Co", "Sample Rival", "Third Sample"]


def test_two_addresses_of_one_domain_share_the_budget(desk: Desk) -> None:
    assert desk.close_case("C-1", "a@example.com")["outcome"] == "sent"
    assert desk.close_case("C-2", "b@eu.example.com")["outcome"] == "throttled"
    assert desk.close_case("C-3", "a@gmail.com")["outcome"] == "sent"
    assert desk.close_case("C-4", "b@gmail.com")["outcome"] == "sent"


def test_a_domain_that_is_never_asked_holds_whatever_name_a_helpdesk_tells(desk: Desk) -> None:
    desk.change_team(never_companies="example.com, Sample Rival")
    desk.tell("conversation.closed", id="C-1", customer={"email": "a@mail.example.com", "company": "Sample Co"})
    desk.tell("conversation.closed", id="C-2", customer={"email": "a@otherexample.com"})
    found = {each["customer"]: each["reason"] for each in desk.invitations()}
    assert found == {"a@mail.example.com": "never_company", "a@otherexample.com": ""}


def test_the_company_of_somebody_in_slack_is_the_one_of_the_organisation(desk: Desk) -> None:
    desk.tell("conversation.closed", id="C-1", customer={"slack": desk.carla, "email": "carla@example.com"})
    assert companies(desk) == ["Customer"]


def close_of(desk: Desk, case: str, email: str, company: str) -> int:
    return desk.tell("conversation.closed", id=case, customer={"email": email, "company": company})[0]


def test_two_names_that_are_linked_are_one_company(desk: Desk) -> None:
    assert close_of(desk, "C-1", "a@example.com", "Sample Oy") == 202
    terminal = Terminal(desk.path.parent)
    said = terminal.run("company", "link", "Sample Oy", "sample.example")
    assert said == "sample.example and Sample Oy are one company from now on, also in what is on file.\n"
    assert terminal.run("company", "list") == "Sample Oy: sample.example\n"
    assert desk.close_case("C-2", "b@sample.example")["outcome"] == "throttled"
    assert companies(desk) == ["Sample Oy", "Sample Oy"]


def test_what_was_on_file_under_both_names_is_one_companys(desk: Desk) -> None:
    terminal = Terminal(desk.path.parent)
    header = ("external_id", "answered_at", "metric", "score", "company")
    at = desk.now().isoformat()
    given = [("r1", at, "csat", "5", "Sample Oy"), ("r2", at, "csat", "4", "sample.example")]
    terminal.run("import", terminal.write([header, *given]))
    terminal.run("company", "link", "Sample Oy", "SAMPLE.example")
    for name in ("Sample Oy", "sample.example"):
        assert terminal.report("csat", "week", f"company:{name}", at=at)["n"] == 2


@pytest.mark.parametrize("rule", [{"never_companies": "Sample Oy"}, {"conditions": '-company:"Sample Oy"'}])
def test_rules_know_a_company_under_every_linked_name(desk: Desk, rule: dict[str, str]) -> None:
    desk.change_team(**rule, company_days="0")
    terminal = Terminal(desk.path.parent)
    assert desk.close_case("C-1", "a@sample.example")["outcome"] == "sent"
    terminal.run("company", "link", "sample.example", "Sample Oy")
    assert desk.close_case("C-2", "b@sample.example")["outcome"] == "not eligible"
    terminal.run("company", "unlink", "Sample Oy")
    assert desk.close_case("C-3", "c@sample.example")["outcome"] == "sent"
    assert "`Sample Oy` is not linked" in terminal.run("company", "unlink", "Sample Oy", code=2)


def test_a_company_that_was_never_heard_of_is_not_linked(desk: Desk) -> None:
    close_of(desk, "C-1", "a@example.com", "Sample Oy")
    terminal = Terminal(desk.path.parent)
    assert "Did you mean `Sample Oy`?" in terminal.run("company", "link", "Sampel Oy", "sample oyj", code=2)

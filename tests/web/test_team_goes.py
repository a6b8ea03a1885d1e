"""A team is removed while its surveys wait: nothing is sent for it any more, and the story says why."""

from __future__ import annotations

from pathlib import Path

from tests.desk import Desk as Terminal
from tests.mail.server import mail_server
from tests.web.test_hooks import Desk


def test_what_waits_when_a_team_is_removed_is_not_sent(tmp_path: Path) -> None:
    with mail_server() as server, Desk(tmp_path) as desk:
        desk.reach_by_mail(server.url)
        desk.add_hook()
        server.next["RCPT"].append("451 4.7.1 come back later")
        desk.close_case("C-1", "first@customer.example")
        desk.pass_time(minutes=11)  # put off by the mail server
        desk.close_case("C-2", "second@customer.example")
        Terminal(tmp_path, CXBOT_DB=str(desk.path)).run("team", "remove", "Support")
        for _ in range(6):
            desk.pass_time(minutes=30)
        assert server.mails == []
        assert [each["state"] for each in desk.invitations()] == ["withdrawn", "withdrawn"]
        desk.add_team(name="Sales", channel=desk.team_channel, members=[desk.anna])
        for case in ("C-1", "C-2"):
            said = desk.command(desk.ada, "/cx", f"why {case}")
            assert said.splitlines()[-1].endswith("Withdrawn: the team was removed."), said

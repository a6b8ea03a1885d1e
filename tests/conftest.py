"""Fixtures: a customer-service team in a local Slack, a terminal, and a mail server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk
from tests.mail.server import MailServer, mail_server
from tests.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as made:
        yield made

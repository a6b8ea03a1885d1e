"""A customer-service team in a local Slack, served by the real bot over signed HTTP and a real SQLite file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk
from tests.office import Office

os.environ["NO_PROXY"] = "127.0.0.1,localhost"  # a proxy of the environment is nothing for loopback


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)

"""A customer without Slack: asks the bot's web server for pages and sends forms."""

from __future__ import annotations

import http.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from cxbot.store.engine.statements import rows
from tests.office import Office

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Page:
    """What the server answered."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")


def ask(
    office: Office, method: str, path: str, body: bytes | None = None, source: str = "127.0.0.1", **headers: str
) -> Page:
    """One request. Underscores in the names of headers are written as hyphens."""
    connection = http.client.HTTPConnection("127.0.0.1", office.service.port, timeout=10, source_address=(source, 0))
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return Page(response.status, dict(response.getheaders()), response.read().decode())
    finally:
        connection.close()


def get(office: Office, path: str, **headers: str) -> Page:
    """Look at a page."""
    return ask(office, "GET", path, **headers)


def post(office: Office, path: str, fields: Mapping[str, Any] | Sequence[tuple[str, str]] = (), **headers: str) -> Page:
    """Send a form."""
    return ask(office, "POST", path, urlencode(fields, doseq=True).encode(), **{"Content_Type": FORM, **headers})


def everything(office: Office) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    db = office.database.reader
    tables = rows(db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {each["name"]: rows(db, f'SELECT * FROM "{each["name"]}"') for each in tables}


def answers(office: Office) -> dict[str, Any]:
    """The scores by metric."""
    return {each["metric"]: each["score"] for each in rows(office.database.reader, "SELECT * FROM ratings")}

"""What requests get that lead nowhere, on every route."""

from __future__ import annotations

import http.client

import pytest

from tests.office import Office

TOOLS = ("/", "/nope", "/slack/events", "/healthz", "/metrics", "/assets/x", "/assets/page.css", "/privacy", "/%00")
HOOKS = ("/hooks", "/hooks/", "/hooks/desk", "/hooks/a/b")
PEOPLE = ("/s/", "/s/x", "/s/x/thanks", "/s/a/b/c", "/u/x", "/s/%00")
METHODS = ("GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "FOO")
Answer = tuple[int, dict[str, str], str]


def ask(office: Office, method: str, path: str, body: bytes = b"", kind: str = "text/plain") -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", office.service.port, timeout=10)
    try:
        connection.request(method, path, body, {"Content-Type": kind})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("path", [*TOOLS, *HOOKS, *PEOPLE])
def test_every_refusal_is_short_and_in_our_own_words(office: Office, path: str) -> None:
    for method in METHODS:
        status, headers, body = ask(office, method, path)
        if status == 200:
            assert method == "GET" or (method == "OPTIONS" and not body)
            continue
        assert 400 <= status < 500, (method, status)
        assert "The requested URL" not in body
        assert "The method is not allowed" not in body
        if path in PEOPLE:
            assert headers["Content-Type"].startswith("text/html")
            assert "/assets/page.css" in body, "it looks like the other pages"
            assert headers["Content-Security-Policy"]
        elif path in HOOKS:
            assert headers["Content-Type"] == "application/json"
            assert body.startswith('{"error":')
        else:
            assert headers["Content-Type"].startswith("text/plain")
            assert len(body) < 60
        if status == 405:
            assert headers["Allow"]


def test_a_refusal_is_in_the_visitors_language(office: Office) -> None:
    status, _, body = ask(office, "PUT", "/s/x?lang=fi")
    assert status == 405
    assert "Avaa viestissämme oleva linkki" in body

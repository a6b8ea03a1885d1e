"""Requests to /slack/events that are not Slack's: refused with a 4xx, and nothing runs."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cxbot.store.engine.statements import rows
from cxbot.web import forms
from tests.office import Office

FORM = "application/x-www-form-urlencoded"


def knock(office: Office, body: bytes, headers: dict[str, str] | None = None, *, sign: bool = True, **kind: Any) -> int:
    """The status of a POST to /slack/events."""
    timestamp = str(int(time.time()) + int(kind.get("seconds_off", 0)))
    secret = str(kind.get("secret", office.slack.signing_secret)).encode()
    digest = hmac.new(secret, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    signed = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"} if sign else {}
    connection = http.client.HTTPConnection("127.0.0.1", office.service.port, timeout=10)
    try:
        connection.request("POST", "/slack/events", body, {"Content-Type": FORM, **signed, **(headers or {})})
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def everything(office: Office) -> list[Any]:
    """All that a request could have changed."""
    tables = ("invitations", "answer_events", "ratings", "cases", "outbox", "opt_outs", "switches")
    return [rows(office.database.reader, f"SELECT * FROM {table}") for table in tables]


def command(office: Office) -> bytes:
    """A slash command that would pause everything."""
    return urlencode({"command": "/cx", "text": "pause all", "user_id": office.ada, "channel_id": office.team_channel,
                      "team_id": office.slack.workspace_id, "trigger_id": "1.2.3"}).encode()  # fmt: skip


def test_a_signed_command_runs(office: Office) -> None:
    before = everything(office)
    assert knock(office, command(office)) == 200
    assert everything(office) != before


@pytest.mark.parametrize(
    "how",
    [
        {"sign": False},
        {"secret": "another one"},
        {"seconds_off": -301},
        {"seconds_off": 400},
        {"headers": {"X-Slack-Request-Timestamp": "abc"}},
        {"headers": {"X-Slack-Request-Timestamp": ""}},
        {"headers": {"X-Slack-Request-Timestamp": "9" * 400}},
        {"headers": {"X-Slack-Request-Timestamp": "-1"}},
        {"headers": {"X-Slack-Signature": "v0=\xe4\xf6"}},
        {"headers": {"X-Slack-Signature": "v0="}},
        {"headers": {"X-Slack-Signature": "v1=00"}},
        {"headers": {"Content-Type": "text/plain"}},
    ],
    ids=str,
)
def test_requests_that_slack_did_not_sign_run_nothing(office: Office, how: dict[str, Any]) -> None:
    before = everything(office)
    status = knock(office, command(office), **how)
    assert 400 <= status < 500
    assert everything(office) == before


def test_a_changed_body_is_refused(office: Office) -> None:
    good = command(office)
    digest = office.slack.signature(good)
    assert knock(office, good.replace(b"pause", b"resum"), digest, sign=False) == 401


MALFORMED = [
    b"",
    b"payload=x", b"payload=", b"payload=%5B%5D", b"payload=null", b"payload=1", b'payload={"type":"block_actions"}',
    b'payload={"type":5}', b"payload=" + b"[" * 5000, b"\xff\xfe", b"a=b", b"=&=&=",
    b'payload={"type":"view_submission","view":1,"user":{"id":"U1"}}',
    b'payload={"type":"block_actions","user":{"id":"U1"},"actions":[1]}',
    b'payload={"type":"block_actions","user":"U1","actions":[{"action_id":"score:1"}]}',
    b'payload={"type":"block_actions","user":{"id":"U1"},"actions":[{"action_id":["x"]}]}',
    b'payload={"type":"block_actions","user":{"id":"U1"},"team":"T1","actions":[{"action_id":"score:1"}]}',
    b'payload={"type":"message_action","callback_id":"ask_for_feedback","user":{"id":"U1"},"message":"hi"}',
]  # fmt: skip
MALFORMED_JSON = [
    b"{",
    b"[]", b"1", b'"x"', b"null", b"", b"{}", b'{"type":"event_callback"}', b'{"type":"event_callback","event":"x"}',
    b'{"type":"event_callback","event":{"type":["reaction_added"]}}', b"[" * 100_000,
    b'{"type":"event_callback","event":{"type":"reaction_added","item":"x"}}', b"NaN", b'{"type":{}}',
    b'{"type":"event_callback","event":{"type":"reaction_added","user":7,"reaction":"x","item":{"type":"message"}}}',
]  # fmt: skip


@pytest.mark.parametrize("body", MALFORMED, ids=lambda body: body[:70].decode("latin-1"))
def test_signed_forms_that_are_none_of_slacks_get_a_4xx(office: Office, body: bytes) -> None:
    assert 400 <= knock(office, body) < 500


@pytest.mark.parametrize("body", MALFORMED_JSON, ids=lambda body: body[:70].decode("latin-1"))
def test_signed_json_that_is_none_of_slacks_gets_a_4xx(office: Office, body: bytes) -> None:
    assert 400 <= knock(office, body, {"Content-Type": "application/json"}) < 500


values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["U1", "score:3", "x", "", "1.2"]),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(
        st.sampled_from(["id", "type", "user", "team", "channel", "actions", "action_id", "value", "view", "event",
                         "message", "ts", "item", "container", "state", "values", "callback_id"]), inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


def test_no_signed_payload_whatever_its_shape_is_answered_with_a_500(office: Office) -> None:
    before = everything(office)

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        kind=st.sampled_from(["block_actions", "view_submission", "view_closed", "message_action", "event_callback",
                              "shortcut", "block_suggestion", "url_verification", "x"]),
        rest=st.dictionaries(st.sampled_from(["user", "team", "channel", "actions", "view", "event", "message",
                                              "container", "callback_id", "trigger_id", "authorizations",
                                              "enterprise", "response_url", "challenge", "state"]), values),
    )  # fmt: skip
    def try_one(kind: str, rest: dict[str, Any]) -> None:
        payload = {"type": kind, **rest}
        if kind in ("event_callback", "url_verification"):
            assert knock(office, json.dumps(payload).encode(), {"Content-Type": "application/json"}) < 500
        else:
            assert knock(office, urlencode({"payload": json.dumps(payload)}).encode()) < 500

    try_one()
    assert everything(office) == before


@given(st.dictionaries(st.text(min_size=1), st.text()))
@example({"payload": '{"text": "Hyvää päivää = 100 % + \\n🙂"}', "leer": ""})
def test_forms_are_read_as_they_were_written(written: dict[str, str]) -> None:
    """As every encoder writes them: with + or %20 for a space, and safe characters left alone or not."""
    for encoder in (quote_plus, quote, lambda text, *_: "".join(f"%{byte:02x}" for byte in text.encode())):
        assert forms.fields(urlencode(written, quote_via=encoder)) == written


def test_slack_verifies_the_address(office: Office) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "legacy"}).encode()
    assert knock(office, body, {"Content-Type": "application/json"}) == 200


def test_ssl_probes_are_answered(office: Office) -> None:
    assert knock(office, b"ssl_check=1&token=legacy") == 200


def test_an_event_nobody_asked_for_is_taken(office: Office) -> None:
    body = json.dumps({"type": "event_callback", "event": {"type": "channel_rename"}, "event_id": "Ev1"}).encode()
    assert knock(office, body, {"Content-Type": "application/json"}) == 200


def test_a_body_that_is_too_large_is_refused(office: Office) -> None:
    assert knock(office, b"a=" + b"x" * 1_000_100) == 413


def test_health_is_told_part_by_part(office: Office) -> None:
    status, body = office.get("/healthz")
    assert (status, json.loads(body)) == (
        200, {"database": True, "writer": True, "tick": True, "outbox": True, "slack": True}
    )  # fmt: skip


def test_logs_name_ids_only(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    channel, ts = office.ask("csat")
    office.slack.click(office.carla, channel, ts, label="2")
    office.settle()
    office.slack.post(office.carla, channel, "My secret: kissa123")
    office.slack.settle()
    office.settle()
    knock(office, b"token=my-token&text=secret-words", secret="wrong")
    told = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("cxbot"))
    assert "outbox task=" in told
    for secret in ("kissa123", office.slack.bot_token, office.slack.signing_secret, "secret-words", "my-token"):
        assert secret not in told

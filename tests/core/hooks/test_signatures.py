"""Only the tool that knows the secret is believed, and only at the time."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.hooks.kinds import shipped
from cxbot.core.hooks.signatures import Scheme, SignatureError, SignedRequest, check_secret, verify
from cxbot.errors import UsageError
from tests.core.hooks.signing import TOKEN, WHSEC, secret_for, signed, written

NOW = datetime(2026, 11, 21, 8, 5, tzinfo=UTC)
SCHEMES = {f"{kind.name}-{name}": scheme for kind in shipped().values() for name, scheme in kind.schemes.items()}
HUBSPOT_1 = Scheme("X-HubSpot-Signature", proof="hash", signed="{secret}{body}", encoding="hex")
HUBSPOT_2 = replace(HUBSPOT_1, signed="{secret}{method}{decoded_uri}{body}")
EVERY = SCHEMES | {"hubspot-v1": HUBSPOT_1, "hubspot-v2": HUBSPOT_2}
SIGNED = {name: scheme for name, scheme in EVERY.items() if scheme.proof in ("hmac", "hash")}
TIMED = {name: scheme for name, scheme in EVERY.items() if scheme.timestamp}
STANDARD, ZENDESK = SCHEMES["generic-signed"], SCHEMES["zendesk-signed"]
HUBSPOT_URL, HUBSPOT_BODY = "https://www.example.com/webhook_uri", b"{'example_field':'example_value'}"
HUBSPOT_SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
VECTORS = {
    "Standard Webhooks": (
        STANDARD, WHSEC, 1614265330, b'{"test": 2432232314}',
        {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
         "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
    ),
    "Zendesk's form": (
        replace(ZENDESK, never=()), ZENDESK.never[0], 1616648967, b'{"event":"ticket.updated","id":123}',
        {"X-Zendesk-Webhook-Signature": "S/RDdU2ERmj7LHDDoWJ2onPYH+t7/f2+LTM4dL7UiLM=",
         "X-Zendesk-Webhook-Signature-Timestamp": "2021-03-25T05:09:27Z"},
    ),
    "Atlassian": (
        SCHEMES["jira-signed"], "It's a Secret to Everybody", 0, b"Hello World!",
        {"X-Hub-Signature": "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"},
    ),
    "HubSpot v1": (
        HUBSPOT_1, HUBSPOT_SECRET, 0, HUBSPOT_BODY,
        {"X-HubSpot-Signature": "69fc6631a867edd4f9e9e627fc5c1148e3fbdd8b21837b6d2b8901c1fa57f750"},
    ),
    "HubSpot v2": (
        HUBSPOT_2, HUBSPOT_SECRET, 0, HUBSPOT_BODY,
        {"X-HubSpot-Signature": "4fe4e3a7d3cf09db53be39d0a58130e2aaba074ec123a9e355b876a689a1c383"},
    ),
    "HubSpot v3": (
        SCHEMES["hubspot-signed"], HUBSPOT_SECRET, 15000, HUBSPOT_BODY,
        {"X-HubSpot-Signature-v3": "HPW73RUtKmcYoEDADG0s6MmGFWUzWJKAW07r8RDgcQw=",
         "X-HubSpot-Request-Timestamp": "15000000"},
    ),
}  # fmt: skip
bodies = st.binary(max_size=200)


def refusal(scheme: Scheme, secret: str, request: SignedRequest, now: datetime = NOW) -> str:
    with pytest.raises(SignatureError) as caught:
        verify(scheme, [secret], request, now)
    said = str(caught.value)
    assert not any(value in said for value in request.headers.values() if len(value) > 5), "may be logged"
    return said


def changed(request: SignedRequest, header: str, value: str) -> SignedRequest:
    return replace(request, headers={**request.headers, header: value})


def without(request: SignedRequest, header: str) -> SignedRequest:
    return replace(request, headers={name: value for name, value in request.headers.items() if name != header})


@pytest.mark.parametrize("case", VECTORS)
def test_published_signatures_are_right(case: str) -> None:
    scheme, secret, seconds, body, headers = VECTORS[case]
    request = SignedRequest("POST", HUBSPOT_URL, headers, body)
    verify(scheme, [secret], request, datetime.fromtimestamp(seconds, UTC))
    refusal(scheme, secret, replace(request, body=body + b" "), datetime.fromtimestamp(seconds, UTC))


def test_a_signature_that_is_one_letter_off_is_wrong() -> None:
    scheme, secret, seconds, body, headers = VECTORS["Standard Webhooks"]
    twin = {**headers, "webhook-signature": headers["webhook-signature"].replace("OE=", "OA=")}
    refusal(scheme, secret, SignedRequest("POST", "", twin, body), datetime.fromtimestamp(seconds, UTC))


@given(st.sampled_from(sorted(EVERY)), bodies, st.integers(-300, 300))
def test_what_was_signed_with_the_secret_is_believed(name: str, body: bytes, away: int) -> None:
    scheme = EVERY[name]
    verify(scheme, [secret_for(scheme)], signed(scheme, secret_for(scheme), body, NOW + timedelta(seconds=away)), NOW)


@given(st.sampled_from(sorted(SIGNED)), bodies.filter(len), st.data())
def test_a_body_with_one_byte_changed_is_not(name: str, body: bytes, data: st.DataObject) -> None:
    scheme = SIGNED[name]
    request = signed(scheme, secret_for(scheme), body, NOW)
    place, mask = data.draw(st.integers(0, len(body) - 1)), data.draw(st.integers(1, 255))
    other = body[:place] + bytes([body[place] ^ mask]) + body[place + 1 :]
    assert "does not fit" in refusal(scheme, secret_for(scheme), replace(request, body=other))


@given(st.sampled_from(sorted(EVERY)), bodies, st.data())
def test_a_signature_with_one_byte_changed_is_not(name: str, body: bytes, data: st.DataObject) -> None:
    scheme = EVERY[name]
    request = signed(scheme, secret_for(scheme), body, NOW)
    given = request.headers[scheme.header]
    place = data.draw(st.integers(len(scheme.prefix), len(given) - 1))
    letter = data.draw(st.characters(codec="ascii", exclude_characters=given[place]))
    refusal(scheme, secret_for(scheme), changed(request, scheme.header, given[:place] + letter + given[place + 1 :]))


@given(st.sampled_from(sorted(TIMED)), st.integers(1, 200))
def test_a_timestamp_that_was_changed_is_not(name: str, seconds: int) -> None:
    scheme = TIMED[name]
    request = signed(scheme, secret_for(scheme), b"{}", NOW)
    later = changed(request, scheme.timestamp, written(scheme, NOW + timedelta(seconds=seconds)))
    assert "does not fit" in refusal(scheme, secret_for(scheme), later)


@given(st.sampled_from(sorted(EVERY)), bodies)
def test_another_secret_is_not(name: str, body: bytes) -> None:
    scheme = EVERY[name]
    other = {"basic": "other:password of another", "token": f"{TOKEN}2"}.get(scheme.proof, "whsec_" + "A" * 32)
    refusal(scheme, secret_for(scheme), signed(scheme, other, body, NOW))


@pytest.mark.parametrize("seconds", [-301, 301, -86_400, 86_400 * 365])
@pytest.mark.parametrize("name", sorted(TIMED))
def test_a_delivery_from_long_ago_or_from_the_future_is_refused(name: str, seconds: int) -> None:
    scheme = TIMED[name]
    request = signed(scheme, secret_for(scheme), b"{}", NOW + timedelta(seconds=seconds))
    assert "more than 300 seconds away" in refusal(scheme, secret_for(scheme), request)


@pytest.mark.parametrize("text", ["1e9", "-1", "+1764000000", " ", "١٧٦٤٠٠٠٠٠٠", "1764000000.5", "1" * 15, "now", "²"])
@pytest.mark.parametrize("name", sorted(TIMED))
def test_a_timestamp_that_is_no_time_is_refused(name: str, text: str) -> None:
    scheme = TIMED[name]
    request = changed(signed(scheme, secret_for(scheme), b"{}", NOW), scheme.timestamp, text)
    assert "is not a time" in (said := refusal(scheme, secret_for(scheme), request)) or "is missing" in said


@pytest.mark.parametrize(
    "text", ["2026-11-21 08:05", "2026-11-21T08:05:00", "21.11.2026", "2026-W47-6T08:05Z", "20261121T080500Z"]
)
def test_a_timestamp_of_zendesk_names_its_zone(text: str) -> None:
    request = changed(signed(ZENDESK, secret_for(ZENDESK), b"{}", NOW), ZENDESK.timestamp, text)
    assert "is not a time" in refusal(ZENDESK, secret_for(ZENDESK), request)


@pytest.mark.parametrize("name", sorted(EVERY))
def test_every_header_of_a_scheme_is_needed(name: str) -> None:
    scheme = EVERY[name]
    request = signed(scheme, secret_for(scheme), b"{}", NOW)
    for header in request.headers:
        assert f"The header `{header}` is missing." == refusal(scheme, secret_for(scheme), without(request, header))


@pytest.mark.parametrize("name", sorted(EVERY))
def test_the_case_of_headers_makes_no_difference(name: str) -> None:
    scheme = EVERY[name]
    request = signed(scheme, secret_for(scheme), b"{}", NOW)
    verify(
        scheme,
        [secret_for(scheme)],
        replace(request, headers={k.swapcase(): v for k, v in request.headers.items()}),
        NOW,
    )


@pytest.mark.parametrize("name", sorted(EVERY))
def test_either_of_two_secrets_will_do_while_one_is_replaced(name: str) -> None:
    scheme = EVERY[name]
    new, request = secret_for(scheme), signed(scheme, secret_for(scheme), b"{}", NOW)
    old = {"basic": "other:password of another", "token": f"{TOKEN}2"}.get(scheme.proof, "whsec_" + "A" * 32)
    verify(scheme, [old, new], request, NOW)
    verify(scheme, [new, old], request, NOW)
    with pytest.raises(SignatureError):
        verify(scheme, [], request, NOW)


def test_signatures_of_other_versions_are_passed_over() -> None:
    request = signed(STANDARD, WHSEC, b"{}", NOW)
    one = request.headers["webhook-signature"]
    for several in (f"v1a,abc {one}", f"nonsense {one}", f"v2,{one} , {one}", f"v1,old {one}"):
        verify(STANDARD, [WHSEC], changed(request, "webhook-signature", several), NOW)
    for none in ("v1a,abc", "nonsense", one.removeprefix("v1,"), one.replace("v1,", "v2,")):
        assert "begins with `v1,`" in refusal(STANDARD, WHSEC, changed(request, "webhook-signature", none))


@pytest.mark.parametrize("name", sorted(name for name, scheme in SIGNED.items() if not scheme.several))
def test_only_a_list_of_signatures_has_several(name: str) -> None:
    scheme = SIGNED[name]
    request = signed(scheme, secret_for(scheme), b"{}", NOW)
    one = request.headers[scheme.header]
    refusal(scheme, secret_for(scheme), changed(request, scheme.header, f"{one} {one}"))


def test_the_id_is_signed() -> None:
    request = signed(STANDARD, WHSEC, b"{}", NOW)
    assert "does not fit" in refusal(STANDARD, WHSEC, changed(request, "webhook-id", "msg_2"))
    assert "is not an id" in refusal(STANDARD, WHSEC, changed(request, "webhook-id", "x" * 201))


def test_the_method_and_the_address_are_signed_by_hubspot() -> None:
    scheme = SCHEMES["hubspot-signed"]
    request = signed(scheme, secret_for(scheme), b"[]", NOW)
    verify(scheme, [secret_for(scheme)], replace(request, uri=request.uri.replace("%3F", "%3f")), NOW)
    refusal(scheme, secret_for(scheme), replace(request, uri=request.uri + "2"))
    refusal(scheme, secret_for(scheme), replace(request, method="PUT"))


def test_only_the_twelve_escapes_are_decoded() -> None:
    scheme = replace(HUBSPOT_2, proof="hmac", signed="{decoded_uri}{body}")
    plain, escaped = "/a:/?@!$'()*,;%20%41%253A", "/a%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B%20%41%253A"
    one = SignedRequest("POST", "", {}, plain.encode())
    made = signed(replace(scheme, signed="{body}"), secret_for(scheme), plain.encode(), NOW)
    verify(scheme, [secret_for(scheme)], replace(one, uri=escaped, headers=made.headers, body=b""), NOW)


def test_the_word_bearer_may_be_written_in_small_letters() -> None:
    scheme = SCHEMES["gorgias-bearer"]
    for text in (f"bearer {TOKEN}", f"BEARER  {TOKEN} "):
        verify(scheme, [TOKEN], SignedRequest("POST", "", {"authorization": text}, b""), NOW)
    assert "begins with `Bearer`" in refusal(scheme, TOKEN, SignedRequest("POST", "", {"Authorization": TOKEN}, b""))


def test_the_key_that_everybody_knows_is_never_a_secret() -> None:
    known = ZENDESK.never[0]
    request = signed(replace(ZENDESK, never=()), known, b"{}", NOW)
    assert "everybody knows" in refusal(ZENDESK, secret_for(ZENDESK), request)
    with pytest.raises(UsageError, match="everybody knows"):
        verify(ZENDESK, [known], request, NOW)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("generic-signed", ""), ("generic-signed", "whsec_"), ("generic-signed", "whsec_c2hvcnQ="),
        ("generic-signed", "whsec_ä" + "A" * 40), ("generic-signed", "whsec_" + "A" * 100),
        ("generic-signed", "A" * 33), ("jira-signed", ""), ("jira-signed", "short"), ("jira-signed", "x" * 257),
        ("jira-signed", "a line\nand another one"),
        ("gorgias-bearer", "a token with spaces in it"), ("gorgias-bearer", "ä" * 20),
        ("freshdesk-basic", "no colon in this secret"), ("freshdesk-basic", "no password in it:"),
        ("freshdesk-basic", ":no name in this secret"),
    ],
)  # fmt: skip
def test_a_text_that_can_not_be_a_secret_is_refused(name: str, secret: str) -> None:
    with pytest.raises(UsageError, match=r"secret"):
        check_secret(SCHEMES[name], secret)
    with pytest.raises(UsageError):
        verify(SCHEMES[name], [secret], SignedRequest("POST", "", {SCHEMES[name].header: "x"}, b""), NOW)


@given(
    st.sampled_from(sorted(EVERY)),
    st.dictionaries(st.text(max_size=20), st.text(max_size=80)),
    st.text(max_size=80),
    bodies,
)
def test_whatever_the_headers_are_the_answer_is_no(name: str, headers: dict[str, str], proof: str, body: bytes) -> None:
    scheme = EVERY[name]
    stamp = {scheme.timestamp: written(scheme, NOW)} if scheme.timestamp else {}
    request = SignedRequest("POST", "", {**headers, **stamp, scheme.header: scheme.prefix + proof}, body)
    with pytest.raises(SignatureError):
        verify(scheme, [secret_for(scheme)], request, NOW)


def test_a_secret_may_come_without_its_prefix_and_padding() -> None:
    request = signed(STANDARD, WHSEC, b"{}", NOW)
    verify(STANDARD, [WHSEC.removeprefix("whsec_")], request, NOW)
    longer = "whsec_" + base64.b64encode(bytes(range(25))).decode()
    verify(STANDARD, [longer.rstrip("=")], signed(STANDARD, longer, b"{}", NOW), NOW)

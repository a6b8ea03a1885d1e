"""Whether a delivery comes from the tool that it says it comes from: one verifier for the schemes of all tools."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cxbot.core.hooks import moments
from cxbot.errors import N_, CxbotError, UsageError

PROOFS = ("hmac", "hash", "token", "basic")
ALGORITHMS = ("sha256", "sha1")
ENCODINGS = ("base64", "hex")
KEYS = ("verbatim", "whsec")
UNITS = ("s", "ms", "iso")
PART = re.compile(r"\{([a-z_]+)\}")
PARTS = ("id", "timestamp", "method", "uri", "decoded_uri", "body", "secret")
DIGITS = re.compile(r"[0-9]{1,14}")
ID = re.compile(r"[\x21-\x7e]{1,200}")
TOKEN = re.compile(r"[\x21-\x7e]*")
ESCAPES = {
    "%3a": ":", "%2f": "/", "%3f": "?", "%40": "@", "%21": "!", "%24": "$",
    "%27": "'", "%28": "(", "%29": ")", "%2a": "*", "%2c": ",", "%3b": ";",
}  # fmt: skip
ESCAPE = re.compile("|".join(ESCAPES), re.IGNORECASE)
WHSEC = "whsec_"
KEY_BYTES = range(24, 65)
SECRET_LENGTH = range(16, 257)
MOST_SIGNATURES = 20


class SignatureError(CxbotError):
    """A delivery is not known to come from the tool. The text has nothing of the delivery in it and may be logged."""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A delivery as it came. `uri` is the whole address as the tool was given it, never one made from headers."""

    method: str
    uri: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a tool proves that it sent a delivery.

    With the proof `hmac`, `header` has an HMAC of the bytes that `signed` describes: a text in which `{body}`, `{id}`,
    `{timestamp}`, `{method}`, `{uri}` and `{decoded_uri}` stand for what they say. With `hash` it has a plain hash, and
    `{secret}` is one of the parts. With `token` it has the secret itself behind `prefix`, with `basic` the secret as
    “name:password” of HTTP Basic.

    `prefix` is what comes before a signature; others are of versions that are not known here. `several` signatures
    stand in one header, with spaces between them. The secret is taken as it is (`verbatim`) or is `whsec_` with the
    base64 of the key. `id` and `timestamp` are headers; a delivery is refused if its timestamp is more than `window`
    seconds away, before or after. `never` has secrets that everybody knows.
    """

    header: str
    proof: str = "hmac"
    signed: str = "{body}"
    algorithm: str = "sha256"
    encoding: str = "base64"
    prefix: str = ""
    several: bool = False
    key: str = "verbatim"
    id: str = ""
    timestamp: str = ""
    unit: str = "s"
    window: int = 0
    never: tuple[str, ...] = ()


def verify(scheme: Scheme, secrets: Sequence[str], request: SignedRequest, now: datetime) -> None:
    """Raise SignatureError unless the request proves that its sender knows one of the secrets.

    Two secrets are valid while one is replaced by the other. Raises UsageError if one of them can't be a secret.
    """
    for secret in secrets:
        check_secret(scheme, secret)
    proofs = _proofs(scheme, _needed(request.headers, scheme.header))
    _check_time(scheme, request.headers, now)
    if scheme.id and not ID.fullmatch(_needed(request.headers, scheme.id)):
        raise SignatureError(N_("The header `%(header)s` is not an id."), header=scheme.id)
    if any(_proves(scheme, secret, request, proofs) for secret in secrets):
        return
    if any(_proves(scheme, secret, request, proofs) for secret in scheme.never):
        raise SignatureError(
            N_("The signature was made with a key that everybody knows. Save the webhook in the tool, then test it.")
        )
    raise SignatureError(N_("The header `%(header)s` does not fit the secret and the content."), header=scheme.header)


def check_secret(scheme: Scheme, secret: str) -> None:
    """Raise UsageError unless the text can be a secret of the scheme, and is none that everybody knows."""
    if secret in scheme.never:
        raise UsageError(N_("This is the tool's key for tests, which everybody knows. Use the webhook's own secret."))
    if scheme.key == "whsec":
        try:
            right = len(_decoded(secret)) in KEY_BYTES
        except ValueError:
            right = False
        if not right:
            raise UsageError(
                N_("The secret has to be `whsec_` with the base64 of %(least)s to %(most)s random bytes behind it."),
                least=KEY_BYTES[0], most=KEY_BYTES[-1],
            )  # fmt: skip
        return
    if len(secret) not in SECRET_LENGTH or not secret.isprintable():
        raise UsageError(
            N_("The secret has to be one line of %(least)s to %(most)s characters."),
            least=SECRET_LENGTH[0], most=SECRET_LENGTH[-1],
        )  # fmt: skip
    if scheme.proof == "token" and not TOKEN.fullmatch(secret):
        raise UsageError(N_("The secret goes into a header: write only letters a–z, digits and signs, without spaces."))
    if scheme.proof == "basic" and not 0 < secret.find(":") < len(secret) - 1:
        raise UsageError(N_("The secret has to be a name and a password with a colon between them: `name:password`."))


def header(headers: Mapping[str, str], name: str) -> str | None:
    """The value of a header, whose name may be written in upper or lower case; None if it is not there."""
    wanted = name.lower()
    return next((value.strip() for each, value in headers.items() if each.lower() == wanted), None)


def _needed(headers: Mapping[str, str], name: str) -> str:
    value = header(headers, name)
    if not value:
        raise SignatureError(N_("The header `%(header)s` is missing."), header=name)
    return value


def _proofs(scheme: Scheme, given: str) -> list[str]:
    """What is to be compared: the signatures of the known version, or the token, without what comes before them."""
    if scheme.proof in ("token", "basic"):
        start, rest = given[: len(scheme.prefix)], given[len(scheme.prefix) :]
        found = [rest.strip()] if start.lower() == scheme.prefix.lower() else []  # “bearer” is “Bearer”
    else:
        written = given.split()[:MOST_SIGNATURES] if scheme.several else [given]
        found = [each.removeprefix(scheme.prefix) for each in written if each.startswith(scheme.prefix)]
    if not found:
        raise SignatureError(
            N_("The header `%(header)s` has nothing that begins with `%(prefix)s`."),
            header=scheme.header, prefix=scheme.prefix.strip(),
        )  # fmt: skip
    return found


def _check_time(scheme: Scheme, headers: Mapping[str, str], now: datetime) -> None:
    """Raise SignatureError unless the delivery was signed within the window around now."""
    if not scheme.timestamp:
        return
    given = _needed(headers, scheme.timestamp)
    try:
        signed_at = moments.milliseconds(moments.of_iso(given)) if scheme.unit == "iso" else _number(given, scheme.unit)
    except ValueError:
        raise SignatureError(N_("The header `%(header)s` is not a time."), header=scheme.timestamp) from None
    if abs(moments.milliseconds(now) - signed_at) > scheme.window * 1000:
        raise SignatureError(
            N_("The header `%(header)s` is more than %(seconds)s seconds away from the time here."),
            header=scheme.timestamp, seconds=scheme.window,
        )  # fmt: skip


def _number(text: str, unit: str) -> int:
    if not DIGITS.fullmatch(text):
        raise ValueError(unit)
    return int(text) * (1000 if unit == "s" else 1)


def _proves(scheme: Scheme, secret: str, request: SignedRequest, proofs: Sequence[str]) -> bool:
    """Whether one of the proofs is the one that this secret makes."""
    expected = _expected(scheme, secret, request)
    return any(hmac.compare_digest(expected, _bytes(proof)) for proof in proofs)


def _expected(scheme: Scheme, secret: str, request: SignedRequest) -> bytes:
    if scheme.proof == "token":
        return _bytes(secret)
    if scheme.proof == "basic":
        return base64.b64encode(_bytes(secret))
    content = _signed(scheme, secret, request)
    if scheme.proof == "hash":
        made = hashlib.new(scheme.algorithm, content).digest()
    else:
        key = _decoded(secret) if scheme.key == "whsec" else _bytes(secret)
        made = hmac.digest(key, content, scheme.algorithm)
    return binascii.hexlify(made) if scheme.encoding == "hex" else base64.b64encode(made)


def _signed(scheme: Scheme, secret: str, request: SignedRequest) -> bytes:
    """The bytes that a tool signs: the pieces of `scheme.signed`, every second one the name of a part."""
    parts = {
        "id": _bytes(header(request.headers, scheme.id) or ""),
        "timestamp": _bytes(header(request.headers, scheme.timestamp) or ""),
        "method": _bytes(request.method.upper()),
        "uri": _bytes(request.uri),
        "decoded_uri": _bytes(ESCAPE.sub(lambda found: ESCAPES[found[0].lower()], request.uri)),
        "body": request.body,
        "secret": _bytes(secret),
    }
    pieces = PART.split(scheme.signed)
    return b"".join(parts[piece] if place % 2 else _bytes(piece) for place, piece in enumerate(pieces))


def _decoded(secret: str) -> bytes:
    """The key in a secret that is base64, with or without `whsec_` and the padding. Raises ValueError if it is none."""
    text = secret.removeprefix(WHSEC).rstrip("=")
    return base64.b64decode(_bytes(text + "=" * (-len(text) % 4)), validate=True)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # of a header that is no text, too: it is compared, and does not fit

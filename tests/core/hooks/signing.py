"""Signs a delivery as a tool does, from the description of its scheme."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

from cxbot.core.hooks.signatures import Scheme, SignedRequest

URL = "https://cx.example.com/hooks/support?from=tool%3F"
WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PLAIN = "a secret of 24 characters"
BASIC = "helpdesk:a long password"
TOKEN = "token-of-more-than-16-characters"


def secret_for(scheme: Scheme) -> str:
    """A secret that fits a scheme."""
    return {"token": TOKEN, "basic": BASIC}.get(scheme.proof, WHSEC if scheme.key == "whsec" else PLAIN)


def written(scheme: Scheme, at: datetime) -> str:
    """A moment as the tool writes it."""
    if scheme.unit == "iso":
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(round(at.timestamp() * (1000 if scheme.unit == "ms" else 1)))


def signature(scheme: Scheme, secret: str, body: bytes, stamp: str = "", delivery: str = "") -> str:
    """The value of the header that proves who sent a POST to the address."""
    if scheme.proof == "token":
        return scheme.prefix + secret
    if scheme.proof == "basic":
        return scheme.prefix + base64.b64encode(secret.encode()).decode()
    decoded = URL.replace("%3F", "?")
    content = scheme.signed.encode()
    for name, value in (("id", delivery), ("timestamp", stamp), ("method", "POST"), ("uri", URL), ("secret", secret)):
        content = content.replace(f"{{{name}}}".encode(), value.encode())
    content = content.replace(b"{decoded_uri}", decoded.encode()).replace(b"{body}", body)
    if scheme.proof == "hash":
        made = hashlib.new(scheme.algorithm, content).digest()
    else:
        key = base64.b64decode(secret.removeprefix("whsec_")) if scheme.key == "whsec" else secret.encode()
        made = hmac.new(key, content, scheme.algorithm).digest()
    return scheme.prefix + (made.hex() if scheme.encoding == "hex" else base64.b64encode(made).decode())


def signed(scheme: Scheme, secret: str, body: bytes, at: datetime, delivery: str = "msg_1") -> SignedRequest:
    """A delivery of the body with all its headers."""
    stamp = written(scheme, at)
    headers = {scheme.header: signature(scheme, secret, body, stamp, delivery)}
    headers |= {scheme.timestamp: stamp} if scheme.timestamp else {}
    headers |= {scheme.id: delivery} if scheme.id else {}
    return SignedRequest("POST", URL, headers, body)

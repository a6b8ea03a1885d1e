"""The outcome of a close in one word: what has become of asking about it."""

from __future__ import annotations

from collections.abc import Mapping

OF_REFUSALS: Mapping[str, str] = {
    "throttled": "throttled",
    "company_throttled": "throttled",
    "relationship_throttled": "throttled",
    "company_relationship_throttled": "throttled",
    "waiting": "throttled",
    "sampled_out": "sampled out",
    "opted_out": "opted out",
    "paused": "paused",
    "incident": "incident",
    "no_address": "no address",
    "no_way": "undeliverable",
}
"""By the code of a refusal; every other refusal is “not eligible”."""
OUTCOMES = (
    "waiting", "sent", "answered", "commented", "throttled", "sampled out", "opted out", "withdrawn", "undeliverable",
    "expired", "declined", "paused", "rehearsed", "incident", "not eligible", "no address",
)  # fmt: skip
NOT_ELIGIBLE = frozenset({"not eligible", "incident", "no address", "withdrawn", "paused", "rehearsed"})
ASKED = frozenset({"sent", "answered", "commented", "expired", "declined", "undeliverable"})
ANSWERED = frozenset({"answered", "commented"})


def outcome(state: str, reason: str, *, answered: bool, commented: bool, paused: bool = False) -> str:
    """The current outcome of a close, by the state of its invitation and the reason for it. `paused` says whether
    what waits is held by a pause."""
    if commented:
        return "commented"
    if answered:
        return "answered"
    if state == "refused":
        return OF_REFUSALS.get(reason, "not eligible")
    if state == "due":
        return "paused" if paused else "waiting"
    return "waiting" if state == "sending" else state

"""Finds what a place names in a delivery."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cxbot.core.hooks.kind import JOINED, Places
from cxbot.core.hooks.signatures import header

Found = tuple[str, Any]
"""A value and its path in the body, by which errors name it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A body, or one of its items, with the headers. `path` is where it is in the whole body."""

    body: Any
    headers: Mapping[str, str]
    path: str = ""

    def every(self, places: Places) -> list[Found]:
        """The values in the first place that has any. What is null or a blank text is not there."""
        return next((found for place in places if (found := list(self._found(place)))), [])

    def first(self, places: Places) -> Found | None:
        """The first value in the first place that has any."""
        return next(iter(self.every(places)), None)

    def named(self, places: Places) -> str:
        """The path by which an error names what is in none of the places."""
        first = places[0].partition(JOINED)[0]
        return first if first.startswith("[") else self._under(first)

    def parts(self, place: str) -> list[Found | None]:
        """What there is in the parts of a place, None for a part that is empty."""
        return [next(iter(self._found(part)), None) for part in place.split(JOINED)]

    def _under(self, place: str) -> str:
        return f"{self.path}.{place}" if self.path else place

    def _found(self, place: str) -> Iterator[Found]:
        if place.startswith("["):
            value: Any = header(self.headers, place[1:-1])
            found = [(place, value)]
        else:
            found = [(self.path, self.body)]
            for step in place.split("."):
                found = [inner for path, value in found for inner in _inside(path, value, step)]
        return (each for each in found if not _is_empty(each[1]))


def _inside(path: str, value: Any, step: str) -> Iterator[Found]:
    """What a step leads to: one value, every item of a list for `*`, or nothing."""
    start = f"{path}." if path else ""
    if isinstance(value, dict) and step in value:
        yield f"{start}{step}", value[step]
    elif isinstance(value, list) and step == "*":
        yield from ((f"{start}{number}", each) for number, each in enumerate(value))
    elif isinstance(value, list) and step.isascii() and step.isdigit() and int(step) < len(value):
        yield f"{start}{step}", value[int(step)]


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())

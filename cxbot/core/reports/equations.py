"""What follows from several sums over the same answers: linear equations, and how few answers one of them is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping
from typing import Generic, TypeVar

PRIME = 2**61 - 1  # equations are solved modulo this prime: exact, but for a chance of about 10⁻¹⁸

U = TypeVar("U", bound=Hashable)


class Equations(Generic[U]):
    """The sums that somebody knows, in reduced row echelon form.

    `sizes` has the number of answers in each unknown: answers that are in the same sums can't be told apart. No
    equation that follows from the sums is about fewer than `least` answers.
    """

    def __init__(self, sizes: Mapping[U, int], least: int) -> None:
        self._sizes, self._least = sizes, least
        self._order: dict[U, int] = {}
        self._rows: dict[U, dict[U, int]] = {}
        self._having: dict[U, set[U]] = defaultdict(set)

    def add(self, unknowns: Collection[U]) -> bool:
        """Add a sum over some unknowns. False, and nothing is added, if an equation about too few answers would
        follow."""
        return self._add(unknowns, anyway=False)

    def know(self, unknowns: Collection[U]) -> None:
        """Add a sum that is known anyway."""
        self._add(unknowns, anyway=True)

    def implies(self, unknowns: Collection[U]) -> bool:
        """Whether a sum follows from those that are known."""
        return not self._reduced(dict.fromkeys(unknowns, 1))

    def _add(self, unknowns: Collection[U], *, anyway: bool) -> bool:
        for unknown in unknowns:
            self._order.setdefault(unknown, len(self._order))
        new = self._reduced(dict.fromkeys(unknowns, 1))
        if not new:
            return True
        pivot = min(new, key=self._order.__getitem__)
        scaled = _times(new, pow(new[pivot], -1, PRIME))
        changed = {at: _plus(self._rows[at], scaled, -self._rows[at][pivot]) for at in self._having.get(pivot, ())}
        followed = (scaled, *changed.values())
        if not anyway and any(sum(map(self._sizes.__getitem__, row)) < self._least for row in followed):
            return False
        for at, row in (*changed.items(), (pivot, scaled)):
            for unknown in self._rows.get(at, ()):
                self._having[unknown].discard(at)
            self._rows[at] = row
            for unknown in row:
                self._having[unknown].add(at)
        return True

    def _reduced(self, row: dict[U, int]) -> dict[U, int]:
        # The rows have no pivots of each other, so each is subtracted once; in place, since a row may be long.
        for pivot in [unknown for unknown in row if unknown in self._rows]:
            factor = row[pivot]
            for unknown, value in self._rows[pivot].items():
                left = (row.get(unknown, 0) - factor * value) % PRIME
                if left:
                    row[unknown] = left
                else:
                    row.pop(unknown, None)
        return row


def _times(row: dict[U, int], factor: int) -> dict[U, int]:
    return {unknown: value * factor % PRIME for unknown, value in row.items()}


def _plus(row: dict[U, int], other: dict[U, int], factor: int) -> dict[U, int]:
    total = dict(row)
    for unknown, value in other.items():
        total[unknown] = (total.get(unknown, 0) + factor * value) % PRIME
    return {unknown: value for unknown, value in total.items() if value}

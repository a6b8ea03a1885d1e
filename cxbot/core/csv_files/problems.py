"""What is wrong with a file: the first errors by line and column, and a count of all."""

from __future__ import annotations

from cxbot.errors import N_, Joined, UsageError

SHOWN = 20


class Problems:
    """The errors of a file. The first 20 are kept, the others are counted."""

    def __init__(self) -> None:
        self.count = 0
        self._shown: list[UsageError] = []

    def add(self, line: int, column: str, why: UsageError) -> None:
        """Note what is wrong with a cell, or with a whole row if `column` is ""."""
        self.count += 1
        if self.count > SHOWN:
            return
        if column:
            where = UsageError(N_("Line %(line)s, column %(column)s: %(why)s"), line=line, column=column, why=why)
        else:
            where = UsageError(N_("Line %(line)s: %(why)s"), line=line, why=why)
        self._shown.append(where)

    def check(self) -> None:
        """Raise UsageError with all errors, if there are any."""
        listed = Joined(tuple(self._shown), "\n")
        if self.count > SHOWN:
            raise UsageError(
                N_("%(problems)s\n… and %(more)s more: %(all)s errors in all.\nNothing was imported."),
                problems=listed,
                more=self.count - SHOWN,
                all=self.count,
            )
        if self.count:
            raise UsageError(N_("%(problems)s\nNothing was imported."), problems=listed)

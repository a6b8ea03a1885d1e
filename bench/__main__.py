"""Run benchmarks and print a table: `make bench`, or `python -m bench PART …`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import click
from rich.console import Console
from rich.table import Table

from bench import clicks, cold, hooks, pages, reports, scale, size, ticks

Row = tuple[str, str, str, str]


def _ratio(what: str, measure: Callable[[], tuple[float, list[float]]]) -> Callable[[], Iterable[Row]]:
    def rows() -> Iterable[Row]:
        ratio, rounds = measure()
        yield what, f"{ratio:.2f} x", "1.5 x", " ".join(f"{each:.2f}" for each in rounds)

    return rows


def _size() -> Iterable[Row]:
    yield "CPU of cxbot --help", f"{size.help_cpu():.2f} s", "0.3 s", "5"
    seconds, memory = size.ready_and_idle()
    yield "serve until ready", f"{seconds:.2f} s", "2 s", "5"
    yield "idle memory", f"{memory:.0f} MiB", "95 MiB (100 MB)", "5"


PARTS: dict[str, Callable[[], Iterable[Row]]] = {
    "clicks": _ratio("click until ack / empty listener + bare commit", clicks.measure),
    "pages": _ratio("answer on the page / click in Slack", pages.measure),
    "reports": _ratio("/nps week, 1,000,000 answers / 1,000 answers", reports.measure),
    "hooks": hooks.measure,
    "ticks": ticks.measure,
    "cold": cold.measure,
    "scale": scale.measure,
    "size": _size,
}


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
def main(parts: Sequence[str]) -> None:
    """Run benchmarks, all of them or some PARTS, and print a table with limits and rounds."""
    table = Table("what", "measured", "limit", "rounds")
    for part in parts or PARTS:
        for row in PARTS[part]():
            table.add_row(*row)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()

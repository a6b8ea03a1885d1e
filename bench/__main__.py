"""Run every benchmark and print a table: `make bench`."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from bench import clicks, cold, hooks, pages, reports, scale, size, ticks


def main() -> None:
    """Run all benchmarks and print a table with limits and rounds."""
    table = Table("what", "measured", "limit", "rounds")
    ratio, rounds = clicks.measure()
    table.add_row("click until ack / empty listener + bare commit", f"{ratio:.2f} x", "1.5 x", _shown(rounds))
    ratio, rounds = pages.measure()
    table.add_row("answer on the page / click in Slack", f"{ratio:.2f} x", "1.5 x", _shown(rounds))
    ratio, rounds = reports.measure()
    table.add_row("/nps week, 1,000,000 answers / 1,000 answers", f"{ratio:.2f} x", "1.5 x", _shown(rounds))
    for row in (*hooks.measure(), *ticks.measure(), *cold.measure(), *scale.measure()):
        table.add_row(*row)
    table.add_row("CPU of cxbot --help", f"{size.help_cpu():.2f} s", "0.3 s", "5")
    seconds, memory = size.ready_and_idle()
    table.add_row("serve until ready", f"{seconds:.2f} s", "2 s", "5")
    table.add_row("idle memory", f"{memory:.0f} MiB", "95 MiB (100 MB)", "5")
    Console(width=120).print(table)


def _shown(rounds: list[float]) -> str:
    return " ".join(f"{ratio:.2f}" for ratio in rounds)


if __name__ == "__main__":
    main()

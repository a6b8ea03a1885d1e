"""Measures start and size with the run-time requirements only: CPU of `--help`, seconds until ready, idle memory."""

from __future__ import annotations

import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench.client import SECRET
from cxbot.sandbox import Sandbox

ROUNDS = 5
COMMAND = (str(Path(sys.executable).with_name("cxbot")),)


def help_cpu() -> float:
    """CPU seconds of `cxbot --help`, median of five after a warm-up."""
    seconds = []
    for _ in range(ROUNDS + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*COMMAND, "--help"], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(seconds[1:])


def ready_and_idle() -> tuple[float, float]:
    """Seconds until /healthz is 200 on an empty file, and MiB of memory three seconds later; medians of five."""
    seconds, memory = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder, Sandbox() as slack:
            env = {
                **os.environ, "SLACK_BOT_TOKEN": slack.bot_token, "SLACK_SIGNING_SECRET": SECRET,
                "SLACK_API_URL": slack.api_url, "CXBOT_DB": str(Path(folder) / "cxbot.db"), "CXBOT_LOG_LEVEL": "ERROR",
            }  # fmt: skip
            port = _free_port()
            start = time.perf_counter()
            process = subprocess.Popen([*COMMAND, "serve", "--port", str(port)], env=env)
            try:
                _wait(f"http://127.0.0.1:{port}/healthz")
                seconds.append(time.perf_counter() - start)
                time.sleep(3)
                memory.append(_resident(process.pid))
            finally:
                process.terminate()
                process.wait(20)
    return statistics.median(seconds), statistics.median(memory)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(url: str) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise TimeoutError(url)


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")

"""Tests of cxbot. What they start as a process is this working copy, and loopback needs no proxy."""

import os
from pathlib import Path

os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])
os.environ["NO_PROXY"] = "127.0.0.1,localhost"

"""Tests of cxbot. Processes that they start run this working copy, and loopback needs no proxy."""

import os
from pathlib import Path

os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])
os.environ["NO_PROXY"] = "127.0.0.1,localhost"

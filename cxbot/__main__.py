"""`python -m cxbot`, the same as `cxbot`."""

from cxbot.cli import main

main(prog_name="cxbot")

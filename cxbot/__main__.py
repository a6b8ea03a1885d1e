"""`python -m cxbot`, the same as `cxbot`."""

from cxbot.cli.main import main

main(prog_name="cxbot")

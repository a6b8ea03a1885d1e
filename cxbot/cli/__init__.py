"""The command line. Only this package prints to a terminal and exits; start reading at `main.py`."""

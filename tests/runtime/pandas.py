"""On the path of commands under test: sqlite-utils imports pandas where it finds it, and users don't have it."""

raise ImportError("pandas is no run-time requirement")

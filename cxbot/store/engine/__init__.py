"""The SQLite file: connections, schema, the writer thread, cached results."""

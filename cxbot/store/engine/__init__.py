"""The SQLite file: connections, schema, the writer, and kept results."""

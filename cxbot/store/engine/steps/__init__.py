"""What large steps of the schema do. A released step never changes."""

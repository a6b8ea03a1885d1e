"""The stored rows, one module for each kind."""

"""The rows that are kept, a module for each noun."""

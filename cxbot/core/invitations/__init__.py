"""The rules of asking, and what a customer's actions change."""

"""The rules for asking customers, and the effects of a customer's clicks and comments."""

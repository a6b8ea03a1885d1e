"""Who may be asked when, and what a customer's actions change."""

"""The sample data of the demo: a pure, repeatable history of a support and a sales team, and how it gets on file."""

"""All SQL. `records` has a module per kind of row, `reports` the facts for each kind of report."""

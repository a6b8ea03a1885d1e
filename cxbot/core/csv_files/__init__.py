"""The CSV files that can be imported: columns, and what a cell means."""

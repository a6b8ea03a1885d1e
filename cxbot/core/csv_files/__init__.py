"""The CSV files that can be imported: their columns and the meaning of a cell."""

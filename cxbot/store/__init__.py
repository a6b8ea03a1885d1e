"""All SQL. One module per noun; `database` owns connections, transactions and the writer thread."""

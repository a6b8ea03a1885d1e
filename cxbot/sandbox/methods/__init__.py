"""The methods of the Web API, a module for each family; `table.py` lists them."""

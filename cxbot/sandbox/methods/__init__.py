"""The methods of the Web API, one module for each family such as `chat.*`; `table.py` lists them all."""

"""Building blocks of messages: text, buttons, tables and ids."""

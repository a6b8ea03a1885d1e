"""The facts that each kind of report needs, read from the file; and the reports built from them."""

"""Message catalogues: one .po file per language, read as they are (see CONTRIBUTING.md)."""

"""Message catalogues: one .po file per language, read without compiling (see CONTRIBUTING.md)."""

"""What comes and goes as files: imports, exports, and copies of the whole."""

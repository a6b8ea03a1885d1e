"""What each report needs from the file, and the report."""

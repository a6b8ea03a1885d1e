"""Reports: what each kind says about a question."""

"""cxbot: asks customers one small question after each interaction and tells the team what it means."""

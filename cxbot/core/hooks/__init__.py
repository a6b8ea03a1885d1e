"""What helpdesks and other tools say by webhook: who sent it, and what it means."""

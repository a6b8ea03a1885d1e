"""The contents of weekly and monthly digests."""

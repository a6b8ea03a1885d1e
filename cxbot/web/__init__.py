"""The web server and its endpoints."""

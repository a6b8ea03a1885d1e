"""Addresses of this machine itself."""

from ipaddress import ip_address


def on_loopback(host: str) -> bool:
    """Whether a host is this machine itself, so that nothing that is sent to it crosses a network."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"

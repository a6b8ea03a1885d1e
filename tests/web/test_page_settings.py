"""The settings of the survey's page: read as they are meant, refused with what to do."""

from __future__ import annotations

import pytest

from cxbot.config import Settings
from cxbot.errors import ConfigError


def test_what_is_not_set_is_empty() -> None:
    read = Settings.from_env({})
    assert (read.public_url, read.company, read.color, read.privacy_url) == ("", "", "", "")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://feedback.example.com", "https://feedback.example.com"),
        ("https://feedback.example.com/", "https://feedback.example.com"),
        ("https://feedback.example.com:8443", "https://feedback.example.com:8443"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://localhost:3000/", "http://localhost:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_a_public_address(written: str, read: str) -> None:
    assert Settings.from_env({"CXBOT_PUBLIC_URL": written}).public_url == read


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [
        ("CXBOT_PUBLIC_URL", "http://feedback.example.com", "without https others could read"),
        ("CXBOT_PUBLIC_URL", "http://127.0.0.1.example.com", "without https others could read"),
        ("CXBOT_PUBLIC_URL", "feedback.example.com", "such as https://feedback.example.com"),
        ("CXBOT_PUBLIC_URL", "https://", "such as https://feedback.example.com"),
        ("CXBOT_PUBLIC_URL", "https://example.com/feedback", "without a path"),
        ("CXBOT_PUBLIC_URL", "https://example.com//", "without a path"),
        ("CXBOT_PUBLIC_URL", "https://example.com?x=1", "without a path"),
        ("CXBOT_PUBLIC_URL", "https://me:secret@example.com", "without a path"),
        ("CXBOT_PUBLIC_URL", "https://example.com:port", "without a path"),
        ("CXBOT_PUBLIC_URL", "ftp://example.com", "without a path"),
        ("CXBOT_PUBLIC_URL", "https://[::1", "without a path"),
        ("CXBOT_PRIVACY_URL", "http://example.com/privacy", "https:// address of your privacy notice"),
        ("CXBOT_PRIVACY_URL", "javascript:alert(1)", "https:// address of your privacy notice"),
        ("CXBOT_PRIVACY_URL", "https://exa mple.com", "https:// address of your privacy notice"),
        ("CXBOT_COLOR", "blue", "# and six digits"),
        ("CXBOT_COLOR", "#fff", "# and six digits"),
        ("CXBOT_COLOR", "#ffffff;}", "# and six digits"),
        ("CXBOT_COLOR", "#gggggg", "# and six digits"),
    ],
)
def test_a_wrong_setting_says_what_to_do(variable: str, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        Settings.from_env({variable: text})
    assert f"{variable} is `{text}`" in str(raised.value)
    assert said in str(raised.value)


def test_a_colour_and_a_privacy_notice() -> None:
    read = Settings.from_env({"CXBOT_COLOR": "#0B5FFF", "CXBOT_PRIVACY_URL": "https://example.com/privacy?lang=en#x"})
    assert (read.color, read.privacy_url) == ("#0b5fff", "https://example.com/privacy?lang=en#x")

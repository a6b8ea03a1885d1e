"""The one rule by which names are compared."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.names import is_address, key, mailbox, shown, spelled

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


@pytest.mark.parametrize(
    "spellings",
    [
        ("Öljy", "öljy", "ÖLJY", "O\u0308ljy", " Öljy ", "Öljy\u00a0", "Öl\u00adjy", "\ufeffÖljy"),
        ("Jo@Example.com", "jo@example.com", "JO@EXAMPLE.COM", "jo@example.com\u200b"),
        ("jo@bücher.example", "jo@xn--bcher-kva.example", "JO@XN--BCHER-KVA.Example", "jo@BU\u0308CHER.example"),
        ("mail.müller.example", "mail.xn--mller-kva.example"),
        ("Second line", "second  line", "SECOND\u00a0LINE", "Second\u202fline", "Second\tline"),
        ("Straße", "STRASSE"),
        ("Ａcme", "acme"),
        ("U0ANNA", "u0anna"),
    ],
)
def test_spellings_of_one_name_have_one_key(spellings: tuple[str, ...]) -> None:
    assert len({key(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Olja", "Öljä"),
        ("Acme", "Acme 2"),
        ("jo@a.example", "jo.a@example"),
        ("jo@bücher.example", "jo@bucher.example"),
        ("jo-xn--bcher-kva", "jo-bücher"),
    ],
)
def test_other_names_have_other_keys(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize("text", ["", "  ", "\u00a0", "\u200b", "\u00ad \t"])
def test_a_text_without_visible_characters_is_no_name(text: str) -> None:
    assert key(text) == ""


@given(texts)
def test_the_key_of_a_key_is_the_key(text: str) -> None:
    assert key(key(text)) == key(text)


@pytest.mark.parametrize("part", ["xn--", "xn---", "xn--a", "xn--99999999", "xn--xn--a-8va", "xn--n--abc-9t62b"])
def test_what_only_looks_like_a_domain_in_ascii_is_a_name_like_any_other(part: str) -> None:
    assert key(key(f"jo@{part}.example")) == key(f"jo@{part}.example")
    assert key(part.upper()) == key(part)


@given(texts)
def test_any_part_of_a_domain_in_ascii_has_one_key(text: str) -> None:
    name = key("xn--" + text.encode("punycode").decode())
    assert key(name) == name


def test_a_mail_goes_to_the_address_as_it_is_spelled() -> None:
    assert mailbox(" Weiß@Fußball.Example\u200b") == "weiß@fußball.example"
    assert key(mailbox("Weiß@Fußball.Example")) == key("weiss@fussball.example")


@given(texts, st.sampled_from(("NFC", "NFD", "NFKC", "NFKD")))
def test_the_form_of_unicode_makes_no_difference(text: str, form: str) -> None:
    assert key(unicodedata.normalize(form, text)) == key(text)


@given(texts)
def test_case_makes_no_difference(text: str) -> None:
    assert key(text.casefold()) == key(text)
    assert key(text.swapcase().swapcase().upper()) == key(text.swapcase().swapcase().upper().lower())


@given(texts)
def test_what_is_shown_is_the_same_name(text: str) -> None:
    assert key(shown(text)) == key(text)


@pytest.mark.parametrize(
    "text",
    [
        "jo@example.com", "jo.smith+tag@mail.example.co.uk", "Jo@Example.COM", "x_y-z@1-2.example",
        "o'neil@example.com", "päivi@pähkinä.example", "a@b.cd",
        "#!$%&*/=?^`{|}~@example.com", "a" * 64 + "@example.com",
    ],
)  # fmt: skip
def test_an_address_is_one(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "@", "jo", "jo@", "@example.com", "jo@example", "jo@@example.com", "jo@a@example.com",
        "jo@example.com ", " jo@example.com", "jo@exam ple.com", "jo@example..com", "jo@.example.com",
        ".jo@example.com", "jo.@example.com", "jo..smith@example.com", "Jo <jo@example.com>",
        "jo@example.com.", "jo@a.com, an@a.com", "jo smith@example.com",
        "jo@-example.com", "jo@example-.com", "jo@[127.0.0.1]", '"jo smith"@example.com', "jo@example.com\n",
        "jo\x00@example.com", "jo@exam\u200bple.com", "mailto:jo@example.com", "a" * 65 + "@example.com",
        "jo@" + "a." * 130 + "com",
    ],
)  # fmt: skip
def test_what_is_no_address_is_not(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    ("known", "address"),
    [
        ("u0sample01", "U0SAMPLE01"),
        ("w0sample01", "W0SAMPLE01"),
        ("una@example.com", "una@example.com"),
        ("una", "una"),
    ],
)
def test_an_address_is_written_as_slack_and_mail_write_it(known: str, address: str) -> None:
    assert spelled(known) == address

import pytest

from tracker.core.errors import Refused
from tracker.vendors.rules import check_email, check_website


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("https://www.example.com/path?x=1", "https://www.example.com/path?x=1"),
        ("http://example.com:8080", "http://example.com:8080"),
        (" www.example.com ", "https://www.example.com"),
        ("示範.example", "https://示範.example"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_a_website_is_stored_with_its_scheme(typed: str, stored: str) -> None:
    assert check_website(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://example.com/%0aalert(1)",
        "data:text/html,<script>",
        "ftp://example.com",
        "//example.com",
        "https://",
        "https://localhost",
        "http://exa mple.com",
        "https://[::1",
        "our website",
    ],
)
def test_anything_but_a_web_address_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_website(typed, field="website")

    assert refusal.value.field == "website"


@pytest.mark.parametrize("typed", ["a@example.com", "first.last+tag@mail.example.tw", ""])
def test_a_mail_address_is_taken(typed: str) -> None:
    assert check_email(typed) == typed


@pytest.mark.parametrize(
    "typed", ["a@b", "a b@example.com", "@example.com", "a@@example.com", "a@example.com,b@example.com"]
)
def test_what_is_no_mail_address_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        check_email(typed)

"""Addresses are built as Flask builds them, also when they are remembered."""

from typing import Any

import pytest
from flask import Flask, url_for


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("overview.home", {}),
        ("journey.show", {"engagement_id": 7}),
        ("journey.show", {"engagement_id": 7, "step": "assess", "_anchor": "checklist"}),
        ("journey.index", {"q": "雲 {端} 100%&=", "expert": 3, "view": None}),
        ("journey.index", {"given": True}),
        ("journey.gate", {"engagement_id": 12, "step": "migrate"}),
        ("vendors.show", {"vendor_id": 987_654_321, "page": 987_654_322}),
        ("static", {"filename": "css/app.css"}),
        ("overview.home", {"_external": True}),
    ],
)
def test_an_address_is_the_one_that_flask_gives(app: Flask, endpoint: str, values: dict[str, Any]) -> None:
    for root in ("", "/under"):
        with app.test_request_context("/", base_url=f"http://office.example{root}"):
            expected = Flask.url_for(app, endpoint, **values)
            assert [url_for(endpoint, **values) for _again in range(2)] == [expected, expected]


def test_relative_endpoints_are_those_of_the_page_that_names_them(app: Flask) -> None:
    with app.test_request_context("/engagements"):
        assert url_for(".index") == "/engagements"
    with app.test_request_context("/vendors"):
        assert url_for(".index") == "/vendors"

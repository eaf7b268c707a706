"""A browser reaches the running site at both widths."""

import pytest


@pytest.mark.browser
def test_the_sign_in_page_opens_without_an_error_at_both_widths(site, page):
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    response = page.goto(site + "/console/signin/")
    assert response.status == 200
    assert page.locator("h1").first.inner_text()
    assert errors == []

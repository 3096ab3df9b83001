"""A password that shows is found in whatever form."""

from __future__ import annotations

import base64

import pytest

from tests.support.passwords import forms, shown


@pytest.mark.parametrize("before", ["", "a", "ab", "postgresql://opta:"])
def test_the_search_finds_a_printed_password(before: str) -> None:
    password = "Corr3ct/H0rse Batt3ry"
    for form in sorted(forms(password)):
        assert shown([password], {"here": f"… {form} …", "there": "…"}) == ["here"]
    encoded = base64.b64encode(f"{before}{password}@host".encode()).decode()
    assert shown([password], {"here": encoded}) == ["here"]

"""Tests on moto in the test's own process."""

from __future__ import annotations

from tests.standin.aws import moto_speed

moto_speed.remember()

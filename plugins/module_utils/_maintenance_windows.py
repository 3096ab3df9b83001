# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Daily and weekly windows of managed databases and caches, in UTC."""

from __future__ import annotations

import re

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
TIME = r"([01]\d|2[0-3]):([0-5]\d)"
DAILY = re.compile(rf"{TIME}-{TIME}")
WEEKLY = re.compile(rf"({'|'.join(DAYS)}):{TIME}-({'|'.join(DAYS)}):{TIME}")
MINUTES_OF_A_DAY, MINUTES_OF_A_WEEK = 1440, 10080


def is_daily(window: object, shortest: int) -> bool:
    """Whether it is hh24:mi-hh24:mi, of at least so many minutes."""
    return bool(DAILY.fullmatch(str(window))) and daily_minutes(str(window))[1] >= shortest


def is_weekly(window: object, shortest: int) -> bool:
    """Whether it is ddd:hh24:mi-ddd:hh24:mi, of at least so many minutes."""
    return bool(WEEKLY.fullmatch(str(window).lower())) and weekly_minutes(str(window))[1] >= shortest


def daily_minutes(window: str) -> tuple[int, int]:
    """Begin and length of a daily window in minutes."""
    begin, end = (int(part[:2]) * 60 + int(part[3:]) for part in window.split("-"))
    return begin, (end - begin) % MINUTES_OF_A_DAY


def weekly_minutes(window: str) -> tuple[int, int]:
    """Begin and length of a weekly window in minutes."""
    parts = window.lower().split("-")
    begin, end = (DAYS.index(part[:3]) * MINUTES_OF_A_DAY + int(part[4:6]) * 60 + int(part[7:]) for part in parts)
    return begin, (end - begin) % MINUTES_OF_A_WEEK


def overlap(daily: str, weekly: str) -> bool:
    """Whether both come together on some day."""
    first, long = daily_minutes(daily)
    start, length = weekly_minutes(weekly)
    taken = {(first + minute) % MINUTES_OF_A_DAY for minute in range(long)}
    return any((start + minute) % MINUTES_OF_A_DAY in taken for minute in range(min(length, MINUTES_OF_A_DAY)))

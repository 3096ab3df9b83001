# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Windows of a day and of a week in which AWS keeps databases and caches. Pure; private to the collection."""

from __future__ import annotations

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MINUTES_OF_A_DAY, MINUTES_OF_A_WEEK = 1440, 10080


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
    """Whether a daily window falls into a weekly one on some day."""
    first, long = daily_minutes(daily)
    start, length = weekly_minutes(weekly)
    taken = {(first + minute) % MINUTES_OF_A_DAY for minute in range(long)}
    return any((start + minute) % MINUTES_OF_A_DAY in taken for minute in range(min(length, MINUTES_OF_A_DAY)))

"""Working days of a country, with the make-up working days that its government announces.

Pure tables (the ``holidays`` package). A year whose official notice is not in the tables yet is
*provisional*: its public holidays are computed, its make-up working days are unknown (domain reference 12.8).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from holidays import HolidayBase, country_holidays


@cache
def _table(calendar: str, year: int) -> HolidayBase:
    return country_holidays(calendar, years=year)


def is_known_calendar(calendar: str) -> bool:
    """True if working days can be counted for this ISO 3166 country code."""
    try:
        country_holidays(calendar)
    except NotImplementedError:
        return False
    return True


def is_working_day(calendar: str, day: date) -> bool:
    """True if ``day`` is worked in the country: a make-up Saturday is, a public holiday is not."""
    return bool(_table(calendar, day.year).is_working_day(day))


def nth_working_day(calendar: str, after: date, n: int) -> date:
    """The ``n``-th working day (n >= 1) after ``after``; ``after`` itself is never counted."""
    if n < 1:
        raise ValueError(f"n must be at least 1, not {n}")
    day = after
    while n:
        day += timedelta(days=1)
        n -= is_working_day(calendar, day)
    return day


def has_official_notice(calendar: str, year: int) -> bool:
    """True if the tables hold the government's notice for the year.

    Every Chinese notice since 2001 moves some weekend days, so a year without a make-up working day has none
    yet.
    """
    return any(day.year == year for day in _table(calendar, year).weekend_workdays)


def is_provisional(calendar: str, first: date, last: date) -> bool:
    """True if a count over ``first``..``last`` touches a year whose official notice is not known."""
    return any(not has_official_notice(calendar, year) for year in range(first.year, last.year + 1))

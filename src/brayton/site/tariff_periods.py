"""From named periods with months, days and hours to a schedule: the first period that fits an hour takes it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from brayton.core.errors import Faults
from brayton.site.schedule import HOLIDAY, LONGEST_MONTH, TWELVE_MONTHS, WEEKDAY, WEEKEND, Matrix, Schedule
from brayton.site.tariff_tables import ALL_MONTHS, DayWord, MonthsTable, PeriodTable

MonthDay = tuple[int, int]
DAY_WORDS: dict[int, DayWord] = {WEEKDAY: "weekdays", WEEKEND: "weekends", HOLIDAY: "holidays"}
_DATE = re.compile(r"(\d{2})-(\d{2})")


def schedule_of(part: str, tables: Sequence[PeriodTable], faults: Faults, *, holidays: bool) -> Schedule:
    """The schedule of a part of a tariff; hours that no table claims have the period ``len(tables)``.

    holidays: whether the tariff has any. Adds faults for names that stand twice, months, days and hours that do not exist, and
    periods that never apply.
    """
    check_names(part, tables, faults)
    for table in tables:
        place = f"{part} period {table.name}"
        for begin, end in table.hours:
            if not 0 <= begin < end <= 24:
                remedy = "Write a stretch over midnight as two, [[22, 24], [0, 6]]."
                faults.add(f"{place}, hours", [begin, end], "must rise within 0..24", remedy)
        if "holidays" in _days(table) and not holidays:
            faults.add(f"{place}, days", "holidays", "the tariff has no holidays", "Add [holidays] with a set, names or dates.")
    seasons = [_season(part, table, faults) for table in tables]
    starts = _row_starts(seasons)
    named = any("holidays" in _days(table) for table in tables)

    def matrix(kind: int) -> Matrix:
        def first(start: MonthDay, hour: int) -> int:
            fits = (
                index
                for index, (table, season) in enumerate(zip(tables, seasons, strict=True))
                if _in_season(table, season, start) and _on_day(table, kind, named=named) and _in_hours(table, hour)
            )
            return next(fits, len(tables))

        return tuple(tuple(first(start, hour) for hour in range(24)) for start in starts)

    schedule = Schedule(matrix(WEEKDAY), matrix(WEEKEND), matrix(HOLIDAY) if named else None, starts)
    check_used(part, tables, set(schedule.table.ravel().tolist()), faults)
    return schedule


def _days(table: PeriodTable) -> tuple[DayWord, ...]:
    return table.days if isinstance(table.days, tuple) else (table.days,)


def _on_day(table: PeriodTable, kind: int, *, named: bool) -> bool:
    days = _days(table)
    as_weekend = kind == HOLIDAY and not named and "weekends" in days
    return "all" in days or DAY_WORDS[kind] in days or as_weekend


def _in_hours(table: PeriodTable, hour: int) -> bool:
    return any(begin <= hour < end for begin, end in table.hours)


def _season(part: str, table: PeriodTable, faults: Faults) -> tuple[MonthDay, MonthDay] | None:
    """First and last day of the season of a period; None where it goes by months."""
    given = {"from_date": table.from_date, "until_date": table.until_date}
    if not any(given.values()):
        return None
    place = f"{part} period {table.name}"
    days = [_month_day(text) for text in given.values()]
    for (name, text), day in zip(given.items(), days, strict=True):
        if text is None:
            faults.add(f"{place}, {name}", None, "is missing: a season has a first and a last day", "Add it, as 06-15.")
        elif day is None:
            faults.add(f"{place}, {name}", text, "is no day of the year as 06-15", "Write month and day, two digits each.")
    if table.months != ALL_MONTHS:
        rule = "stand beside from_date and until_date"
        faults.add(f"{place}, months", list(table.months), rule, "Give months, or the days of the season.")
    return None if None in days else (days[0] or (1, 1), days[1] or (12, 31))


def _month_day(text: str | None) -> MonthDay | None:
    found = _DATE.fullmatch(text or "")
    if found is None:
        return None
    month, day = int(found[1]), int(found[2])
    return (month, day) if 1 <= month <= 12 and 1 <= day <= LONGEST_MONTH[month - 1] else None


def _row_starts(seasons: Sequence[tuple[MonthDay, MonthDay] | None]) -> tuple[MonthDay, ...]:
    """The months, cut where a season begins or has ended."""
    cuts = {day for season in seasons if season for day in (season[0], _day_after(season[1]))}
    return tuple(sorted({*TWELVE_MONTHS, *cuts}))


def _day_after(day: MonthDay) -> MonthDay:
    month, date = day
    if date < LONGEST_MONTH[month - 1] and day != (2, 28):
        return month, date + 1
    return (month % 12 + 1, 1)  # a season that ends on 28 February ends with the month


def _in_season(table: PeriodTable, season: tuple[MonthDay, MonthDay] | None, start: MonthDay) -> bool:
    if season is None:
        return start[0] in table.months
    begin, end = season
    return begin <= start <= end if begin <= end else start >= begin or start <= end


def check_names(part: str, tables: Sequence[MonthsTable], faults: Faults) -> None:
    """Add faults for names that stand twice, which the bill could not tell apart, and for months that do not exist."""
    names = [table.name for table in tables]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.add(f"{part}.name", name, "names two periods", "Give each period a name of its own: the bill shows it.")
    for table in tables:
        if not all(1 <= month <= 12 for month in table.months):
            faults.add(f"{part} period {table.name}, months", list(table.months), "must lie in 1..12", "January is 1.")


def check_used(part: str, tables: Sequence[MonthsTable], used: set[int], faults: Faults) -> None:
    """Add a fault for each period that never applies."""
    for index, table in enumerate(tables):
        if index not in used:
            remedy = "Put narrower periods first, or drop it."
            faults.add(f"{part} period {table.name}", "(its hours)", "never applies: periods above it take all its hours", remedy)

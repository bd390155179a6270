"""Monthly index prices of gas, such as Henry Hub, from a CSV."""

from __future__ import annotations

import math
from pathlib import Path

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.units import KWH_PER_MMBTU
from brayton.site.csvtable import numbers, read_csv_table
from brayton.site.gas_tariff import HIGHEST_USD_PER_KWH_HHV


def read_monthly_index(path: str | Path, year: int, column: str | None = None) -> tuple[float, ...]:
    """The twelve prices of a year from a CSV with a column ``month`` (2003-01) and one of prices [USD/MMBtu HHV].

    column: may be left out if there is only one besides ``month``.
    Errors: InputError for another column, cells that are no number, a month of the year that is absent or stands twice.
    """
    table = read_csv_table(path)
    months = table.cells("month")
    others = [name for name in table.columns if name != "month"]
    if column is None and len(others) != 1:
        fault = Fault(
            "column", None, f"the file has {len(others)} columns of prices: {', '.join(others)}", "Name one.", table.file
        )
        raise InputError(fault)
    name = column or others[0]
    with Faults(file=table.file) as faults:
        values = numbers(table, name, faults, gaps_allowed=True)
        wanted = [f"{year}-{month:02d}" for month in range(1, 13)]
        rows = [[row for row, cell in enumerate(months) if cell == month] for month in wanted]
        for month, found in zip(wanted, rows, strict=True):
            if len(found) != 1 or math.isnan(values[found[0]]):
                stands = "once without one" if len(found) == 1 else f"{len(found)} times"
                rule = f"must stand once with a price; stands {stands}"
                faults.add(f"month {month}", name, rule, f"Give each month of {year}, or another year.")
    prices = tuple(float(values[found[0]]) for found in rows)
    if not max(map(abs, prices)) <= HIGHEST_USD_PER_KWH_HHV * KWH_PER_MMBTU:
        rule = "is beyond 100 USD/MMBtu HHV and reads as cents"
        raise InputError(Fault(f"column {name}", max(prices), rule, "Give USD/MMBtu HHV.", table.file))
    return prices

"""Demand of a URDB record beyond its prices: units, look-back, reactive charge and coincident peaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast, get_args

from brayton.core.errors import Faults
from brayton.site.billing_demand import Ratchet, RatchetedPeak
from brayton.site.tariff import DemandBasis, DemandUnit, ReactiveCharge

Record = Mapping[str, Any]

DemandPerDay = Literal["month", "each_day"]
"""Whether a price per kW and day is billed on the highest demand of the month, or on that of every single day."""

UNITS: dict[str, DemandUnit] = {"kw": "kW", "kva": "kVA", "hp": "hp"}


def demand_unit(path: str, value: object, per_day: DemandPerDay, faults: Faults) -> tuple[DemandUnit, DemandBasis]:
    """Unit and basis of a demand price. ``kW daily`` is a price per kW and day; on which demand, `per_day` says."""
    words = str(value).strip().lower().split()
    unit = UNITS.get(words[0]) if words else None
    if unit is None or words[1:] not in ([], ["daily"]):
        rule = "is no unit of demand"
        remedy = "Use kW, kVA or hp, each also with 'daily'; or name the unit that is meant (--demand-unit)."
        faults.add(path, value, rule, remedy)
        return "kW", "month"
    if not words[1:]:
        return unit, "month"
    return unit, "each_day" if per_day == "each_day" else "month_per_day"


def daily_note(key: str, unit: DemandUnit, basis: DemandBasis) -> str:
    """How a price per kW and day is billed, for the reader of the bill."""
    if basis == "each_day":
        return f"{key} is per {unit} and day: billed on the highest demand of every single day, as asked"
    return (
        f"{key} is per {unit} and day: billed on the highest demand of the month, times its days; "
        "--demand-per-day each_day bills the highest demand of every single day"
    )


def ratchet(record: Record, tou_peak: RatchetedPeak, months_back: int | None, faults: Faults, notes: list[str]) -> Ratchet | None:
    """The look-back of a record; None where it has none.

    ``lookbackpercent`` is a fraction of the highest peak of the months listed in ``lookbackmonths``, or of the ``lookbackrange``
    months before the billed one. Older records say ``demandratchetpercentage``, twelve fractions.
    months_back: in place of either.
    """
    path, fraction, listed = _share(record, faults)
    if not fraction:
        if record.get("lookbackrange") and "lookbackpercent" not in record:
            rule = "says how far a ratchet looks back, and lookbackpercent does not say how much is billed"
            faults.add("lookbackrange", record["lookbackrange"], rule, "Add lookbackpercent, or --ignore lookback.")
        return None
    if fraction > 1.0:
        remedy = f"Write it as a fraction: {fraction / 100:g}."
        faults.add(path, fraction, "is a fraction of a peak and reads as a percentage", remedy)
        return None
    reach = _range(record, faults)
    if months_back is not None:
        reach, listed = months_back, (True,) * 12
    elif reach and listed is not None and any(listed) and not all(listed):
        rule = f"stands beside lookbackrange {reach}: the look-back is by listed months or by a range, not by both"
        faults.add("lookbackmonths", record.get("lookbackmonths"), rule, "Keep the one that the tariff book has.")
    elif not reach and (listed is None or not any(listed)):
        rule = "says how much of an earlier peak is billed, and neither lookbackmonths nor lookbackrange says of which months"
        faults.add(path, fraction, rule, "Say how many months back (--lookback-months 11), or leave it out (--ignore lookback).")
        return None
    if listed is None or not any(listed):
        listed = (True,) * 12
    by_month = tuple(fraction if is_listed else 0.0 for is_listed in listed)
    months = f"the {reach} months before" if reach else f"{sum(map(bool, by_month))} listed months"
    peak = {
        "month": "each period of time-of-use demand on the billing demand of the month, as SAM has it",
        "period": "each period of time-of-use demand on its own peak, at least the look-back's, as REopt has it",
        "within": "each period of time-of-use demand by the peaks of its own hours",
    }[tou_peak]
    tou = f", {peak}" if record.get("demandratestructure") else ""
    notes.append(f"demand is billed on at least {100 * fraction:g} % of the highest peak of {months}{tou}")
    return Ratchet(by_month, reach or 11, tou_peak=tou_peak)


def _share(record: Record, faults: Faults) -> tuple[str, float, tuple[bool, ...] | None]:
    """Where the record has its fraction, the fraction, and the months listed (None where it lists none)."""
    listed = _twelve(record, "lookbackmonths", faults)
    share, older = record.get("lookbackpercent", 0.0), _twelve(record, "demandratchetpercentage", faults)
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0.0 <= share < 1e3:
        faults.add("lookbackpercent", share, "must be a fraction of a peak", "Write 70 % as 0.7.")
        return "lookbackpercent", 0.0, None
    if older is None or not any(older) or share:
        return "lookbackpercent", float(share), None if listed is None else tuple(map(bool, listed))
    shares = sorted({float(part) for part in older if part})
    if len(shares) > 1 or not 0.0 < shares[0] < 1e3:
        rule = "differs from month to month: that of the month billed or of the month looked back at is not said"
        faults.add("demandratchetpercentage", list(older), rule, "State it in a Brayton TOML, or --ignore lookback.")
    return "demandratchetpercentage", shares[0], tuple(map(bool, older))


def _range(record: Record, faults: Faults) -> int:
    reach = record.get("lookbackrange", 0)
    if isinstance(reach, bool) or not isinstance(reach, int | float) or reach != int(reach) or not 0 <= reach <= 12:
        faults.add("lookbackrange", reach, "must be a number of months in 0..12", "Give whole months.")
        return 0
    return int(reach)


def _twelve(record: Record, key: str, faults: Faults) -> list[float] | None:
    value = record.get(key)
    if value is None:
        return None
    cells = cast("list[object]", value) if isinstance(value, list) else []
    if len(cells) != 12 or not all(isinstance(cell, int | float) for cell in cells):
        faults.add(key, value, "must be twelve, January first", "Give one for each month.")
        return None
    return cast("list[float]", cells)


def reactive_charge(record: Record, faults: Faults, notes: list[str]) -> ReactiveCharge | None:
    """The charge on reactive demand, which a bill needs a power factor for; None where the record has none."""
    usd = record.get("demandreactivepowercharge")
    if not usd:
        return None
    if isinstance(usd, bool) or not isinstance(usd, int | float) or not abs(usd) < 1e3:
        faults.add("demandreactivepowercharge", usd, "must be a price in $/kvar", "Write it as 0.27.")
        return None
    notes.append(
        f"reactive demand is billed at {usd:g} USD/kvar on all of it; records do not say what is free (see the tariff book)"
    )
    return ReactiveCharge(float(usd))


def check_choice(name: str, value: str | None, allowed: object, faults: Faults) -> None:
    """Add a fault for a choice of the caller that is none of those that exist."""
    choices = get_args(allowed)
    if value is not None and value not in choices:
        faults.add(name, value, f"must be one of {', '.join(choices)}", "Choose one of them.")

"""Read a record of the OpenEI Utility Rate Database (URDB, API versions 3 to 8) as a `Tariff`.

A record is billed whole or refused: what this reader does not bill is an error (`FEATURES` can be left out by name), free
text is passed on as a note. Units are taken as printed; an implausible one is refused and the caller says which is meant, as he
does where a record leaves open how it is billed (`UrdbOverrides`). Energy and demand prices are ``rate + adj``; periods and
schedules count from 0.

Source: https://openei.org/services/doc/rest/util_rates/ (field list); NREL-PySAM ``URDBv8_to_ElectricityRates`` for practice.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from brayton.core.errors import Fault, Faults, InputError, unknown_name
from brayton.core.provenance import Source
from brayton.site.billing_demand import RatchetedPeak
from brayton.site.export_credit import NET_BILLING, ExportMethod, ExportRule
from brayton.site.holidays import NO_HOLIDAYS, Holidays
from brayton.site.tariff import (
    HIGHEST_ENERGY_USD_PER_KWH,
    ChargePeriod,
    DemandUnit,
    EnergyCharge,
    RecurringCharge,
    Tariff,
    TouDemandCharge,
)
from brayton.site.textfile import read_lines
from brayton.site.urdb_demand import DemandPerDay, check_choice, ratchet, reactive_charge
from brayton.site.urdb_rates import (
    NO_LIMIT,
    Record,
    any_nonzero,
    demand_window_minutes,
    energy_charge,
    flat_demand_charge,
    read_number,
    tou_demand_charge,
)

FEATURES: dict[str, tuple[str, ...]] = {
    "lookback": ("lookbackpercent", "lookbackrange", "lookbackmonths", "demandratchetpercentage"),
    "reactive": ("demandreactivepowercharge",),
    "coincident": ("coincidentratestructure", "coincidentrateschedule"),
}
"""Charges of a record that a caller may leave out of the bill, by the name under which he does, and their fields."""

RECURRING_UNITS: dict[str, ChargePeriod] = {"$/day": "day", "$/month": "month", "$/year": "year"}

LARGEST_SMALL_CUSTOMER_USD_PER_DAY = 30.0
"""Charges per day above this are refused as a misread unit, unless the rate is for large customers. Daily charges in print:
1.15 (Alliant Cg-2 2019) to 5.20 (LIPA 285 2026) for secondary service and 19.76 (We Energies Cp1 2026, from 300 kW)."""
LARGE_CUSTOMER_KW = 300.0
_FIXED_UNIT_REMEDY = "Say which unit is meant: --fixed-charge-unit '$/day', '$/month' or '$/year'."
DEEPEST_NESTING = 8
"""Levels of lists and objects in a file; a record needs five."""

_NOTED = ("demandattrs", "energyattrs", "fixedattrs", "fixedchargeeaaddl")
"""Charges told in free text, or that depend on the number of meters: passed on as notes."""
_READ = """
    energyratestructure energyweekdayschedule energyweekendschedule
    demandratestructure demandweekdayschedule demandweekendschedule demandrateunit demandunits demandwindow
    flatdemandstructure flatdemandmonths flatdemandunit coincidentrateunit
    fixedchargefirstmeter fixedchargeunits fixedmonthlycharge mincharge minchargeunits minmonthlycharge annualmincharge
    label eiaid name uri approved is_default startdate enddate supersedes utility sector description source sourceparent country
    revisions latest_update servicetype voltagecategory voltageminimum voltagemaximum phasewiring dgrules usenetmetering
    fueladjustmentsmonthly
    peakkwcapacitymin peakkwcapacitymax peakkwcapacityhistory peakkwhusagemin peakkwhusagemax peakkwhusagehistory
    energycomments demandcomments basicinformationcomments
"""
_KNOWN = frozenset(_READ.split()).union(_NOTED, *FEATURES.values())
_CHARGE_WORDS = ("charge", "rate", "demand", "energy", "credit", "lookback", "ratchet", "schedule", "sched", "tier")


@dataclass(frozen=True)
class UrdbOverrides:
    """What the caller decides where a record cannot be taken at its word; each decision becomes a note of the tariff.

    fixed_charge_unit: ``$/day``, ``$/month`` or ``$/year``, in place of ``fixedchargeunits``.
    ignore: names of `FEATURES`, or fields that this reader does not know, that stay out of the bill.
    demand_unit: ``kW``, ``kVA`` or ``hp``, in place of the record's.
    demand_per_day: on which demand a price per kW and day is billed.
    lookback_months: how many months before the billed one are looked back at, in place of the record's months.
    ratchet_peak: on which own peak a time-of-use period is ratcheted, see `Ratchet`.
    coincident: ``highest`` bills a coincident charge on the customer's highest demand within the hours in which the utility's
    peak may fall: an upper bound, as records do not say when it fell.
    export: how exports are metered and credited, as `ExportRule.method`. holidays: a set of `holidays.SETS`, billed as weekends.
    """

    fixed_charge_unit: str | None = None
    ignore: frozenset[str] = frozenset()
    demand_unit: DemandUnit | None = None
    demand_per_day: DemandPerDay = "month"
    lookback_months: int | None = None
    ratchet_peak: RatchetedPeak = "month"
    coincident: Literal["highest"] | None = None
    export: ExportMethod | None = None
    holidays: str | None = None


def read_urdb(path: str | Path, overrides: UrdbOverrides | None = None) -> Tariff:
    """Read a URDB record from a JSON file, a flat object or ``{"items": [record]}``.

    Errors: InputError with all faults, each naming its field: not a record, a unit or feature that is not billed, a period,
    schedule or tier that is missing or has the wrong shape, a number that is not one.
    """
    file = str(path)
    try:
        document = json.loads("\n".join(read_lines(path)))
    except (ValueError, RecursionError) as error:
        raise InputError(Fault("file", str(error), "is not JSON", "Give a URDB record as OpenEI serves it.", file)) from None
    return urdb_tariff(_single_record(document, file), overrides, file=file)


def urdb_tariff(record: Record, overrides: UrdbOverrides | None = None, *, file: str | None = None) -> Tariff:
    """The tariff of one URDB record (a parsed JSON object); errors as `read_urdb`."""
    record = _lower_keys(record)
    overrides = overrides or UrdbOverrides()
    notes: list[str] = []
    with Faults(file=file) as faults:
        _check_overrides(record, overrides, faults)
        _check_features(record, overrides, faults, notes)
        record = {key: value for key, value in record.items() if key not in _left_out(overrides)}
        unit, per_day = overrides.demand_unit, overrides.demand_per_day
        energy = faults.attempt(lambda: energy_charge(record, notes))
        tou_demand = faults.attempt(lambda: tou_demand_charge(record, notes, per_day, unit))
        flat_demand = faults.attempt(lambda: flat_demand_charge(record, notes, per_day, unit))
        coincident = faults.attempt(lambda: _coincident(record, overrides, notes))
        looked_back = ratchet(record, overrides.ratchet_peak, overrides.lookback_months, faults, notes)
        reactive = reactive_charge(record, faults, notes)
        adjustment = faults.attempt(lambda: _monthly_adjustment(record, notes))
        fixed = faults.attempt(lambda: _fixed(record, overrides, notes))
        minimum = faults.attempt(lambda: _minimum(record))
        window = faults.attempt(lambda: demand_window_minutes(record)) if tou_demand or flat_demand else None
        if not (energy or tou_demand or flat_demand or fixed or faults.found):
            faults.add("energyratestructure", None, "the record charges nothing", "Give a record with prices.")
    return Tariff(
        name=_text(record, "name") or _text(record, "label") or "unnamed rate",
        source=_source(record),
        utility=_text(record, "utility"),
        energy=energy,
        tou_demand=tou_demand,
        flat_demand=flat_demand,
        coincident_demand=coincident,
        ratchet=looked_back if tou_demand or flat_demand else None,
        reactive=reactive,
        adjustment_usd_per_kwh=adjustment or (0.0,) * 12,
        fixed=fixed or (),
        minimum=minimum or (),
        demand_window_minutes=window,
        eligible_kw=_eligible_kw(record),
        delivery_only=_text(record, "servicetype") == "Delivery",
        dg_rule=_text(record, "dgrules") or ("Net Metering" if record.get("usenetmetering") is True else ""),
        export=NET_BILLING if overrides.export is None else ExportRule(overrides.export),
        holidays=NO_HOLIDAYS if overrides.holidays is None else Holidays.of_set(overrides.holidays),
        notes=(*notes, *_calendar_notes(energy, overrides.holidays)),
    )


def _lower_keys(record: Record) -> Record:
    """The record without null fields, known fields by their lower-case names: some copies write ``lookbackPercent``."""
    return {(key.lower() if key.lower() in _KNOWN else key): value for key, value in record.items() if value is not None}


def _left_out(overrides: UrdbOverrides) -> set[str]:
    return {key for name in overrides.ignore for key in FEATURES.get(name, ())}


def _single_record(document: object, file: str) -> Record:
    if _depth(document) > DEEPEST_NESTING:
        rule = f"nests deeper than the {DEEPEST_NESTING} levels that a rate may need"
        raise InputError(Fault("file", "JSON", rule, "Give a URDB record as OpenEI serves it.", file))
    if isinstance(document, dict) and "items" in document:
        items = cast("dict[str, Any]", document)["items"]
        if not isinstance(items, list) or len(cast("list[Any]", items)) != 1:
            rule = "must be a list of one rate"
            raise InputError(Fault("items", items, rule, "Keep the rate that is meant in a file of its own.", file))
        document = cast("list[Any]", items)[0]
    if not isinstance(document, dict):
        raise InputError(Fault("file", document, "is not a URDB record", "Give a JSON object.", file))
    return cast("Record", document)


def _depth(document: object) -> int:
    """Levels of lists and objects, counted level by level: recursion would fail on the very input that this guards against."""
    depth, level = 0, [document]
    while level:
        depth += 1
        nested = [
            cast("list[object]", part) if isinstance(part, list) else cast("dict[str, object]", part).values()
            for part in level
            if isinstance(part, list | dict)
        ]
        level = [part for parts in nested for part in parts]
    return depth


# What is not billed


def _check_overrides(record: Record, overrides: UrdbOverrides, faults: Faults) -> None:
    unit = overrides.fixed_charge_unit
    if unit is not None and unit not in RECURRING_UNITS:
        faults.add("fixed_charge_unit", unit, "is no unit of a fixed charge", f"Use {', '.join(RECURRING_UNITS)}.")
    for name in sorted(overrides.ignore - FEATURES.keys() - _unknown_fields(record)):
        faults.absorb(unknown_name("feature that can be left out", name, FEATURES, path="ignore"))
    check_choice("demand_unit", overrides.demand_unit, DemandUnit, faults)
    check_choice("demand_per_day", overrides.demand_per_day, DemandPerDay, faults)
    check_choice("ratchet_peak", overrides.ratchet_peak, RatchetedPeak, faults)
    check_choice("export", overrides.export, ExportMethod, faults)
    check_choice("coincident", overrides.coincident, Literal["highest"], faults)
    if overrides.holidays is not None:
        faults.attempt(lambda: Holidays.of_set(overrides.holidays or ""))
    if overrides.lookback_months is not None and not 1 <= overrides.lookback_months <= 12:
        faults.add("lookback_months", overrides.lookback_months, "must lie in 1..12", "Give the months before the billed one.")


def _unknown_fields(record: Record) -> set[str]:
    return {key for key in record if key not in _KNOWN and not key.startswith("_")}


def _check_features(record: Record, overrides: UrdbOverrides, faults: Faults, notes: list[str]) -> None:
    """A charge that is unknown is a fault, or a note where the caller leaves it out by name; so is one that he leaves out."""
    present = {name: [key for key in keys if any_nonzero(record.get(key))] for name, keys in FEATURES.items()}
    unknown: dict[str, list[str]] = {}
    for key in sorted(_unknown_fields(record)):
        if any(word in key.lower() for word in _CHARGE_WORDS) and any_nonzero(record[key]):
            unknown[key] = [key]
        else:
            notes.append(f"field not read: {key} {_brief(record[key])}")
    for name, keys in (present | unknown).items():
        if keys and name in overrides.ignore:
            notes.append("left out of the bill as asked: " + ", ".join(f"{key} {_brief(record[key])}" for key in keys))
        elif name in unknown:
            remedy = f"Leave it out of the bill by name (--ignore {name}), or restate the rate as a Brayton TOML."
            faults.add(name, record[name], "is not a field that this reader bills", remedy)
    notes += [f"not billed, told in free text: {key} {_brief(record[key])}" for key in _NOTED if key in record]


def _coincident(record: Record, overrides: UrdbOverrides, notes: list[str]) -> TouDemandCharge | None:
    """A coincident charge, as far as a record tells one; only where the caller says how it is to be billed."""
    if not any_nonzero(record.get("coincidentratestructure")):
        return None
    if overrides.coincident is None:
        rule = "is charged on the demand at the utility's own peak, and the record does not say when that fell"
        remedy = (
            "Bill the highest demand within its hours, an upper bound (--coincident highest); leave it out "
            "(--ignore coincident); or state the hours of the peaks in a Brayton TOML, [[coincident_peak]]."
        )
        raise InputError(Fault("coincidentratestructure", _brief(record["coincidentratestructure"]), rule, remedy))
    notes.append("coincident demand is billed on the highest demand within its hours, which is the most that it can be")
    return tou_demand_charge(record, notes, overrides.demand_per_day, overrides.demand_unit, "coincident")


def _monthly_adjustment(record: Record, notes: list[str]) -> tuple[float, ...] | None:
    """Fuel adjustments by month, which come on top of the energy prices."""
    value = record.get("fueladjustmentsmonthly")
    if not any_nonzero(value):
        return None
    cells = cast("list[object]", value) if isinstance(value, list) else []
    prices = tuple(float(cell) for cell in cells if isinstance(cell, int | float) and not isinstance(cell, bool))
    if len(cells) != 12 or len(prices) != 12 or not all(abs(price) <= HIGHEST_ENERGY_USD_PER_KWH for price in prices):
        rule = f"must be twelve prices in $/kWh, January first, up to {HIGHEST_ENERGY_USD_PER_KWH:g}"
        raise InputError(Fault("fueladjustmentsmonthly", value, rule, "Correct it, or take it out."))
    notes.append("fueladjustmentsmonthly is added to every kWh imported")
    return prices


# Fixed and minimum charges


def _fixed(record: Record, overrides: UrdbOverrides, notes: list[str]) -> tuple[RecurringCharge, ...]:
    key, unit_key = "fixedchargefirstmeter", "fixedchargeunits"
    with Faults() as faults:
        usd, legacy = read_number(record, key, "", faults), read_number(record, "fixedmonthlycharge", "", faults)
        if usd and legacy:
            faults.add("fixedmonthlycharge", legacy, f"stands beside {key} {usd:g}", "Keep one of the two.")
        printed, meant = record.get(unit_key), overrides.fixed_charge_unit
        per = _charge_period(meant or printed)
        if not usd:
            return (RecurringCharge("fixed charge", legacy, "month"),) if legacy else ()
        if per is None:
            faults.add(unit_key, printed, "is no unit of a fixed charge", _FIXED_UNIT_REMEDY)
        elif meant is None and per == "day":
            _check_daily_charge(usd, _eligible_kw(record)[0], key, faults)
        elif meant is not None and meant != printed:
            notes.append(f"fixed charge {usd:g} billed as {meant} as asked; the record says {printed or 'no unit'}")
    return (RecurringCharge("fixed charge", usd, per or "month"),)


def _check_daily_charge(usd: float, smallest_kw: float, key: str, faults: Faults) -> None:
    if abs(usd) > LARGEST_SMALL_CUSTOMER_USD_PER_DAY and smallest_kw < LARGE_CUSTOMER_KW:
        rule = (
            f"implausible: read per day it is {usd * 365 / 12:.2f} $/month, read per month {usd:g} $/month, for customers from "
            f"{smallest_kw:g} kW; below {LARGE_CUSTOMER_KW:g} kW up to {LARGEST_SMALL_CUSTOMER_USD_PER_DAY:g} $/day is credible"
        )
        faults.add(key, f"{usd:g} $/day", rule, _FIXED_UNIT_REMEDY)


def _minimum(record: Record) -> tuple[RecurringCharge, ...]:
    charges: list[RecurringCharge] = []
    with Faults() as faults:
        usd, printed = read_number(record, "mincharge", "", faults), record.get("minchargeunits")
        per = _charge_period(printed)
        if usd and per is None:
            remedy = f"Correct it to one of {', '.join(RECURRING_UNITS)}."
            faults.add("minchargeunits", printed, "is no unit of a minimum charge", remedy)
        elif usd and per is not None:
            charges.append(RecurringCharge("minimum charge", usd, per))
        legacy_periods: dict[str, ChargePeriod] = {"minmonthlycharge": "month", "annualmincharge": "year"}
        for key, legacy_per in legacy_periods.items():
            legacy = read_number(record, key, "", faults)
            if usd and legacy:
                faults.add(key, legacy, f"stands beside mincharge {usd:g}", "Keep one of the two.")
            elif legacy:
                charges.append(RecurringCharge("minimum charge", legacy, legacy_per))
    return tuple(charges)


def _charge_period(unit: object) -> ChargePeriod | None:
    return RECURRING_UNITS.get(unit.strip().lower()) if isinstance(unit, str) else None


# What the record says of itself


def _source(record: Record) -> Source:
    title = ", ".join(part for part in (_text(record, "utility"), _text(record, "name")) if part) or "rate"
    begin, end = _date(record.get("startdate")), _date(record.get("enddate"))
    date = f"{begin} to {end}" if end else begin or "not dated"
    url, printed = _text(record, "uri"), _text(record, "source")
    return Source(f"{title} (OpenEI URDB {_text(record, 'label')})", date, "secondary", f"transcribed from {printed}", url)


def _date(value: object) -> str:
    """Day of a time in Unix seconds; text as it is; nothing for what is neither."""
    if isinstance(value, str):
        return value
    try:
        return dt.datetime.fromtimestamp(cast("float", value), dt.UTC).date().isoformat()
    except (TypeError, ValueError, OverflowError, OSError):
        return ""


def _calendar_notes(energy: EnergyCharge | None, holidays: str | None) -> Iterator[str]:
    """What a schedule of months, hours and two kinds of day cannot say."""
    if energy is None:
        return
    weekday, weekend = energy.schedule.table[:2]
    if holidays is not None:
        yield f"the holidays of the set {holidays} are billed as weekends, as asked"
    elif (weekday != weekend).any():
        yield "URDB schedules know no holidays: they are billed as the day of the week on which they fall"
    elif (weekday != weekday[:, :1]).any():
        yield "the weekend schedule repeats the hours of the weekdays; few tariffs do, check it against the tariff book"


def _eligible_kw(record: Record) -> tuple[float, float]:
    ends = (record.get("peakkwcapacitymin"), record.get("peakkwcapacitymax"))
    low, high = (float(end) if isinstance(end, int | float) and 0 < end < NO_LIMIT else None for end in ends)
    return low or 0.0, high or math.inf


def _text(record: Record, key: str) -> str:
    value = record.get(key)
    # JSON may hold half of a surrogate pair, which no terminal can print
    return value.strip().encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _brief(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 120 else text[:117] + "..."

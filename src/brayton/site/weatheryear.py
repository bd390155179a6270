"""One year of hourly weather as a record, and the rules to which every reader holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Faults
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import ZERO_CELSIUS_K
from brayton.gas.air import humidity_ratio
from brayton.site.csvtable import and_more

LIMITS: Mapping[str, tuple[float, float, str]] = {
    "dry_bulb_c": (-90.0, 60.0, "degC"),
    "relative_humidity": (0.0, 1.1, "as a fraction"),
    "pressure_kpa": (31.0, 110.0, "kPa"),
    "wind_speed_m_s": (0.0, 100.0, "m/s"),
    "global_horizontal_w_m2": (0.0, 2000.0, "W/m2"),
    "direct_normal_w_m2": (0.0, 2000.0, "W/m2"),
    "diffuse_horizontal_w_m2": (0.0, 2000.0, "W/m2"),
    "sky_infrared_w_m2": (0.0, 700.0, "W/m2"),
}
"""Quantities that files give, each with what is possible on Earth: about the world records of temperature, pressure and wind,
the EPW format's 110 % of relative humidity (sensors overshoot in fog), radiation with the brightest broken clouds, and a sky
that radiates like a black body at 60 degC."""

OPTIONAL = frozenset({"sky_infrared_w_m2"})
"""Quantities that only some files know: without any value the record has none, and no note speaks of gaps."""


@dataclass(frozen=True)
class Weather:
    """Hourly weather of one whole year at one place, 8760 or 8784 values each; NaN where the source has none.

    dry_bulb_c [degC], relative_humidity (0..1), pressure_kpa (absolute, at the station), humidity_ratio [kg/kg dry air],
    wind_speed_m_s (at the anemometer, commonly 10 m), radiation [W/m2, mean of the hour]. sky_infrared_w_m2: long-wave
    radiation of the sky, clouds included, on a horizontal surface [W/m2]; None where the source has none.
    Hours are local standard time and begin at 00:00 on 1 January (L3). latitude, longitude [deg, north and east positive],
    elevation_m above sea level, utc_offset_h of standard time; NaN where a CSV does not say. notes: what a reader met or made.
    """

    dry_bulb_c: NDArray[np.float64]
    relative_humidity: NDArray[np.float64]
    pressure_kpa: NDArray[np.float64]
    humidity_ratio: NDArray[np.float64]
    wind_speed_m_s: NDArray[np.float64]
    global_horizontal_w_m2: NDArray[np.float64]
    direct_normal_w_m2: NDArray[np.float64]
    diffuse_horizontal_w_m2: NDArray[np.float64]
    name: str
    latitude: float
    longitude: float
    elevation_m: float
    utc_offset_h: float
    source: Source
    notes: tuple[str, ...] = ()
    sky_infrared_w_m2: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Place:
    """Where a weather file was taken; see `Weather`."""

    name: str
    latitude: float
    longitude: float
    elevation_m: float
    utc_offset_h: float

    def check(self, faults: Faults, path: str) -> None:
        """Add a fault for every figure that no place on Earth has; NaN (not said) passes."""
        for field, low, high in (
            ("latitude", -90, 90),
            ("longitude", -180, 180),
            ("elevation_m", -450, 6000),
            ("utc_offset_h", -12, 14),
        ):
            value = getattr(self, field)
            if value < low or value > high:
                faults.add(f"{path}, {field}", value, f"must lie in {low}..{high}", "Correct the place.")


def build_weather(
    columns: Mapping[str, NDArray[np.float64]],
    place: Place,
    source: Source,
    notes: Sequence[str],
    lines: Sequence[int],
    faults: Faults,
) -> Weather:
    """The record from the columns of a file, in the units of `LIMITS`; columns that a file lacks become NaN.

    lines: line number of each row, for messages. Every fault found so far and here is raised from this function.
    Relative humidity between 1 and 1.1 is cut to 1, and a note says how often.
    """
    for name, values in columns.items():
        low, high, unit = LIMITS[name]
        odd = np.flatnonzero((values < low) | (values > high))
        if odd.size:
            rule = f"cannot be: must lie in {low:g}..{high:g} {unit}{and_more(odd.size)}"
            faults.add(f"line {lines[odd[0]]}, {name}", float(values[odd[0]]), rule, "Correct the value or its unit.")
    faults.raise_if_any()
    kept = list(notes)
    humid = columns["relative_humidity"]
    if fog := int(np.sum(humid > 1.0)):
        kept.append(f"relative humidity above 100 % was cut to 100 % in {fog} hours")
    absent = np.full(len(lines), np.nan)
    held = [name for name in LIMITS if name not in OPTIONAL or not np.isnan(columns.get(name, absent)).all()]
    full = {name: columns.get(name, absent) for name in held} | {"relative_humidity": np.minimum(humid, 1.0)}
    for name, values in full.items():
        if missing := int(np.isnan(values).sum()):
            kept.append(f"{name} is missing in {missing} of {len(lines)} hours")
    return Weather(
        **full,
        humidity_ratio=humidity_ratio(full["dry_bulb_c"] + ZERO_CELSIUS_K, full["pressure_kpa"] * 1e3, full["relative_humidity"]),
        name=place.name,
        latitude=place.latitude,
        longitude=place.longitude,
        elevation_m=place.elevation_m,
        utc_offset_h=place.utc_offset_h,
        source=source,
        notes=tuple(kept),
    )


def check_hours(
    month: NDArray[np.int64], day: NDArray[np.int64], hour: NDArray[np.int64], lines: Sequence[int], faults: Faults
) -> None:
    """Add a fault for every way in which rows fail to be each hour of a year once, in order.

    month 1..12, day 1..31, hour 0..23 at the start of the hour, integers, of any year: the months of a typical year come
    from several. A year with rows of 29 February has 8784 hours, one without 8760.
    """
    found = _code(month, day, hour)
    axis = TimeAxis(2020, leap_day=bool(np.any((month == 2) & (day == 29))))
    stamps = axis.stamps.astype("datetime64[D]")
    expected = _code(axis.month + 1, (stamps - axis.stamps.astype("datetime64[M]")).astype(np.int64) + 1, axis.hour)
    remedy = "Give each hour of the year once, in order, in standard time."
    if len(found) != len(expected):
        faults.add("rows", len(found), f"a year has {len(expected)} hours here", f"{remedy} Nothing is cut or filled (L5).")
    strange = np.flatnonzero(~np.isin(found, expected))
    if strange.size:
        rule = f"is no hour of the calendar{and_more(strange.size)}"
        faults.add(f"line {lines[strange[0]]}", _hour_text(found, strange[0]), rule, remedy)
    unique, first = np.unique(found, return_index=True)
    repeated = np.setdiff1d(np.arange(len(found)), first)
    if repeated.size:
        rule = f"is a duplicate hour{and_more(repeated.size)}"
        faults.add(f"line {lines[repeated[0]]}", _hour_text(found, repeated[0]), rule, remedy)
    absent = np.setdiff1d(expected, unique)
    if absent.size:
        faults.add("rows", _hour_text(absent, 0), f"is missing{and_more(absent.size)}", remedy)
    if np.any(back := np.diff(found) < 0):
        row = int(np.argmax(back)) + 1
        rule = f"stands after {_hour_text(found, row - 1)}{and_more(int(back.sum()))}"
        faults.add(f"line {lines[row]}", _hour_text(found, row), rule, remedy)


def _code(month: NDArray[np.int64], day: NDArray[np.int64], hour: NDArray[np.int64]) -> NDArray[np.int64]:
    return (month * 100 + day) * 100 + hour


def _hour_text(codes: NDArray[np.int64], row: int) -> str:
    code = int(codes[row])
    return f"{code // 10_000:02d}-{code // 100 % 100:02d} {code % 100:02d}:00"

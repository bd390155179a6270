"""The recuperated single-shaft cycle as a record: what a person or a file gives, checked."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults, InputError, nearest
from brayton.core.records import read_toml
from brayton.gas.air import humid_air
from brayton.gas.fuels import GIVEN_BY_USER, Fuel
from brayton.gas.mixture import Mixture


@dataclass(frozen=True)
class Range:
    """Values that a figure may take: `low` to `high`, both included unless `above` says that `low` itself is not."""

    low: float
    high: float
    above: bool = False

    def holds(self, values: ArrayLike) -> NDArray[np.bool]:
        """Where values are allowed; NaN is not. Broadcasts."""
        v = np.asarray(values)
        return ((v > self.low) if self.above else (v >= self.low)) & (v <= self.high)

    def __str__(self) -> str:
        return (
            f"must be above {self.low:g} and at most {self.high:g}" if self.above else f"must lie in {self.low:g}..{self.high:g}"
        )


TEMPERATURE = Range(180.0, 340.0)
PRESSURE = Range(1.0e4, 5.0e5)
SHARE = Range(0.0, 1.0)
POSITIVE_SHARE = Range(0.0, 1.0, above=True)
LOSS = Range(0.0, 0.9)
POSITIVE = Range(0.0, 1e12, above=True)

RANGES: Mapping[str, Range] = {
    "ambient_temp_k": TEMPERATURE,
    "ambient_pressure_pa": PRESSURE,
    "humidity_ratio": Range(0.0, 0.5),
    "air_flow_kg_s": POSITIVE,
    "net_shaft_power_w": POSITIVE,
    "pressure_ratio": Range(1.0, 100.0, above=True),
    "compressor_isentropic_eff": POSITIVE_SHARE,
    "turbine_isentropic_eff": POSITIVE_SHARE,
    "turbine_inlet_temp_k": Range(400.0, 2500.0),
    "recuperator_effectiveness": SHARE,
    "recuperator_air_exit_temp_k": Range(200.0, 2500.0),
    "mechanical_eff": POSITIVE_SHARE,
    "combustor_eff_lhv": POSITIVE_SHARE,
    "combustor_pressure_loss": LOSS,
    "recuperator_air_pressure_loss": LOSS,
    "recuperator_gas_pressure_loss": LOSS,
    "fuel_temp_k": Range(200.0, 700.0),
    "exhaust_pressure_pa": PRESSURE,
}
"""Range of every number of the record, in its order."""

COMPOSITIONS = {"air_mole_fractions": "{ N2 = 0.79, O2 = 0.21 }", "fuel": "{ CH4 = 1.0 }"}
"""Keys that hold mole fractions, each with an example."""

ALTERNATIVES = (
    ("humidity_ratio", "air_mole_fractions"),
    ("air_flow_kg_s", "net_shaft_power_w"),
    ("recuperator_effectiveness", "recuperator_air_exit_temp_k"),
)
"""Of each pair exactly one is given."""


@dataclass(frozen=True, kw_only=True)
class RecuperatedCycle:
    """A recuperated single-shaft cycle from component figures.

    Stations: 1 compressor inlet (ambient), 2 its exit, 3 recuperator air exit, 4 turbine inlet, 5 turbine exit, 6
    recuperator gas exit. Give exactly one of each pair marked "or".

    humidity_ratio: kg water per kg dry air, or air_mole_fractions: species to mole fraction, summing to one.
    air_flow_kg_s, or net_shaft_power_w = mechanical_eff * turbine power - compressor power.
    recuperator_effectiveness: enthalpy rise of the air / its rise if it left at the gas inlet temperature, 0 for a simple
    cycle; or recuperator_air_exit_temp_k.
    pressure losses: fractions of each side's inlet pressure. fuel: species to mole fraction, summing to one; the work of
    compressing it is not counted. exhaust_pressure_pa: at station 6, ambient pressure unless given.
    Ranges: `RANGES`. Errors: InputError with every fault found.
    """

    ambient_temp_k: float
    ambient_pressure_pa: float
    pressure_ratio: float
    compressor_isentropic_eff: float
    turbine_isentropic_eff: float
    turbine_inlet_temp_k: float
    mechanical_eff: float
    combustor_eff_lhv: float
    combustor_pressure_loss: float
    recuperator_air_pressure_loss: float
    recuperator_gas_pressure_loss: float
    fuel: Mapping[str, float]
    fuel_temp_k: float
    humidity_ratio: float | None = None
    air_mole_fractions: Mapping[str, float] | None = None
    air_flow_kg_s: float | None = None
    net_shaft_power_w: float | None = None
    recuperator_effectiveness: float | None = None
    recuperator_air_exit_temp_k: float | None = None
    exhaust_pressure_pa: float | None = None

    def __post_init__(self) -> None:
        with Faults() as faults:
            _check({field.name: getattr(self, field.name) for field in dataclasses.fields(self)}, faults)

    @cached_property
    def air(self) -> Mixture:
        if self.air_mole_fractions is not None:
            return Mixture(self.air_mole_fractions)
        return humid_air(cast("float", self.humidity_ratio))

    @cached_property
    def burner_fuel(self) -> Fuel:
        return _burner_fuel(Mixture(self.fuel))


def read_cycle(path: str | Path) -> RecuperatedCycle:
    """The cycle of a TOML file, keys as in `RecuperatedCycle`. Errors: InputError with every fault, or for the file itself."""
    document = read_toml(path)
    fields = {field.name: field for field in dataclasses.fields(RecuperatedCycle)}
    with Faults(file=str(path)) as faults:
        for key, value in document.items():
            if key not in fields:
                faults.add(key, value, "is not a known key", f"Nearest: {', '.join(nearest(key, fields) or fields)}.")
        _check({name: document.get(name) for name in fields}, faults)
    return RecuperatedCycle(**document)


def _check(values: Mapping[str, Any], faults: Faults) -> None:
    """Add every fault of the figures of a cycle; None stands for a figure that is not given."""
    for name, limits in RANGES.items():
        value = values[name]
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, Real):
            faults.add(name, value, "must be a number", "Give a number in the unit that the key names.")
        elif not limits.holds(cast("float", value)):
            faults.add(name, value, str(limits), "Check the value and its unit.")
    for name in COMPOSITIONS:
        if values[name] is not None:
            _check_composition(name, values[name], faults)
    for one, other in ALTERNATIVES:
        if values[one] is not None and values[other] is not None:
            faults.add(
                one, values[one], f"contradicts {other} = {values[other]}: one follows from the other", "Remove one of them."
            )
        elif values[one] is None and values[other] is None:
            faults.add(one, "(absent)", f"neither it nor {other} is given", "Give exactly one of the two.")
    for field in dataclasses.fields(RecuperatedCycle):
        if values[field.name] is None and field.default is dataclasses.MISSING:
            faults.add(field.name, "(absent)", "is required", "Add it.")


def _check_composition(name: str, fractions: object, faults: Faults) -> None:
    if not isinstance(fractions, Mapping):
        faults.add(name, fractions, "must be a table of mole fractions", f"Write {name} = {COMPOSITIONS[name]}.")
        return
    try:
        mixture = Mixture(cast("Mapping[str, float]", fractions))
        if name == "fuel":
            _burner_fuel(mixture)
    except InputError as error:
        placed = (dataclasses.replace(fault, path=fault.path.replace("mole_fractions", name, 1)) for fault in error.faults)
        faults.absorb(InputError(*placed))


def _burner_fuel(mixture: Mixture) -> Fuel:
    name = ", ".join(f"{species} = {x}" for species, x in mixture.mole_fractions.items())
    return Fuel(name, mixture, GIVEN_BY_USER, biogenic_fraction=math.nan)

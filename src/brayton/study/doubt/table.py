"""The tables ``[doubt]``, ``[availability]`` and ``[outage]`` of the scenario file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.provenance import Source
from brayton.core.records import Record, key
from brayton.core.timeaxis import TimeAxis
from brayton.site.outages import REOPT_MICROTURBINE, PlannedOutage
from brayton.study.doubt.availability import TRIPS, Reliability, serviced
from brayton.study.doubt.defaults import PRICES_TIED, InputName
from brayton.study.doubt.distributions import Empirical, LogNormal, Normal, Spread, Triangular, Uniform
from brayton.study.doubt.draws import Correlation, Method, Uncertain, correlation_matrix
from brayton.study.doubt.stand_alone import Island
from brayton.study.doubt.survival import Fleet
from brayton.study.under import under

Distribution = Literal["normal", "lognormal", "triangular", "uniform", "empirical", "none"]

FIGURES = ("mean", "sd", "p10", "p90", "low", "mode", "high", "values")

FORMS: dict[Distribution, tuple[frozenset[str], ...]] = {
    "normal": (frozenset({"sd"}), frozenset({"mean", "sd"}), frozenset({"p10", "p90"})),
    "lognormal": (frozenset({"sd"}), frozenset({"mean", "sd"}), frozenset({"p10", "p90"})),
    "triangular": (frozenset({"low", "mode", "high"}),),
    "uniform": (frozenset({"low", "high"}),),
    "empirical": (frozenset({"values"}),),
    "none": (frozenset(),),
}
"""Figures that each distribution takes: one of these sets, whole."""


class SpreadTable(Record):
    input: InputName = key("uncertain input; a factor on the scenario's figure, or a loss per year")
    distribution: Distribution = key("shape of the spread; `none`: known for sure")
    mean: float | None = key("mean of normal or lognormal; the scenario's figure if left out", "", None)
    sd: float | None = key("standard deviation of normal or lognormal", "", None)
    p10: float | None = key("value not reached in one case of ten, for normal or lognormal", "", None)
    p90: float | None = key("value passed in one case of ten, for normal or lognormal", "", None)
    low: float | None = key("lowest value of triangular or uniform", "", None)
    mode: float | None = key("most likely value of triangular", "", None)
    high: float | None = key("highest value of triangular or uniform", "", None)
    values: tuple[float, ...] | None = key("what was seen, for empirical", "", None, min_length=1)
    reason: str = key("where the figures come from", min_length=1)

    def spread(self, nominal: float, path: str) -> Spread | None:
        """The spread; None for `none`. Errors: InputError at `path` for figures that do not go together."""
        given = frozenset(name for name in FIGURES if getattr(self, name) is not None)
        forms = FORMS[self.distribution]
        if given not in forms:
            rule = " or ".join(", ".join(sorted(form, key=FIGURES.index)) or "no figure" for form in forms)
            found = ", ".join(sorted(given, key=FIGURES.index)) or "no figure"
            raise InputError(Fault(path, found, f"{self.distribution} takes {rule}", "Give these keys and no other."))
        return under(path, lambda: self._build(nominal))

    def _build(self, nominal: float) -> Spread | None:
        mean = nominal if self.mean is None else self.mean
        match self.distribution:
            case "none":
                return None
            case "normal":
                return Normal(mean, _of(self.sd)) if self.sd is not None else Normal.of_p10_p90(_of(self.p10), _of(self.p90))
            case "lognormal":
                if self.sd is not None:
                    return LogNormal.of_mean(mean, self.sd)
                return LogNormal.of_p10_p90(_of(self.p10), _of(self.p90))
            case "triangular":
                return Triangular(_of(self.low), _of(self.mode), _of(self.high))
            case "uniform":
                return Uniform(_of(self.low), _of(self.high))
            case "empirical":
                return Empirical(self.values or ())


class CorrelationTable(Record):
    between: tuple[InputName, InputName] = key("the two inputs that are tied")
    value: float = key("correlation of their normal scores", "", ge=-1, le=1)
    reason: str = key("where the figure comes from", min_length=1)


class Doubt(Record):
    """How many draws there are, how they are made, and the spreads and correlations in place of the defaults."""

    draws: int = key("number of draws", "", 1000, ge=100, le=1_000_000)
    seed: int = key("start of the random numbers", "", 1, ge=0)
    method: Method = key("how draws are spread over the inputs", "", "latin_hypercube")
    machine_years: int = key("random years of machine outages to choose from", "", 100, ge=1, le=10_000)
    spread: tuple[SpreadTable, ...] = ()
    correlation: tuple[CorrelationTable, ...] = ()

    def inputs(self, foreseen: Sequence[Uncertain]) -> tuple[Uncertain, ...]:
        """`foreseen` with the spreads of the file in place of the defaults.

        Errors: InputError, all faults gathered, for an input twice, one that this study does not have, and figures that do not
        make a spread.
        """
        found = {item.name: item for item in foreseen}
        named: set[str] = set()
        with Faults() as faults:
            for i, table in enumerate(self.spread):
                path = f"doubt.spread[{i}]"
                if table.input in named:
                    faults.add(f"{path}.input", table.input, "stands twice", "Give each input one spread.")
                elif table.input not in found:
                    rule = f"is not uncertain in this study; there are {', '.join(found)}"
                    faults.add(f"{path}.input", table.input, rule, "Drop the spread.")
                else:
                    before = found[table.input]
                    after = faults.attempt(lambda table=table, path=path, before=before: _replaced(before, table, path))
                    if after is not None:
                        found[table.input] = after
                named.add(table.input)
        certain = {table.input for table in self.spread if table.distribution == "none"}
        return tuple(item for name, item in found.items() if name not in certain)

    def correlations(self, inputs: Sequence[Uncertain]) -> tuple[Correlation, ...]:
        """The correlations of the file, and that of the prices where the file does not speak of the pair.

        Errors: as `correlation_matrix`, at ``doubt.correlation``.
        """
        names = [item.name for item in inputs]
        given = [Correlation(*table.between, table.value) for table in self.correlation]
        spoken = {frozenset((item.first, item.second)) for item in given}
        tied = frozenset((PRICES_TIED.first, PRICES_TIED.second))
        if tied not in spoken and tied <= set(names):
            given.append(PRICES_TIED)
        under("doubt", lambda: correlation_matrix(names, given))
        return tuple(given)


class Availability(Record):
    mtbf_h: float = key("mean time up before a trip, of one machine", "h", TRIPS.mtbf_h, ge=1, le=1e6)
    mttr_h: float = key("mean time down after a trip", "h", TRIPS.mttr_h, gt=0, le=8760)
    up_shape: float = key("Weibull shape of the time up; 1: trips at random", "", TRIPS.up_shape, gt=0, le=10)
    repair_log_sd: float = key("standard deviation of the logarithm of the time down", "", TRIPS.repair_log_sd, ge=0, le=3)
    service: Literal["reopt_microturbine", "none"] = key("planned outages, machine after machine", "", "reopt_microturbine")
    outage: tuple[PlannedOutage, ...] = key("dates of planned outages in place of `service`, machine after machine", "", ())

    @model_validator(mode="after")
    def _one_plan(self) -> Self:
        if self.outage and "service" in self.model_fields_set:
            raise ValueError("service: has no meaning beside [[availability.outage]]; leave one of the two out")
        return self

    def reliability(self) -> Reliability:
        """The law of trips and repairs."""
        return Reliability(self.mtbf_h, self.mttr_h, self.up_shape, self.repair_log_sd)

    @property
    def takes_reopts_service(self) -> bool:
        """Whether the planned outages are REopt's."""
        return not self.outage and self.service == "reopt_microturbine"

    def serviced(self, axis: TimeAxis, units: int) -> NDArray[np.bool_]:
        """Steps in which each machine is down for planned work (units, n). Errors: InputError for a day that the year does not
        have."""
        blocks = REOPT_MICROTURBINE if self.takes_reopts_service else self.outage
        return under("availability", lambda: serviced(axis, blocks, units))


START_FAILURE = 0.01
START_MINUTES = 5.0
OUTAGE_SOURCE = Source(
    "estimate",
    "2026",
    "estimate",
    "no starts of microturbines in outages are counted in print: one in a hundred fails; start, warm-up and loading of a "
    "battery-started machine take three to four minutes, and someone or something has to open the breaker first",
)
"""Reason of the two defaults above."""


class Outage(Record):
    tiers: tuple[float, ...] = key("share of the electric load in each tier, most needed first; the rest is shed at once")
    longest_h: int = key("length of the outages looked at", "h", 168, ge=1, le=8760)
    start_failure: float = key("chance that an available machine does not start", "", START_FAILURE, ge=0, le=1)
    repair: bool = key("whether machines that fail are repaired during the outage, by `availability.mttr_h`", "", False)
    start_minutes: float = key("from the outage until the machines carry load", "min", START_MINUTES, ge=0, le=60)
    black_start: bool = key("whether the machines start without outside power", "", False)
    load_bank_kw: float = key("resistors that hold a machine at its minimum load", "kW", 0.0, ge=0)
    held_kwh_hhv: float | None = key("fuel held on site; left out: pipeline, taken not to fail", "kWh HHV", None, ge=0)
    battery_kwh: float = key("usable energy of the battery, full at the outage", "kWh", 0.0, ge=0)
    battery_kw: float = key("power of the battery, in and out", "kW", 0.0, ge=0)
    battery_eff: float | None = key(
        "efficiency of the battery, each way; goes with it", "kWh/kWh", None, sourced=True, gt=0, le=1
    )

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if not self.tiers or min(self.tiers) <= 0.0 or sum(self.tiers) > 1.0 + 1e-9:
            raise ValueError(f"tiers: {list(self.tiers)} must be positive and add up to one at most, such as [0.4, 0.3]")
        if (self.battery_kwh > 0.0) != (self.battery_kw > 0.0):
            raise ValueError("battery_kwh, battery_kw: a battery has both")
        if (self.battery_kwh > 0.0) != (self.battery_eff is not None):
            raise ValueError("battery_eff: a battery has one, and goes with battery_kwh")
        return self

    def fleet(self, units: int, reliability: Reliability) -> Fleet:
        """The machines in an outage: up when it begins by their availability, then started."""
        start_chance = reliability.availability * (1.0 - self.start_failure)
        return Fleet(units, start_chance, reliability.mtbf_h, reliability.mttr_h if self.repair else np.inf)

    def tiers_kw(self, electric_kw: NDArray[np.float64]) -> NDArray[np.float64]:
        """Load of each tier (m, n)."""
        return np.array(self.tiers)[:, None] * electric_kw

    def island(self, island: Island) -> Island:
        """`island`, which says what the machines can do, with what the file says of start, battery and fuel."""
        return replace(
            island,
            start_h=self.start_minutes / 60.0,
            black_start=self.black_start,
            load_bank_kw=self.load_bank_kw,
            held_kwh_hhv=np.inf if self.held_kwh_hhv is None else self.held_kwh_hhv,
            battery_kwh=self.battery_kwh,
            battery_kw=self.battery_kw,
            battery_eff=self.battery_eff or 1.0,  # without a battery nothing is lost
        )


def _of(value: float | None) -> float:
    assert value is not None, "checked against FORMS"
    return value


def _replaced(before: Uncertain, table: SpreadTable, path: str) -> Uncertain:
    spread = table.spread(before.nominal, path)
    if spread is None:
        return before
    source = Source("scenario", "", "secondary", table.reason)
    return under(path, lambda: replace(before, spread=spread, source=source))

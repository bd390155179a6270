"""The record of a machine: a cited work in one TOML file of ``library/``, checked when it is read.

A record holds what the product is (rating, limits, fuels), the component figures of its engine, or, where this engine
model cannot represent the machine, its published table, and the sources of every number (law L8). Estimates that all
engines of an architecture share stand once, in ``library/family/<architecture>.toml``, and come into a record with
their sources.
"""

from __future__ import annotations

import datetime as dt
from copy import deepcopy
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import Field, model_validator

from brayton.core.errors import unknown_name
from brayton.core.provenance import Source
from brayton.core.records import Record, SourceOfFields, parse_record, read_toml
from brayton.gas.fuels import Fuel
from brayton.gas.fuels import fuel as named_fuel
from brayton.machine.design import Design, Fraction, NotNegative, Positive, Share

HIGHEST_SPEED = 1.3
"""Relative speed beyond which the compressor map has no meaning [-]; the library's power peaks at 1.13 to 1.25."""


class RatingTable(Record):
    """Published full-load figures at ISO air, booster off. Tolerances are half widths."""

    net_power_kw: Positive
    net_power_tolerance_kw: NotNegative = 0.0
    elec_eff_lhv: Share
    elec_eff_tolerance: NotNegative = 0.0
    fuel_power_kw_lhv: Positive | None = None
    exhaust_temp_c: float | None = None
    exhaust_temp_tolerance_k: NotNegative = 0.0
    exhaust_flow_kg_s: Positive | None = None
    exhaust_flow_tolerance: NotNegative = 0.0


class LimitsTable(Record):
    """What the controller respects. Speeds in rpm; the fuel valve as a multiple of the rated volume flow of its fuel."""

    control: Literal["hold_exit_temp", "hold_speed"]
    max_speed_rpm: Positive
    min_speed_rpm: Positive
    surge_margin: NotNegative
    fuel_valve_ratio: Positive


class KitTable(Record):
    """One fuel system of the machine: what it accepts."""

    name: str
    hhv_min_mj_per_m3: Positive
    hhv_max_mj_per_m3: Positive
    h2s_max_ppm: NotNegative
    inlet_pressure_kpag: NotNegative


class FuelTable(Record):
    """Fuel of the rating, and the fuel systems on offer."""

    default: str
    inlet_pressure_kpag: NotNegative
    booster_eff: Share
    kit: tuple[KitTable, ...] = ()


class EmissionPoint(Record):
    """Concentrations in dry exhaust referred to 15 % O2, at a share of the power available."""

    load_fraction: Share
    nox_ppm_15o2: NotNegative
    co_ppm_15o2: NotNegative


class OperationTable(Record):
    """What a start costs and what the machine draws at rest."""

    standby_kw: NotNegative
    start_energy_kwh: NotNegative
    stop_energy_kwh: NotNegative
    start_fuel_kwh_lhv: NotNegative
    warm_up_s: NotNegative
    ramp_to_full_s: NotNegative


class PublishedPoint(Record):
    """One point of a published table; load_fraction is of full power at that air."""

    ambient_temp_c: float
    load_fraction: Share
    net_power_kw: Positive
    elec_eff_lhv: Share


class PublishedTable(Record):
    """What is published of a machine that the engine model cannot represent, and why it cannot."""

    reason: str
    max_net_power_kw: Positive
    power_loss_per_305_m: Fraction
    points: tuple[PublishedPoint, ...]


class FreeParameter(Record):
    """A component figure that calibration moved: its prior and the standard error that the points left."""

    name: str
    prior: float
    prior_sd: Positive
    standard_error: NotNegative
    identified: bool


class FitResidual(Record):
    """Residuals of one fitted quantity, calculated less observed, relative unless the quantity is a temperature [K]."""

    quantity: str
    points: Annotated[int, Field(ge=1)]
    mean: float
    rms: NotNegative


class CalibrationTable(Record):
    """How the component figures were found: which points, which parameters, what remains."""

    points: str
    free: tuple[FreeParameter, ...] = ()
    residual: tuple[FitResidual, ...] = ()


class MachineRecord(Record):
    """A rated product. Field names are the keys of the TOML file; see docs/reference for units and meaning."""

    schema_version: Literal[1] = Field(alias="schema")
    model: str
    maker: str
    description: str
    architecture: Literal["single_shaft_recuperated", "published_table"]
    rating: RatingTable
    limits: LimitsTable | None = None
    engine: Design | None = None
    published: PublishedTable | None = None
    min_load_fraction: Fraction
    fuel: FuelTable
    emissions: Annotated[tuple[EmissionPoint, ...], Field(min_length=1)]
    operation: OperationTable
    calibration: CalibrationTable | None = None
    source: tuple[SourceOfFields, ...]

    @model_validator(mode="after")
    def one_carrier(self) -> MachineRecord:
        """The architecture decides which tables carry the performance."""
        if self.architecture == "single_shaft_recuperated":
            if self.engine is None or self.limits is None or self.published is not None:
                raise ValueError("architecture single_shaft_recuperated needs [engine] and [limits] and has no [published]")
            if self.limits.min_speed_rpm >= self.limits.max_speed_rpm:
                raise ValueError("limits.min_speed_rpm must lie below limits.max_speed_rpm")
            if not 0.8 <= self.limits.max_speed_rpm / self.engine.shaft_speed_rpm <= HIGHEST_SPEED:
                raise ValueError(f"limits.max_speed_rpm must lie in 0.8 .. {HIGHEST_SPEED} of engine.shaft_speed_rpm")
        elif self.published is None or self.engine is not None or self.limits is not None:
            raise ValueError("architecture published_table needs [published] and has neither [engine] nor [limits]")
        elif {point.load_fraction == 1.0 for point in self.published.points} != {True, False}:
            raise ValueError("published.points needs points at full load and at part load")
        return self

    @property
    def rated_net_power_kw(self) -> float:
        return self.rating.net_power_kw

    @property
    def sources(self) -> tuple[Source, ...]:
        """Sources of the record's numbers; `Source.note` begins with the fields that they cover."""
        return tuple(
            Source(item.title, item.date, item.basis, f"{', '.join(item.fields)}: {item.note}".rstrip(": "), item.url)
            for item in self.source
        )

    @property
    def rated_fuel(self) -> Fuel:
        return named_fuel(self.fuel.default)


LIBRARY = resources.files("brayton.machine") / "library"


@cache
def models() -> tuple[str, ...]:
    """Models in the library, in the order of their names."""
    return tuple(sorted(_library_documents()))


def load_record(model: str) -> MachineRecord:
    """The record of a library model, by name whatever its case, or of a TOML file by its path.

    Errors: InputError for an unknown name (with the nearest ones) and for every fault of a file.
    """
    if model.endswith(".toml"):
        return record_from_document(read_toml(model), model)
    return _library_record(_library_name(model))


def record_document(model: str) -> dict[str, Any]:
    """The tables of a record as its own file gives them, without the family's figures. Errors: as `load_record`."""
    return read_toml(model) if model.endswith(".toml") else deepcopy(_library_documents()[_library_name(model)])


def _library_name(model: str) -> str:
    """The library's spelling of a model's name."""
    by_fold = {name.casefold(): name for name in models()}
    if model.casefold() not in by_fold:
        raise unknown_name("machine", model, models(), path="model")
    return by_fold[model.casefold()]


@cache
def _library_record(name: str) -> MachineRecord:
    return record_from_document(record_document(name), f"library/{name}")


def record_from_document(document: dict[str, Any], file: str | None = None) -> MachineRecord:
    """Check a record's tables, the shared estimates of its architecture filled in where it gives none of its own."""
    architecture = document.get("architecture")
    family = LIBRARY / "family" / f"{architecture}.toml"
    if isinstance(architecture, str) and family.is_file():
        document = _with_family(document, read_toml(Path(str(family))))
    return parse_record(MachineRecord, document, file)


def _with_family(document: dict[str, Any], family: dict[str, Any]) -> dict[str, Any]:
    """The document with the family's figures under its own, and the family's sources of those that it took over."""
    merged = dict(document)
    for table in ("engine", "limits", "operation"):
        own = document.get(table, {})
        if isinstance(own, dict) and table in family:
            merged[table] = {**family[table], **cast("dict[str, Any]", own)}
    own_sources = document.get("source", [])
    if isinstance(own_sources, list):
        merged["source"] = [*cast("list[Any]", own_sources), *_sources_taken_over(document, family)]
    return merged


def _sources_taken_over(document: dict[str, Any], family: dict[str, Any]) -> list[dict[str, Any]]:
    """The family's sources without the figures that the document gives itself."""
    own: set[str] = set()
    for table in ("engine", "limits", "operation"):
        figures = document.get(table)
        own |= {f"{table}.{key}" for key in cast("dict[str, Any]", figures)} if isinstance(figures, dict) else set()
    taken = ({**source, "fields": [name for name in source["fields"] if name not in own]} for source in family["source"])
    return [source for source in taken if source["fields"]]


@cache
def _library_documents() -> dict[str, dict[str, Any]]:
    documents = (read_toml(Path(str(file))) for file in LIBRARY.iterdir() if file.name.endswith(".toml"))
    return {document["model"]: document for document in documents}


def fuel_limits(fuel: Fuel, h2s_ppm: float | None = None) -> list[dict[str, Any]]:
    """How a fuel stands to the fuel systems of every machine in the library.

    One entry per system and property: ``model`` (with the system's name), ``property``, ``value``, ``limit``, ``ok``.
    Heating value by volume [MJ/m3 at 0 degC, 101.325 kPa]; H2S [ppm by mole] from the composition unless given.
    """
    rows: list[dict[str, Any]] = []
    heating = fuel.hhv_j_per_m3_n / 1e6
    sulphide = 1e6 * fuel.mixture.mole_fractions.get("H2S", 0.0) if h2s_ppm is None else h2s_ppm
    for model in models():
        for kit in load_record(model).fuel.kit:
            name = f"{model} {kit.name}"
            low, high = kit.hhv_min_mj_per_m3, kit.hhv_max_mj_per_m3
            rows.append(
                {"model": name, "property": "hhv_mj_per_m3_n", "value": heating, "limit": f"{low} to {high}",
                 "ok": low <= heating <= high}
            )  # fmt: skip
            rows.append(
                {"model": name, "property": "h2s_ppm", "value": sulphide, "limit": f"at most {kit.h2s_max_ppm}",
                 "ok": sulphide <= kit.h2s_max_ppm}
            )  # fmt: skip
    return rows


def write_calibrated(model: str, calibrated: MachineRecord, path: Path) -> None:
    """Write the record that a fit started from, `model`, to `path` with the figures and calibration of `calibrated`.

    Only the figures that the fit moved are added to those of the start; the family's stay in the family's file.
    """
    import tomli_w

    assert calibrated.engine is not None
    assert calibrated.calibration is not None
    document = record_document(model)
    moved = {item.name: float(f"{getattr(calibrated.engine, item.name):.6g}") for item in calibrated.calibration.free}
    named = {"calibration", *(f"engine.{name}" for name in moved)}
    kept = ({**item, "fields": [name for name in item["fields"] if name not in named]} for item in document["source"])
    fitted = {
        "fields": sorted(named),
        "title": f"brayton fit to {calibrated.calibration.points}",
        "date": dt.date.today().isoformat(),
        "basis": "derived",
        "note": "standard errors and residuals stand in [calibration]",
    }
    document |= {
        "engine": {**document["engine"], **moved},
        "calibration": calibrated.calibration.model_dump(),
        "source": [fitted, *(item for item in kept if item["fields"])],
    }
    temporary = path.with_suffix(".tmp")
    temporary.write_text(
        f"# {calibrated.model}, calibrated by brayton fit to {calibrated.calibration.points}.\n{tomli_w.dumps(document)}"
    )
    temporary.replace(path)

"""Every record and every entry of a registry loads, says where its figures come from, and can be used by its name (L8)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.gas.fuels import FUELS, fuel
from brayton.machine.performance import compile_performance
from brayton.machine.record import load_record, models
from brayton.package.library import heat_recoveries, load_heat_recovery
from brayton.site.archetypes.record import archetype, archetypes

ISO = (15.0, 101.325, 0.0064)


def is_whole(source: Source) -> bool:
    """Title and date are there, and an estimate says why it is one."""
    return bool(source.title and source.date and (source.basis != "estimate" or source.note))


@pytest.mark.parametrize("model", models())
def test_a_machine_record_is_a_cited_work(model: str) -> None:
    record = load_record(model)
    assert record.model == model
    assert record.sources
    assert all(is_whole(source) for source in record.sources)
    covered = {field.split(".")[0] for source in record.source for field in source.fields}
    tables = {"rating", "emissions", "operation", "fuel", *(["engine", "limits"] if record.engine else ["published"])}
    assert tables <= covered, "tables without a source"


@pytest.mark.parametrize("model", [model for model in models() if load_record(model).engine])
def test_a_fitted_record_shows_its_points_and_residuals(model: str) -> None:
    record = load_record(model)
    assert record.engine is not None
    assert record.calibration is not None
    assert record.calibration.points
    assert record.calibration.free
    assert record.calibration.residual
    engine = record.engine.model_dump()
    assert {parameter.name for parameter in record.calibration.free} <= engine.keys()


@pytest.mark.parametrize("model", models())
def test_a_machine_runs_at_its_rating_point(model: str) -> None:
    performance = compile_performance(load_record(model))
    available = float(performance.available_net_power_kw(*ISO))
    point = performance.at(available, *ISO)
    assert 0.9 * performance.record.rated_net_power_kw <= available
    assert np.isfinite(point.fuel_power_kw_lhv)
    assert 0.2 < available / float(point.fuel_power_kw_lhv) < 0.4


@pytest.mark.parametrize("path", sorted((Path(__file__).resolve().parents[2] / "src/brayton/machine/library").glob("*.toml")))
def test_a_file_of_the_library_carries_its_model_in_its_name(path: Path) -> None:
    assert path.stem.replace("_", "-").upper() in models()


@pytest.mark.parametrize("name", sorted(FUELS))
def test_a_named_fuel_has_a_source(name: str) -> None:
    assert fuel(name).name == name
    assert is_whole(fuel(name).source)


@pytest.mark.parametrize("name", heat_recoveries())
def test_a_heat_recovery_unit_has_a_source(name: str) -> None:
    sources = load_heat_recovery(name).sources
    assert sources
    assert all(is_whole(source) for source in sources)


@pytest.mark.parametrize("name", [name for name in archetypes() if name != "flat"])
def test_an_archetype_has_a_source(name: str) -> None:
    assert is_whole(archetype(name).cite())


@pytest.mark.parametrize("load", [load_record, load_heat_recovery, archetype, fuel])
def test_a_wrong_name_is_answered_with_the_nearest(load) -> None:
    with pytest.raises(InputError, match="Nearest: "):
        load("supermarkt")

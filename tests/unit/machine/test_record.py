"""Records: the library loads, families fill in, faults are gathered with remedies, and what is written reads back."""

import copy
import tomllib
from pathlib import Path

import pytest

from brayton.core.errors import InputError
from brayton.gas.fuels import FUELS
from brayton.machine.fit import fit_record
from brayton.machine.fit_points import fit_points
from brayton.machine.record import (
    LIBRARY,
    fuel_limits,
    load_record,
    models,
    record_document,
    record_from_document,
    write_calibrated,
)


def c65() -> dict:
    return copy.deepcopy(record_document("C65"))


def test_library_holds_the_machines_promised():
    assert models() == ("C200", "C30", "C30-LP", "C60", "C65", "MT250", "MT70", "TA100")


@pytest.mark.parametrize("model", models())
def test_every_record_loads_and_names_its_sources(model: str):
    record = load_record(model)
    assert record.model == model
    assert (record.engine is None) == (record.published is not None)
    assert 0.0 < record.rating.elec_eff_lhv < 0.4
    assert [point.load_fraction for point in record.emissions] == sorted(point.load_fraction for point in record.emissions)
    assert record.rated_fuel is FUELS["natural_gas"]
    assert record.sources
    assert all(source.title and source.date and source.note for source in record.sources)


@pytest.mark.parametrize("model", models())
def test_fuel_power_of_a_rating_agrees_with_its_efficiency(model: str):
    rating = load_record(model).rating
    if rating.fuel_power_kw_lhv is not None:
        assert rating.net_power_kw / rating.fuel_power_kw_lhv == pytest.approx(rating.elec_eff_lhv, rel=2e-3)


def test_names_are_found_whatever_their_case():
    assert load_record("c30-lp") is load_record("c30-lp")
    assert load_record("c30-lp").model == "C30-LP"


def test_an_unknown_machine_gets_the_nearest_names():
    with pytest.raises(InputError, match="C60") as caught:
        load_record("C66")
    assert caught.value.faults[0].path == "model"


def test_family_fills_in_and_the_record_goes_first():
    family = tomllib.loads((LIBRARY / "family" / "single_shaft_recuperated.toml").read_text())
    record = load_record("C65")
    assert record.engine is not None
    assert record.limits is not None
    own = c65()["engine"]
    assert "windage_fraction" not in own
    assert record.engine.windage_fraction == family["engine"]["windage_fraction"]
    assert record.engine.ua_flow_exponent == own["ua_flow_exponent"] != family["engine"]["ua_flow_exponent"]
    assert record.limits.control == "hold_exit_temp"
    held = load_record("TA100").limits
    assert held is not None
    assert held.control == "hold_speed"
    titles = [source.title for source in record.source]
    assert titles[-1] == family["source"][-1]["title"]
    cited = [name for source in record.source[len(c65()["source"]) :] for name in source.fields]
    assert "engine.windage_fraction" in cited
    assert not {f"engine.{name}" for name in own} & set(cited)


def test_a_published_table_takes_nothing_from_the_family():
    record = load_record("MT70")
    assert record.engine is None
    assert record.limits is None
    assert record.published is not None
    assert "two shafts" in record.published.reason


def test_a_record_reads_from_its_path(tmp_path: Path):
    file = tmp_path / "mine.toml"
    file.write_text(Path(str(LIBRARY / "c65.toml")).read_text().replace('model = "C65"', 'model = "Mine"'))
    assert load_record(str(file)).model == "Mine"
    with pytest.raises(InputError, match="does not exist"):
        load_record(str(tmp_path / "absent.toml"))


def test_faults_of_a_record_are_gathered(tmp_path: Path):
    text = Path(str(LIBRARY / "c65.toml")).read_text()
    text = text.replace("elec_eff_lhv = 0.29", "elec_eff_lhv = 29.0")
    text = text.replace("pressure_ratio = ", "presure_ratio = ")
    text = text.replace("max_speed_rpm = ", 'max_speed_rpm = "fast" # ')
    file = tmp_path / "bad.toml"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        load_record(str(file))
    by_path = {fault.path: fault for fault in caught.value.faults}
    assert {"rating.elec_eff_lhv", "engine.presure_ratio", "engine.pressure_ratio", "limits.max_speed_rpm"} <= by_path.keys()
    assert "pressure_ratio" in by_path["engine.presure_ratio"].remedy
    assert all(fault.file == str(file) and fault.remedy for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"published": copy.deepcopy(record_document("MT70")["published"])}, r"has no \[published\]"),
        ({"architecture": "two_shaft"}, "architecture"),
        ({"schema": 2}, "schema"),
        ({"min_load_fraction": 1.5}, "min_load_fraction"),
        ({"limits": {**record_document("C65")["limits"], "max_speed_rpm": 975000.0}}, "max_speed_rpm must lie in"),
        ({"limits": {**record_document("C65")["limits"], "min_speed_rpm": 99990.0}}, "min_speed_rpm must lie below"),
        ({"emissions": []}, "emissions"),
    ],
)
def test_contradictions_between_tables_are_told(change: dict, words: str):
    with pytest.raises(InputError, match=words):
        record_from_document({**c65(), **change})


def test_a_published_table_has_no_engine_beside_it():
    engine = load_record("C65").engine
    assert engine is not None
    with pytest.raises(InputError, match=r"neither \[engine\] nor \[limits\]"):
        record_from_document({**copy.deepcopy(record_document("MT70")), "engine": engine.model_dump()})


def test_an_engine_without_its_table_is_told():
    for table in ("engine", "limits"):
        document = c65()
        del document[table]
        with pytest.raises(InputError) as caught:
            record_from_document(document)
        assert all(fault.path.startswith(f"{table}.") for fault in caught.value.faults)
        document[table] = 3
        with pytest.raises(InputError, match=table):
            record_from_document(document)


def test_what_a_fit_writes_reads_back(tmp_path: Path):
    points = fit_points({"net_power_kw": [30.0, 60.0], "elec_eff_lhv": [0.24, 0.28]})
    fitted = fit_record(load_record("C60"), points, free=["turbine_isentropic_eff", "parasitic_kw"], name="two.csv").record
    file = tmp_path / "mine.toml"
    write_calibrated("C60", fitted, file)
    again = load_record(str(file))
    assert again.engine is not None
    assert fitted.engine is not None
    for name in type(fitted.engine).model_fields:
        assert getattr(again.engine, name) == pytest.approx(getattr(fitted.engine, name), rel=1e-5)
    assert again.calibration is not None
    assert again.calibration.points == "two.csv"
    assert [item.name for item in again.calibration.free] == ["turbine_isentropic_eff", "parasitic_kw"]
    fit = again.source[0]
    assert fit.title == "brayton fit to two.csv"
    assert set(fit.fields) == {"calibration", "engine.turbine_isentropic_eff", "engine.parasitic_kw"}
    assert not any(set(fit.fields) & set(source.fields) for source in again.source[1:])
    assert sorted(tmp_path.iterdir()) == [file]


def test_fuels_are_held_against_every_fuel_system():
    rows = fuel_limits(FUELS["landfill_gas"])
    ok = {(row["model"], row["property"]): row["ok"] for row in rows}
    assert ok["C65 landfill gas", "hhv_mj_per_m3_n"]
    assert not ok["C65 natural gas, high pressure", "hhv_mj_per_m3_n"]
    sour = {(row["model"], row["property"]): row["ok"] for row in fuel_limits(FUELS["natural_gas"], h2s_ppm=50.0)}
    assert not sour["C60 natural gas, high pressure", "h2s_ppm"]
    assert sour["C65 digester gas", "h2s_ppm"]
    assert {row["property"] for row in rows} == {"hhv_mj_per_m3_n", "h2s_ppm"}

"""The points of a fit: what a good table gives, and every fault of a bad one at once."""

from pathlib import Path

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.machine.fit_points import DEFAULT_SD, fit_points, read_fit_points


def faults_of(text: str, folder: Path) -> dict[str, str]:
    file = folder / "points.csv"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        read_fit_points(file)
    assert all(fault.remedy and fault.file == str(file) for fault in caught.value.faults)
    return {fault.path: str(fault) for fault in caught.value.faults}


def test_a_good_table(tmp_path: Path):
    file = tmp_path / "points.csv"
    file.write_text(
        "# a test stand\nnet_power_kw, elec_eff_lhv,elec_eff_lhv_sd,exhaust_temp_c,ambient_temp_c\n"
        "60,0.28,0.002,305,-12\n\n30,0.24,,,15\n"
    )
    points = read_fit_points(file)
    assert points.count == 2
    np.testing.assert_array_equal(points.values["ambient_temp_c"], [-12.0, 15.0])
    assert np.isnan(points.values["exhaust_temp_c"][1])
    assert points.sd["elec_eff_lhv"] == pytest.approx([0.002, DEFAULT_SD["elec_eff_lhv"] * 0.24])
    assert points.sd["exhaust_temp_c"][0] == DEFAULT_SD["exhaust_temp_c"]
    assert points.sd["net_power_kw"] == pytest.approx([0.6, 0.3])


def test_all_faults_of_a_table_are_told_together(tmp_path: Path):
    found = faults_of(
        "net_power_kw,fuel_power_kw,elec_eff_lhv,air_flow_kg_s\n60,214,28.0,-0.4\n30,120,0.24,x\n,,0.2,0.3\n", tmp_path
    )
    assert "fuel_power_kw_lhv" in found["column fuel_power_kw"]
    assert "fraction" in found["row 1, column elec_eff_lhv"]
    assert "must exceed 0" in found["row 1, column air_flow_kg_s"]
    assert "not a number" in found["row 2, column air_flow_kg_s"]
    assert "none of" in found["row 3"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "needs a header"),
        ("net_power_kw,elec_eff_lhv\n", "at least one point"),
        ("net_power_kw,net_power_kw\n60,60\n", "twice"),
        ("net_power_kw,elec_eff_lhv\n60\n", "must have 2"),
        ("elec_eff_lhv,exhaust_temp_c\n0.28,305\n", "need one of"),
        ("net_power_kw,ambient_temp_c\n60,15\n", "nothing to compare"),
        ("net_power_kw,elec_eff_lhv\n60,inf\n", "elec_eff_lhv"),
        ("net_power_kw,elec_eff_lhv,elec_eff_lhv_sd\n60,0.28,0\n", "must exceed 0"),
        ("net_power_kw,elec_eff_lhv,ambient_temp_c\n60,0.28,288.15\n", "ambient_temp_c"),
        ("net_power_kw,elec_eff_lhv,pressure_kpa\n60,0.28,101325\n", "pressure_kpa"),
        ("net_power_kw,elec_eff_lhv,relative_humidity\n60,0.28,60\n", "fraction"),
        ("net_power_kw,elec_eff_lhv\n60,0.28%\n", "not a number"),
    ],
)
def test_each_bad_table_gets_its_words(text: str, words: str, tmp_path: Path):
    assert any(words in message for message in faults_of(text, tmp_path).values())


def test_files_that_cannot_be_read(tmp_path: Path):
    with pytest.raises(InputError, match="does not exist"):
        read_fit_points(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read_fit_points(tmp_path)
    (tmp_path / "latin.csv").write_bytes(b"net_power_kw,elec_eff_lhv\n60,0.28 \xe9\n")
    with pytest.raises(InputError, match="UTF-8"):
        read_fit_points(tmp_path / "latin.csv")


def test_columns_of_different_length_are_refused():
    with pytest.raises(InputError, match="one length"):
        fit_points({"net_power_kw": [60.0, 30.0], "elec_eff_lhv": [0.28]})
    with pytest.raises(InputError, match="need one of"):
        fit_points({})

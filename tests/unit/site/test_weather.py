"""Weather from our own CSV, and its correction to another elevation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.site.weather import correct_to_elevation, read_epw, read_weather_csv

HEAD = ["# name = Yard", "# elevation_m = 1934", "# latitude: 35.6", "hour_of_year,dry_bulb_c,relative_humidity,pressure_kpa"]


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def year(hours: int = 8760) -> list[str]:
    return [*HEAD, *(f"{hour},20.0,0.5,80.9" for hour in range(hours))]


def faults_of(path: Path, lines: list[str]) -> str:
    with pytest.raises(InputError) as caught:
        read_weather_csv(write(path / "yard.csv", lines))
    return str(caught.value)


@pytest.mark.parametrize("hours", [8760, 8784])
def test_weather_csv(tmp_path: Path, hours: int) -> None:
    lines = year(hours)
    lines[4] = "0,,0.5,80.9"
    weather = read_weather_csv(write(tmp_path / "yard.csv", lines))
    assert (weather.name, weather.elevation_m, weather.latitude) == ("Yard", 1934.0, 35.6)
    assert np.isnan(weather.longitude)
    assert weather.pressure_kpa.shape == (hours,)
    assert np.isnan(weather.dry_bulb_c).sum() == 1
    assert np.isnan(weather.wind_speed_m_s).all()
    assert f"dry_bulb_c is missing in 1 of {hours} hours" in weather.notes


def test_weather_csv_faults(tmp_path: Path) -> None:
    assert "rows = 8759: a year has 8760 or 8784 hours" in faults_of(tmp_path, year(8759))
    assert "nearest in the file: dry_bulb_f" in faults_of(tmp_path, [line.replace("bulb_c", "bulb_f") for line in year()])
    assert "must lie in 0..1.1 as a fraction" in faults_of(tmp_path, [line.replace(",0.5,", ",50,") for line in year()])
    assert "must lie in 31..110 kPa" in faults_of(tmp_path, [line.replace(",80.9", ",80900") for line in year()])
    assert "latitude is not a number" in faults_of(tmp_path, [line.replace("latitude: 35.6", "latitude: N35") for line in year()])
    stamped = [line.replace("hour_of_year", "time") for line in HEAD]
    stamped += [f"2018-01-01 {minute // 60:02d}:{minute % 60:02d},20,0.5,80.9" for minute in range(0, 600, 15)]
    assert "weather is hourly" in faults_of(tmp_path, stamped)
    assert "must be 1 January" in faults_of(tmp_path, [line.replace("2018-01-01", "2018-02-01") for line in stamped])


def test_elevation_keeps_vapour_pressure_and_lowers_the_rest(tmp_path: Path, epw_lines: list[str]) -> None:
    low = read_epw(write(tmp_path / "site.epw", epw_lines))
    high = correct_to_elevation(low, 2100.0)
    np.testing.assert_allclose(low.dry_bulb_c - high.dry_bulb_c, 6.5e-3 * 166.0)
    # hypsometric equation by hand at the first hour, mean temperature -0.04 degC
    mean_temp_k = 273.15 + 0.5 - 0.5 * 6.5e-3 * 166.0
    assert high.pressure_kpa[0] == pytest.approx(81.0 * np.exp(-9.80665 * 166.0 / (287.05 * mean_temp_k)), rel=1e-5)
    vapour = [each.humidity_ratio * each.pressure_kpa / (0.622 + each.humidity_ratio) for each in (low, high)]
    np.testing.assert_allclose(vapour[0], vapour[1], rtol=2e-5)
    assert high.elevation_m == 2100.0
    assert "carried from 1934 m to 2100 m: dry bulb -1.08 K" in high.notes[-1]
    assert correct_to_elevation(low, 1934.0) is low


@pytest.mark.parametrize("elevation", [3500.0, float("nan")])
def test_elevation_too_far(tmp_path: Path, epw_lines: list[str], elevation: float) -> None:
    with pytest.raises(InputError, match="must lie within 1500 m of the station, which is at 1934 m"):
        correct_to_elevation(read_epw(write(tmp_path / "site.epw", epw_lines)), elevation)

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.gas.air import (
    DRY_AIR,
    humid_air,
    humidity_ratio,
    relative_humidity,
    saturation_pressure_pa,
    standard_altitude_m,
    standard_pressure_pa,
    standard_temp_k,
)


def test_humid_air_holds_the_water_asked_for():
    shares = humid_air(0.03).mass_fractions
    assert shares["H2O"] / (1.0 - shares["H2O"]) == pytest.approx(0.03, rel=1e-12)
    assert humid_air(0.0).molar_mass_kg_per_kmol == pytest.approx(DRY_AIR.molar_mass_kg_per_kmol)


@pytest.mark.parametrize("ratio", [-0.01, float("nan"), float("inf")])
def test_impossible_humidity_is_refused(ratio: float):
    with pytest.raises(InputError, match="humidity_ratio"):
        humid_air(ratio)


def test_humidity_broadcasts_and_inverts():
    temp = np.array([253.15, 288.15, 308.15])[:, None]
    pressure = np.array([75e3, 101325.0])
    ratio = humidity_ratio(temp, pressure, 0.6)
    assert ratio.shape == (3, 2)
    assert relative_humidity(temp, pressure, ratio) == pytest.approx(0.6)


def test_air_that_would_be_all_vapour_is_nan():
    assert np.isnan(humidity_ratio(393.15, 101325.0, 1.0))


def test_saturation_is_continuous_at_the_triple_point():
    below, above = saturation_pressure_pa([273.159, 273.161])
    assert above / below == pytest.approx(1.0, abs=3e-4)


def test_standard_atmosphere():
    assert standard_temp_k(0.0) == 288.15
    assert standard_pressure_pa(0.0) == 101325.0
    assert standard_pressure_pa([11_000.0, 20_000.0]) == pytest.approx([22632.06, 5474.89], rel=1e-5)
    assert np.isnan(standard_pressure_pa([25_000.0, float("nan")])).all()


def test_standard_altitude_inverts_the_pressure_of_the_troposphere():
    altitude = np.array([-4500.0, 0.0, 1609.0, 10_999.0])
    assert standard_altitude_m(standard_pressure_pa(altitude)) == pytest.approx(altitude, abs=1e-8)
    assert np.isnan(standard_altitude_m([15e3, np.nan])).all()

"""The match: design reproduced, a gas path written anew with Cantera, and the laws of a solved state."""

import math

import numpy as np
import pytest

from brayton.core.units import ISO_RELATIVE_HUMIDITY, ISO_TEMP_K, STANDARD_PRESSURE_PA
from brayton.gas.air import humid_air, humidity_ratio
from brayton.gas.fuels import FUELS
from brayton.gas.properties import as_rows
from brayton.machine.components import Engine, choke_flow, compressor_map, electric_power, surge_flow
from brayton.machine.match import (
    HOLD_CHOKE,
    HOLD_EXIT_TEMP,
    HOLD_FUEL,
    HOLD_POWER,
    HOLD_SPEED,
    HOLD_SURGE,
    Air,
    choke_margin,
    gas_path,
    solve_match,
    surge_margin,
)
from brayton.machine.matched import MatchedEngine, match_engine
from brayton.machine.record import load_record, models

ENGINES = [model for model in models() if load_record(model).engine is not None]


def intake(temp_k: float, pressure_pa: float, humidity: float, inlet_loss: float = 0.0, back_pressure: float = 0.0) -> Air:
    air = humid_air(humidity)
    return Air(as_rows(air.coefficients), air.gas_constant_j_per_kg_k, temp_k, pressure_pa, inlet_loss, back_pressure)


ISO = intake(ISO_TEMP_K, STANDARD_PRESSURE_PA, float(humidity_ratio(ISO_TEMP_K, STANDARD_PRESSURE_PA, ISO_RELATIVE_HUMIDITY)))


@pytest.fixture(scope="module")
def c65() -> MatchedEngine:
    return match_engine(load_record("C65"))


@pytest.mark.parametrize("model", ENGINES)
def test_match_returns_to_the_design_point(model: str):
    matched = match_engine(load_record(model))
    design, e = matched.record.engine, matched.engine
    assert design is not None
    state, ok = solve_match(
        e, ISO, matched.gas, HOLD_EXIT_TEMP, design.turbine_exit_temp_k, HOLD_SPEED, 1.0, 0.93, 1.04, 0.97 * e.t4
    )
    assert ok
    assert state.x == pytest.approx(1.0, abs=2e-6)
    assert state.t4 == pytest.approx(e.t4, rel=1e-6)
    assert state.t5 == pytest.approx(design.turbine_exit_temp_k, rel=1e-6)
    assert state.air_flow == pytest.approx(design.air_flow_kg_s, rel=2e-6)
    assert state.fuel_air == pytest.approx(e.fuel_air, rel=2e-6)
    assert state.p2 / state.p1 == pytest.approx(design.pressure_ratio, rel=2e-6)
    assert state.effectiveness == pytest.approx(design.recuperator_effectiveness, rel=2e-6)
    assert state.shaft_power == pytest.approx(e.scale_power, rel=1e-5)
    assert state.net_power == pytest.approx(electric_power(e, 1.0, e.scale_power), rel=1e-5)


CONTROLS = {
    "exit temperature and speed": (HOLD_EXIT_TEMP, 905.0, HOLD_SPEED, 0.9),
    "exit temperature and power": (HOLD_EXIT_TEMP, 910.95, HOLD_POWER, 30e3),
    "power and speed": (HOLD_POWER, 20e3, HOLD_SPEED, 0.8),
    "surge and speed": (HOLD_SURGE, 0.15, HOLD_SPEED, 0.95),
    "choke and exit temperature": (HOLD_EXIT_TEMP, 910.95, HOLD_CHOKE, 0.12),
    "fuel and exit temperature": (HOLD_FUEL, 0.003, HOLD_EXIT_TEMP, 910.95),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_both_controls_and_continuity_hold_from_any_start(c65: MatchedEngine, name: str):
    e, gas = c65.engine, c65.gas
    a, target_a, b, target_b = CONTROLS[name]
    air = intake(298.15, 97e3, 0.012, 300.0, 500.0)
    found = []
    for n, x, t4 in ((0.8, 1.0, 0.95), (1.0, 1.0, 1.0), (0.95, 1.08, 0.9)):
        state, ok = solve_match(e, air, gas, a, target_a, b, target_b, n, x, t4 * e.t4)
        assert ok
        assert abs(state.flow_residual) < 1e-6
        held = {
            HOLD_EXIT_TEMP: state.t5,
            HOLD_POWER: state.net_power,
            HOLD_SPEED: state.n,
            HOLD_SURGE: surge_margin(e, air, state) + 1.0,
            HOLD_CHOKE: choke_margin(e, air, state) + 1.0,
            HOLD_FUEL: state.air_flow * state.fuel_air,
        }
        for hold, target in ((a, target_a), (b, target_b)):
            assert held[hold] == pytest.approx(target + (hold in (HOLD_SURGE, HOLD_CHOKE)), rel=1e-6)
        found.append((state.n, state.x, state.t4 / e.t4, state.fuel_air))
    assert np.ptp(np.array(found), axis=0) == pytest.approx(0.0, abs=1e-6)


def test_what_cannot_be_matched_is_told(c65: MatchedEngine):
    e = c65.engine
    for a, target_a, b, target_b in (
        (HOLD_POWER, 500e3, HOLD_EXIT_TEMP, 910.0),
        (HOLD_POWER, 500e3, HOLD_SPEED, 1.0),
        (HOLD_EXIT_TEMP, math.nan, HOLD_SPEED, 0.9),
    ):
        _, ok = solve_match(e, ISO, c65.gas, a, target_a, b, target_b, 1.0, 1.0, e.t4)
        assert not ok


def test_ducts_set_the_pressures_at_both_ends(c65: MatchedEngine):
    e = c65.engine
    air = intake(288.15, 101325.0, 0.006, 800.0, 1500.0)
    state, ok = solve_match(e, air, c65.gas, HOLD_EXIT_TEMP, 910.95, HOLD_SPEED, 0.9, 0.9, 1.0, e.t4)
    assert ok
    flow, _, _ = compressor_map(e, 0.9 / math.sqrt(air.gas_constant * 288.15 / e.inlet_rt), state.x)
    assert state.p1 == pytest.approx(101325.0 - 800.0 * flow**2, rel=1e-12)
    assert state.p6 == pytest.approx(101325.0 + 1500.0 * (state.air_flow / e.air_flow) ** 2, rel=1e-12)


def test_margins_at_design_are_those_of_the_record(c65: MatchedEngine):
    e = c65.engine
    state = gas_path(e, ISO, c65.gas, 1.0, 1.0, e.t4, e.fuel_air)
    assert surge_margin(e, ISO, state) == pytest.approx(1.0 / surge_flow(e, 1.0) - 1.0, rel=1e-9)
    assert choke_margin(e, ISO, state) == pytest.approx(choke_flow(e, 1.0) - 1.0, rel=1e-9)


class CanteraEngine:
    """The datasheets of `machine.components` and `machine.match` written anew, plainly, with Cantera's states."""

    def __init__(self, engine: Engine, air: Air, humidity: float, fuel: str):
        ct = pytest.importorskip("cantera")
        names = ("N2", "O2", "Ar", "CO2", "H2O", "CH4")
        known = {item.name: item for item in ct.Species.list_from_file("nasa_gas.yaml")}
        self.gas = ct.Solution(thermo="ideal-gas", species=[known[name] for name in names])
        self.e, self.air = engine, air
        self.air_moles = self._moles(humid_air(humidity).mole_fractions)
        self.fuel_x = FUELS[fuel].mixture.mole_fractions
        self.gas.TPX = 298.15, 101325.0, self.fuel_x
        elements = {name: self.gas.elemental_mass_fraction(name) / self.gas.atomic_weight(name) for name in ("C", "H")}
        self.burnt = {"CO2": elements["C"], "H2O": elements["H"] / 2, "O2": -elements["C"] - elements["H"] / 4}

    def _moles(self, fractions) -> dict[str, float]:
        """kmol of each species in a kilogram."""
        self.gas.TPX = 298.15, 101325.0, dict(fractions)
        return dict(zip(self.gas.species_names, self.gas.X / self.gas.mean_molecular_weight, strict=True))

    def products(self, f: float) -> dict[str, float]:
        return {name: amount + f * self.burnt.get(name, 0.0) for name, amount in self.air_moles.items()}

    def state(self, moles, *, pressure: float, temp: float | None = None, enthalpy: float | None = None):
        self.gas.X = moles
        if temp is not None:
            self.gas.TP = temp, pressure
        else:
            self.gas.HP = enthalpy, pressure
        return self.gas.T, self.gas.enthalpy_mass

    def isentropic(self, moles, temp: float, pressure: float, target: float) -> float:
        self.gas.TPX = temp, pressure, moles
        self.gas.SP = self.gas.entropy_mass, target
        return self.gas.enthalpy_mass

    def follow(self, n: float, x: float, t4: float, f: float) -> dict[str, float]:
        """All figures for trial values of the unknowns, f among them."""
        from scipy.optimize import brentq

        e, air = self.e, self.air
        self.gas.X = self.air_moles
        r_air = 8314.462618 / self.gas.mean_molecular_weight
        nc = n / math.sqrt(r_air * air.temp / e.inlet_rt)
        # compressor: less inlet flow at low speed, Euler's line, parabolas of efficiency
        rise = 0.6 * e.temp_rise_ratio
        corrected_flow = nc * ((1 + rise * nc**2) / (1 + rise)) ** 2 * x
        specific_work = e.compressor_work * n**2 * (1 - e.work_slope * (x - 1))
        loss = e.eff_flow_curvature * (x - 1) ** 2 + e.eff_speed_curvature * (nc**2 - e.best_speed**2) ** 2
        eff_c = e.compressor_eff * (1 - loss) / (1 - e.eff_speed_curvature * (1 - e.best_speed**2) ** 2)
        p1 = air.pressure - air.inlet_loss * corrected_flow**2
        flow = corrected_flow * e.air_flow * p1 / e.inlet_pressure * math.sqrt(e.inlet_rt / (r_air * air.temp))
        _, h1 = self.state(self.air_moles, pressure=p1, temp=air.temp)
        p2 = brentq(
            lambda p: self.isentropic(self.air_moles, air.temp, p1, p) - h1 - eff_c * specific_work, 1.01 * p1, 12 * p1, xtol=1e-3
        )
        t2, h2 = self.state(self.air_moles, pressure=p2, enthalpy=h1 + specific_work)
        # losses: laminar passages with volume flow times viscosity, turbulent combustor with dynamic pressure
        relative = flow / e.air_flow
        viscous = relative * ((t2 + t4) / 2 / e.mean_air_temp) ** 1.7
        p3 = p2 - p2 * e.loss_air * viscous * (e.p2 / p2) ** 2
        p4 = p3 - p3 * e.loss_burner * (relative * e.p2 / p2) ** 2 * t4 / e.t4
        p6 = air.pressure + air.back_pressure * relative**2
        p5 = p6 + e.loss_gas * e.inlet_pressure * viscous
        # turbine
        gas = self.products(f)
        _, h4 = self.state(gas, pressure=p4, temp=t4)
        ideal = h4 - self.isentropic(gas, t4, p4, p5)
        velocity_ratio = n * math.sqrt(e.turbine_ideal_work / ideal)
        h5 = h4 - ideal * e.turbine_eff * (1 - e.velocity_ratio_curvature * (velocity_ratio - 1) ** 2)
        t5, _ = self.state(gas, pressure=p5, enthalpy=h5)
        r_gas = 8314.462618 / self.gas.mean_molecular_weight
        # recuperator
        _, full = self.state(self.air_moles, pressure=p2, temp=t5)
        c_air = flow * (full - h2) / (t5 - t2)
        _, cold = self.state(gas, pressure=p5, temp=t2)
        c_gas = flow * (1 + f) * (h5 - cold) / (t5 - t2)
        smaller, larger = sorted((c_air, c_gas))
        ua = e.recuperator_ua * relative**e.ua_flow_exponent * ((t2 + t5) / 2 / e.mean_recuperator_temp) ** 0.75
        ntu, wall = ua / smaller, e.axial_conduction / relative
        ntu *= (1 + wall * math.sqrt(wall * ntu / (1 + wall * ntu))) / (1 + wall * ntu)
        decay = math.exp(-ntu * (1 - smaller / larger))
        heat = (1 - decay) / (1 - smaller / larger * decay) * smaller * (t5 - t2) / flow
        # combustor and casing
        casing = e.casing_loss * (t4 - air.temp) / flow
        _, fuel_h = self.state(self.fuel_x, pressure=p4, temp=288.15)
        lhv = self.heating_value()
        balance = h2 + heat + f * (fuel_h - (1 - e.combustor_eff) * lhv) - casing - (1 + f) * h4
        # nozzle that takes its share of the logarithm of the expansion, choked or not
        k, drop = 1.33, (p4 / p5) ** e.nozzle_share
        mach = min(1.0, math.sqrt(2 / (k - 1) * (drop ** ((k - 1) / k) - 1)))
        function = math.sqrt(k) * mach * (1 + (k - 1) / 2 * mach**2) ** (-(k + 1) / (2 * (k - 1)))
        swallowed = function * e.turbine_area * p4 / math.sqrt(r_gas * t4)
        shaft = flow * ((1 + f) * (h4 - h5) - specific_work)
        mechanical = shaft - e.windage * n**2.8
        dc = mechanical - e.iron * n**1.5 - e.copper * (mechanical / n) ** 2
        net = dc - e.converter_idle - e.converter_share * dc - e.converter_square * dc**2 - e.parasitic
        t6, _ = self.state(gas, pressure=p6, enthalpy=h5 - heat / (1 + f))
        return {
            "continuity": flow * (1 + f) / swallowed - 1, "energy": balance / 1e6, "t2": t2, "t5": t5, "t6": t6, "flow": flow,
            "net": net, "ratio": p2 / p1, "fuel": flow * f,
        }  # fmt: skip

    def heating_value(self) -> float:
        self.gas.TPX = 298.15, 101325.0, self.fuel_x
        fuel = self.gas.enthalpy_mass
        molar = dict(zip(self.gas.species_names, self.gas.partial_molar_enthalpies, strict=True))
        return fuel - sum(amount * molar[name] for name, amount in self.burnt.items())


@pytest.mark.parametrize(
    ("temp_c", "pressure", "humidity", "speed", "exit_temp"),
    [(32.0, 93e3, 0.014, 0.93, 905.0), (-12.0, 101e3, 0.001, 0.62, 880.0)],
)
def test_gas_path_agrees_with_cantera(c65: MatchedEngine, temp_c, pressure, humidity, speed, exit_temp):
    from scipy.optimize import root

    from brayton.machine.control import exhaust_temp

    matched = match_engine(c65.record, FUELS["methane"])
    e = matched.engine
    air = intake(temp_c + 273.15, pressure, humidity, 400.0, 700.0)
    ours, ok = solve_match(e, air, matched.gas, HOLD_EXIT_TEMP, exit_temp, HOLD_SPEED, speed, speed, 1.0, e.t4)
    assert ok
    other = CanteraEngine(e, air, humidity, "methane")

    def residuals(y):
        there = other.follow(speed, y[0], y[1] * e.t4, y[2] * 0.01)
        return [there["continuity"], there["energy"], there["t5"] / exit_temp - 1.0]

    solution = root(residuals, [1.0, 0.95, 0.9], tol=1e-11)
    assert solution.success
    x, t4, f = solution.x * [1.0, e.t4, 0.01]
    there = other.follow(speed, x, t4, f)
    assert ours.x == pytest.approx(x, rel=1e-5)
    assert ours.t4 == pytest.approx(t4, abs=0.01)
    assert ours.t2 == pytest.approx(there["t2"], abs=0.01)
    assert exhaust_temp(air, matched.gas, ours) == pytest.approx(there["t6"], abs=0.02)
    assert ours.air_flow == pytest.approx(there["flow"], rel=2e-5)
    assert ours.air_flow * ours.fuel_air == pytest.approx(there["fuel"], rel=5e-5)
    assert ours.p2 / ours.p1 == pytest.approx(there["ratio"], rel=2e-5)
    assert ours.net_power == pytest.approx(there["net"], rel=1e-4)

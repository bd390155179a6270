"""Desiccant wheels against EnergyPlus on the same inlet air, hour by hour, in a month of its own weather files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import energyplus_runs as energyplus
import numpy as np
from numpy.typing import NDArray

from brayton.core.provenance import Source
from brayton.package.desiccant import DesiccantUnit, Regeneration, dehumidify
from brayton.package.wheel import energyplus_balanced_flow_desiccant, energyplus_solid_desiccant

Series = dict[str, NDArray[np.float64]]

BOX = """
Timestep,1;
Building,B,0,City,0.04,0.4,FullExterior,25,6;
GlobalGeometryRules,UpperLeftCorner,CounterClockWise,World;
SimulationControl,No,No,No,No,Yes;
RunPeriod,Month,{month},1,,{month},28,,Monday,No,No,No,Yes,Yes;
ScheduleTypeLimits,Any;
Schedule:Constant,On,Any,1;
Material:NoMass,Wall,Rough,2;
Construction,Wall,Wall;
Zone,Z;
BuildingSurface:Detailed,F,Floor,Wall,Z,,Adiabatic,,NoSun,NoWind,0,4,0,10,0,10,10,0,10,0,0,0,0,0;
BuildingSurface:Detailed,R,Roof,Wall,Z,,Outdoors,,SunExposed,WindExposed,0,4,0,0,4,10,0,4,10,10,4,0,10,4;
BuildingSurface:Detailed,S,Wall,Wall,Z,,Outdoors,,SunExposed,WindExposed,0.5,4,0,0,4,0,0,0,10,0,0,10,0,4;
BuildingSurface:Detailed,E,Wall,Wall,Z,,Outdoors,,SunExposed,WindExposed,0.5,4,10,0,4,10,0,0,10,10,0,10,10,4;
BuildingSurface:Detailed,N,Wall,Wall,Z,,Outdoors,,SunExposed,WindExposed,0.5,4,10,10,4,10,10,0,0,10,0,0,10,4;
BuildingSurface:Detailed,W,Wall,Wall,Z,,Outdoors,,SunExposed,WindExposed,0.5,4,0,10,4,0,10,0,0,0,0,0,0,4;
"""

HIGH_TEMPERATURE = """
Schedule:Constant,Hot,Any,60;
Schedule:Constant,Cold,Any,-60;
Schedule:Constant,Start,Any,{start_c};
ZoneHVAC:EquipmentConnections,Z,ZEq,ZIn,ZOut,ZAir;
ZoneHVAC:EquipmentList,ZEq,SequentialLoad,ZoneHVAC:OutdoorAirUnit,OAU,1,1,,;
ZoneHVAC:OutdoorAirUnit,OAU,On,Z,1.0,On,Fan,DrawThrough,Exh,1.0,On,NeutralControl,Hot,Cold,In,ZIn,ZOut,ZIn,OAUList;
ZoneHVAC:OutdoorAirUnit:EquipmentList,OAUList,Dehumidifier:Desiccant:NoFans,Wheel;
OutdoorAir:Node,In;
OutdoorAir:Node,RegIn,{start};
Fan:ConstantVolume,Fan,On,1,0,1.0,1,1,Out,ZIn;
Fan:ConstantVolume,Exh,On,1,0,1.0,1,1,ZOut,ExhOut;
Dehumidifier:Desiccant:NoFans,Wheel,On,In,Out,RegHot,RegIn,LeavingMaximumHumidityRatioSetpoint,{setpoint},1.0,{velocity},
 10,Coil:Heating:Electric,Coil,Fan:VariableVolume,RegFan,Default;
Fan:VariableVolume,RegFan,On,1,0,3.0,Fraction,0,0,1,1,0,1,0,0,0,RegIn,RegFanOut;
Coil:Heating:Electric,Coil,On,1,500000,RegFanOut,RegHot;
"""

BALANCED = """
ElectricEquipment,Warm,Z,On,EquipmentLevel,40000,,,0,0,0;
ElectricEquipment,Wet,Z,On,EquipmentLevel,10000,,,1,0,0;
ZoneHVAC:EquipmentConnections,Z,ZEq,ZIn,,ZAir,ZRet;
ZoneHVAC:EquipmentList,ZEq,SequentialLoad,ZoneHVAC:AirDistributionUnit,ADU,1,1,,;
ZoneHVAC:AirDistributionUnit,ADU,ZIn,AirTerminal:SingleDuct:ConstantVolume:NoReheat,Term;
AirTerminal:SingleDuct:ConstantVolume:NoReheat,Term,On,TermIn,ZIn,{flow};
AirLoopHVAC,Loop,,,{flow},Branches,,LoopIn,DemandOut,DemandIn,LoopOut;
BranchList,Branches,Br;
Branch,Br,,AirLoopHVAC:OutdoorAirSystem,OAS,LoopIn,MixOut,Fan:ConstantVolume,Fan,MixOut,LoopOut;
AirLoopHVAC:OutdoorAirSystem,OAS,Ctrl,OAList;
AirLoopHVAC:OutdoorAirSystem:EquipmentList,OAList,HeatExchanger:Desiccant:BalancedFlow,HX,OutdoorAir:Mixer,Mix;
OutdoorAir:Mixer,Mix,MixOut,HXOut,Relief,LoopIn;
AirLoopHVAC:ControllerList,Ctrl,Controller:OutdoorAir,OACtrl;
Controller:OutdoorAir,OACtrl,Relief,LoopIn,MixOut,OAIn,{flow},{flow},NoEconomizer,ModulateFlow;
OutdoorAir:Node,OAIn;
Schedule:Constant,Mixed,Any,20;
Schedule:Constant,Dry,Any,0.0001;
SetpointManager:Scheduled,SPT,Temperature,Mixed,MixOut;
SetpointManager:Scheduled,SPH,MaximumHumidityRatio,Dry,HXOut;
Fan:ConstantVolume,Fan,On,1,0,{flow},1,1,MixOut,LoopOut;
AirLoopHVAC:SupplyPath,SP,DemandIn,AirLoopHVAC:ZoneSplitter,Split;
AirLoopHVAC:ZoneSplitter,Split,DemandIn,TermIn;
AirLoopHVAC:ReturnPath,RP,DemandOut,AirLoopHVAC:ZoneMixer,ZMix;
AirLoopHVAC:ZoneMixer,ZMix,DemandOut,ZRet;
HeatExchanger:Desiccant:BalancedFlow,HX,On,Relief,HXRegOut,OAIn,HXOut,
 HeatExchanger:Desiccant:BalancedFlow:PerformanceDataType1,Perf,No;
HeatExchanger:Desiccant:BalancedFlow:PerformanceDataType1,Perf,1.9,3.54,50,
 -7.18302,-184.967,1.00051,11603.3,-50.7550,-0.0168467,58.2213,0.598863,
 0.005143,0.024286,17.83,48.89,0.005,0.017514,4.58,21.83,2.286,4.826,16.67,46.11,10,100,70,100,
 0.00313878,1.09689,-0.0000263341,-6.33885,0.00938196,0.0000521186,0.0670354,-0.000160823,
 0.005143,0.024286,17.83,48.89,0.005,0.017514,4.58,21.83,2.286,4.826,0.006911,0.026707,10,100,70,100;
"""

STATES = ("Temperature", "Humidity Ratio", "Mass Flow Rate")
WHEEL = ("Regeneration Rate", "Regeneration Air Mass Flow Rate", "Part Load Ratio", "Removed Water Mass Flow Rate")

SAME = 1e-6
"""Of the high-temperature wheel, relative to the change across it: the same regression in double precision."""
BALANCED_TEMP_K, BALANCED_W = 2e-3, 1e-6
"""Of the regeneration outlet: EnergyPlus takes the face velocity from the air's own density, hour by hour."""
BALANCED_WATER = 0.015
"""Of the process outlet, relative to the water passed: EnergyPlus takes up to 1.2 % more water out of one air than it gives to
the other; here both are alike."""
BALANCED_PROCESS_TEMP_K = 0.1
"""The heat of that water, 0.03 g/kg, is 0.07 K."""

COLUMNS = ("wheel", "weather", "hours", "outlet temperature [K]", "outlet humidity [g/kg]", "heat [%]", "regeneration air [%]")

HIGH_TEMPERATURE_CASES = (
    ("Tampa", 7, 3.0, None),
    ("Newark", 8, 2.2, None),
    ("Phoenix", 7, 4.0, None),
    ("Chicago", 4, 3.0, None),
    ("Newark", 8, 3.0, 40.0),
)
"""Station, month, face velocity, and where the regeneration air starts if not as the process air."""


def high_temperature(folder: Path, station: str, month: int, **figures: object) -> Series:
    """A month of the wheel in EnergyPlus, its series by a short name."""
    folder.mkdir(exist_ok=True)
    given = {"start_c": 40.0, "start": "", "setpoint": 1e-5} | figures
    outputs = [
        *(f"{node}:System Node {state}" for node in ("In", "Out", "RegIn") for state in STATES),
        *(f"Wheel:Dehumidifier {item}" for item in WHEEL),
    ]
    text = BOX.format(month=month) + HIGH_TEMPERATURE.format(**given)
    found = energyplus.run_energyplus(text, energyplus.weather_file(station), outputs, folder)
    return {name.replace(":System Node", "").replace("Wheel:Dehumidifier ", ""): values for name, values in found.items()}


def high_temperature_case(
    folder: Path, station: str, month: int, velocity: float, start_c: float | None
) -> tuple[tuple[object, ...], list[float]]:
    """Line of the table, and the largest deviations of outlet [K], [kg/kg], heat and regeneration air [-] where it runs."""
    given = {} if start_c is None else {"start_c": start_c, "start": "-1,Start"}
    found = high_temperature(folder, station, month, velocity=velocity, **given)
    inlet_c, inlet_w = found["In Temperature"], found["In Humidity Ratio"]
    start = found["RegIn Temperature"]
    assert start_c is None or np.allclose(start, start_c)
    ours = energyplus_solid_desiccant(inlet_c, inlet_w, velocity, regen_inlet_temp_c=start, outside="nan")
    runs = found["Part Load Ratio"] > 0.0
    assert np.array_equal(runs, ours.out_humidity_ratio < inlet_w)  # range and corners alike; NaN counts as rest
    flow = found["In Mass Flow Rate"][runs]
    worst = [
        float(np.abs(item).max())
        for item in (
            (ours.out_temp_c - found["Out Temperature"])[runs],
            (ours.out_humidity_ratio - found["Out Humidity Ratio"])[runs],
            ours.regen_heat_j_per_kg[runs] * flow / found["Regeneration Rate"][runs] - 1.0,
            ours.regen_air_ratio[runs] * flow / found["Regeneration Air Mass Flow Rate"][runs] - 1.0,
        )
    ]
    begun = "" if start_c is None else f", regeneration air from {start_c:g} degC"
    printed = (f"{worst[0]:.0e}", f"{worst[1] * 1e3:.0e}", f"{worst[2] * 100:.0e}", f"{worst[3] * 100:.0e}")
    hours = f"{int(runs.sum())} of {runs.size}"
    return (f"high temperature, {velocity:g} m/s{begun}", f"{station}, month {month}", hours, *printed), worst


def balanced_case(folder: Path, flow_m3_s: float) -> tuple[list[tuple[object, ...]], dict[str, float]]:
    """Lines and largest deviations: outdoor air of San Francisco as process air, warm air of the zone as regeneration air."""
    folder.mkdir()
    outputs = [f"{node}:System Node {state}" for node in ("OAIn", "HXOut", "Relief", "HXRegOut") for state in STATES]
    text = BOX.format(month=7) + BALANCED.format(flow=flow_m3_s)
    found = energyplus.run_energyplus(text, energyplus.weather_file("San.Francisco"), outputs, folder)
    state = {item.replace(":System Node", ""): values for item, values in found.items()}
    inlets = [state[f"{node} {name}"] for node in ("OAIn", "Relief") for name in STATES[:2]]
    velocity = 3.54 * flow_m3_s / 1.9
    ours = energyplus_balanced_flow_desiccant(*inlets, velocity, pressure_pa=101325.0, outside="nan")
    valid = ~np.isnan(ours.out_temp_c)
    passed = (state["OAIn Humidity Ratio"] - state["HXOut Humidity Ratio"])[valid]

    def worst(mine: NDArray[np.float64], name: str) -> float:
        return float(np.abs(mine - state[name])[valid].max())

    found_worst = {
        "hours": float(valid.sum()),
        "regen_c": worst(ours.regen_out_temp_c, "HXRegOut Temperature"),
        "regen_w": worst(ours.regen_out_humidity_ratio, "HXRegOut Humidity Ratio"),
        "process_c": worst(ours.out_temp_c, "HXOut Temperature"),
        "process_w": worst(ours.out_humidity_ratio, "HXOut Humidity Ratio"),
        "passed": float(passed.min()),
    }
    lines: list[tuple[object, ...]] = [
        (
            f"balanced flow, {flow_m3_s:g} m3/s, {side} outlet",
            "San Francisco, month 7",
            f"{int(valid.sum())} of {valid.size}",
            f"{found_worst[f'{short}_c']:.4f}",
            f"{found_worst[f'{short}_w'] * 1e3:.4f}",
            "-",
            "-",
        )
        for side, short in (("regeneration", "regen"), ("process", "process"))
    ]
    return lines, found_worst


def test_wheels_agree_with_energyplus(tmp_path: Path, table: Callable[..., None]) -> None:
    """High temperature: outlet, heat, regeneration air, and the same hours of rest. Balanced flow: both outlets."""
    high = [high_temperature_case(tmp_path / f"high{case}", *figures) for case, figures in enumerate(HIGH_TEMPERATURE_CASES)]
    balanced = [balanced_case(tmp_path / f"balanced{flow}", flow) for flow in (1.9, 1.5)]
    table(
        "desiccant_energyplus",
        "Desiccant wheels against EnergyPlus 25.2: largest deviation of an hour, on the same inlet air",
        COLUMNS,
        [*(line for line, _ in high), *(line for lines, _ in balanced for line in lines)],
        "Dehumidifier:Desiccant:NoFans with its default performance in an outdoor air unit; HeatExchanger:Desiccant:BalancedFlow "
        "(data type 1) in the outdoor air system of an air loop. Hours in which a wheel rests because its air is outside the "
        "range, or would be made wetter, are the same. Balanced flow: the regeneration outlet is the regression; the process "
        "outlet follows from balances, and there EnergyPlus takes about 1 % more water from the process air than it gives to "
        "the regeneration air, which here is the same water. The default wheel's regressions of heat and air do not fit each "
        "other: EnergyPlus then finds 105 to 111 degC behind its coil where the wheel's nominal temperature is 121 degC; both "
        "programs count the heat.",
    )
    for _, (temp, humid, heat, air) in high:
        assert temp <= SAME * 10.0
        assert humid <= SAME * 5e-3
        assert max(heat, air) <= SAME
    for _, worst in balanced:
        assert worst["hours"] > 200
        assert worst["regen_c"] <= BALANCED_TEMP_K
        assert worst["regen_w"] <= BALANCED_W
        assert worst["process_w"] <= BALANCED_WATER * worst["passed"]
        assert worst["process_c"] <= BALANCED_PROCESS_TEMP_K


def test_unit_at_part_load(tmp_path: Path) -> None:
    """A set-point of 12 g/kg: water, heat and share of the unit with an ideal coil, against EnergyPlus's part-load ratio."""
    setpoint = 0.012
    found = high_temperature(tmp_path, "Tampa", 7, velocity=3.0, setpoint=setpoint)
    flow = found["In Mass Flow Rate"]
    unit = DesiccantUnit(
        name="wheel",
        process_flow_kg_s=float(flow[0]),
        face_velocity_m_s=3.0,
        regeneration=Regeneration.HOT_WATER,
        rotor_kw=0.01,
        specific_fan_power_kw_s_per_m3=0.0,
        coil_effectiveness=1.0,
        post_cooling_effectiveness=0.0,
        source=Source("test", "2026", "estimate", "as in EnergyPlus"),
    )
    inlet = found["In Temperature"], found["In Humidity Ratio"]
    wanted = flow * (inlet[1] - setpoint)
    ours = dehumidify(unit, *inlet, *inlet, supply_temp_c=121.0, wanted_kg_s=wanted)
    assert np.allclose(ours.run_share, found["Part Load Ratio"], rtol=1e-5)
    assert np.allclose(ours.water_kg_s, found["Removed Water Mass Flow Rate"], rtol=1e-5)
    assert np.allclose(ours.regen_heat_kw * 1e3, found["Regeneration Rate"], rtol=1e-5)
    warmed = ours.run_share * (ours.wheel_out_temp_c - inlet[0])
    assert np.allclose(warmed, found["Out Temperature"] - inlet[0], rtol=1e-5)
    assert 0.3 < ours.run_share.mean() < 1.0

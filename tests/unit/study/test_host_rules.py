"""Whatever is wrong with the tables of the hosts: one message with exit code 2, nothing written, and no traceback."""

from __future__ import annotations

import pytest

BY_EXHAUST = ('heat_recovery = "hot_water"', 'heat_recovery = "exhaust"')
NO_HEAT_RECOVERY = ('heat_recovery = "hot_water"\n', "")
NO_BOILER = (('[[equipment]]\nkind = "boiler"\nefficiency_hhv = 0.8\n', ""), ('"machine", "equipment"', '"machine"'))
NO_SPACE_HEAT = (
    '[[load]]\nkind = "space_heat"\ncsv = "loads.csv"\ncolumn = "heat_kw"\nsupply_temp_c = 60.0\nreturn_temp_c = 49.0\n',
    "",
)
NO_PRICE = ("price_usd_per_mmbtu_hhv = 8.0\n", "")
OWN_GAS = ("gas", "train", "flare")
SECOND_POOL = '[[load]]\nkind = "pool"\narea_m2 = 1.0\nmean_depth_m = 1.0\nwater_temp_c = [27.0, 29.0]\n'
TARIFF = "[tariff.inline]\n"


def tariff_key(text: str) -> tuple[str, str]:
    """Keys of ``[tariff]`` added."""
    return TARIFF, f"[tariff]\n{text}\n\n{TARIFF}"


def fuel_key(text: str) -> tuple[str, str]:
    return "price_usd_per_mmbtu_hhv = 8.0\n", f"{text}\n"


CASES = {
    "pool without boiler": (("pool",), NO_BOILER, ("no boiler serves it",)),
    "pool beside a tank": (("pool", "tank"), (), ("equipment[1].kind", "beside a pool")),
    "two pools": (("pool", SECOND_POOL), (), ("2 tables of kind 'pool'",)),
    "pool whose water comes back too cold": (
        ("pool",),
        (("return_temp_c = 34.0", "return_temp_c = 28.0"),),
        ("load[2].return_temp_c", "29 degC"),
    ),
    "pool warmer than what heats it": (
        ("pool",),
        (("supply_temp_c = 45.0\nreturn_temp_c = 34.0\nground", "supply_temp_c = 28.5\nground"),),
        ("load[2].supply_temp_c = 28.5", "must be above the pool's 29 degC"),
    ),
    "pool without temperature of its heating water": (
        ("pool",),
        (("supply_temp_c = 45.0\nreturn_temp_c = 34.0\nground", "ground"),),
        ("load[2].supply_temp_c", "is needed"),
    ),
    "band upside down": (("pool",), (("[27.0, 29.0]", "[29.0, 27.0]"),), ("load[2].water_temp_c", "rising")),
    "pool of a lake": (("pool",), (("area_m2 = 300.0", "area_m2 = 3e8"),), ("load[2].area_m2",)),
    "pool month 13": (("pool",), (("area_m2 = 300.0", "area_m2 = 300.0\nmonths = [13]"),), ("load[2].months",)),
    "weather without sun and wind": (
        ('[[load]]\nkind = "pool"\narea_m2 = 9.0\nmean_depth_m = 1.0\nwater_temp_c = [27.0, 29.0]\nsupply_temp_c = 50.0',),
        (),
        ("wind_speed_m_s", "global_horizontal_w_m2", "law L5"),
    ),
    "desiccant without a store": (("desiccant",), (), ("equipment[1].kind", "there is no dehumidification")),
    "store without a desiccant": (("store",), (), ("load[2].kind", "there is no desiccant")),
    "desiccant by exhaust behind hot water": (
        ("store", "desiccant on exhaust"),
        (),
        ("equipment[1].regeneration", "makes hot water"),
    ),
    "desiccant by hot water behind exhaust": (("store", "desiccant"), (BY_EXHAUST,), ("equipment[1].regeneration", "'exhaust'")),
    "desiccant without heat recovery": (("store", "desiccant"), (NO_HEAT_RECOVERY,), ("equipment[1].regeneration", "is absent")),
    "desiccant without its water's temperature": (
        ("store", "desiccant"),
        (("supply_temp_c = 82.0\nreturn_temp_c = 67.0\n", ""),),
        ("equipment[1].supply_temp_c", "is needed"),
    ),
    "desiccant drier than possible": (
        ("store", "desiccant"),
        (("process_m3_s = 2.5", "process_m3_s = 2.5\ndew_point_c = 20.0"),),
        ("equipment[1]", "12.8 degC"),
    ),
    "face velocity of another wheel": (
        ("store", "desiccant"),
        (("process_m3_s = 2.5", "process_m3_s = 2.5\nface_velocity_m_s = 9.0"),),
        ("equipment[1].face_velocity_m_s",),
    ),
    "store in square feet": (("store", "desiccant"), (("= 5000.0", "= 57000.0"),), ("load[2].floor_area_m2", "as ft2")),
    "absorption chiller without anything": (("absorption",), (), ("there is no cooling", "there is no chiller")),
    "absorption chiller without chiller": (("cooling", "absorption"), (), ("equipment[1].kind", "there is no chiller")),
    "cold that nothing makes": (("cooling",), (), ("load[2].basis", "nobody said what makes it")),
    "chiller without cold": (("chiller",), (), ("equipment[1].kind", "there is no cooling")),
    "chiller too small": (
        ("cooling", "chiller"),
        (("cop = 3.0", "cop = 3.0\ncapacity_kw = 20.0"),),
        ("capacity_kw = 20.0", "is too small"),
    ),
    "absorption by exhaust behind hot water": (
        ("cooling", "chiller", "absorption on exhaust"),
        (),
        ("equipment[2].drive", "makes hot water"),
    ),
    "hot water for a chiller that exhaust drives": (
        ("cooling", "chiller", "absorption"),
        (('drive = "hot_water"', 'drive = "exhaust"'), BY_EXHAUST),
        ("equipment[2]", "hot_water_temp_c goes with"),
    ),
    "hot water above the chiller's range": (
        ("cooling", "chiller", "absorption"),
        (("hot_water_temp_c = 82.0", "hot_water_temp_c = 120.0"),),
        ("equipment[2].hot_water_temp_c",),
    ),
    "exhaust without anything to drive": ((), (BY_EXHAUST,), ("machine[0].heat_recovery", "drives nothing")),
    "exhaust and a tank": (
        ("store", "desiccant on exhaust", "tank"),
        (BY_EXHAUST,),
        ("machine[0].heat_recovery", "no hot water for the tank"),
    ),
    "tank without heat recovery": (("tank",), (NO_HEAT_RECOVERY,), ("equipment[1].kind", "no machine has heat_recovery")),
    "tank hotter than the exchanger's water": (
        ("tank",),
        (("max_temp_c = 80.0", "max_temp_c = 95.0"),),
        ("equipment[1].max_temp_c", "82.2 degC"),
    ),
    "tank colder than its load": (("tank",), (("max_temp_c = 80.0", "max_temp_c = 55.0"),), ("equipment[1].max_temp_c", "60")),
    "tank with two insulations": (
        ("tank",),
        (("ua_w_per_k = 20.0", "ua_w_per_k = 20.0\ninsulation_mm = 100.0"),),
        ("equipment[1].ua_w_per_k", "not both"),
    ),
    "tank of unknown layout": (("tank",), (('"stratified"', '"layered"'),), ("equipment[1].layout", "layered")),
    "two batteries": (
        ("battery", '[[equipment]]\nkind = "battery"\ncapacity_kwh = 1.0'),
        (),
        ("2 tables of kind 'battery'",),
    ),
    "battery that shaves without a threshold": (
        ("battery",),
        (("threshold_kw = 80.0\n", ""),),
        ("equipment[1]", "needs threshold_kw"),
    ),
    "battery that absorbs with a threshold": (
        ("battery",),
        (('"peak_shaving"', '"absorb_export"'),),
        ("equipment[1]", "has no use for threshold_kw"),
    ),
    "battery with a rule's name misspelt": (("battery",), (('"peak_shaving"', '"peek_shaving"'),), ("equipment[1].rule",)),
    "battery in percent": (("battery",), (("charge_eff = 0.95", "charge_eff = 95.0"),), ("equipment[1].charge_eff",)),
    "battery fuller than full": (
        ("battery",),
        (("threshold_kw = 80.0", "threshold_kw = 80.0\ninitial_kwh = 500.0"),),
        ("equipment[1]", "above capacity_kwh"),
    ),
    "part load without a capacity": (
        (),
        (("efficiency_hhv = 0.8", 'efficiency_hhv = 0.8\npart_load = "doe2"'),),
        ("equipment[0]", "part_load needs capacity_kw"),
    ),
    "part load that ends elsewhere": (
        (),
        (("efficiency_hhv = 0.8", "efficiency_hhv = 0.8\ncapacity_kw = 90.0\npart_load = [[0.5, 0.7], [1.0, 0.9]]"),),
        ("equipment[0]", "part_load"),
    ),
    "own gas without its treatment": (("gas", "flare"), (), ("gas_supply", "[gas_train]")),
    "own gas without its flare": (("gas", "train"), (), ("gas_supply", "[flare]")),
    "treatment without gas": (("train",), (), ("gas_train", "[gas_supply]")),
    "own gas and a boiler without price": (
        OWN_GAS,
        (NO_PRICE,),
        ("fuel.price_usd_per_mmbtu_hhv", "the boiler burns bought fuel"),
    ),
    "own gas behind exhaust": ((*OWN_GAS, "store", "desiccant on exhaust"), (BY_EXHAUST,), ("is not modelled",)),
    "own gas without pressure": (OWN_GAS, (("\nsupply_pressure_kpag = 5.0", ""),), ("fuel.supply_pressure_kpag", "is required")),
    "own gas without methane": (OWN_GAS, (("methane = 0.5", "methane = 0.0"),), ("gas_supply", "holds no methane")),
    "own gas in percent": (OWN_GAS, (("methane = 0.5", "methane = 50.0"),), ("gas_supply.methane", "percent")),
    "two flows": (OWN_GAS, (("= 60.0\n", "= 60.0\nflow_scfm = 40.0\n"),), ("gas_supply", "exactly one of")),
    "flow from a file that is not there": (
        OWN_GAS,
        (("flow_m3_n_per_h = 60.0", 'flow_csv = "lost.csv"'),),
        ("lost.csv", "does not exist"),
    ),
    "pilot without price": (OWN_GAS, (("= 5.0\n", "= 5.0\npilot_kw_hhv = 9.0\n"),), ("pilot_usd_per_mmbtu_hhv",)),
    "flare in percent": (OWN_GAS, (("destruction_eff = 0.98", "destruction_eff = 98.0"),), ("flare.destruction_eff",)),
    "fuel without price": ((), (NO_PRICE,), ("needs one of price_usd_per_mmbtu_hhv, tariff",)),
    "fuel at two prices": (
        (),
        (fuel_key('price_usd_per_mmbtu_hhv = 8.0\ntariff = "gas.toml"'),),
        ("fuel.tariff", "contradict each other"),
    ),
    "fuel at a price of four hundred digits": ((), (fuel_key(f"price_usd_per_mmbtu_hhv = 1{'0' * 400}"),), ("must be finite",)),
    "gas tariff that is not there": ((), (fuel_key('tariff = "lost.toml"'),), ("lost.toml", "does not exist")),
    "gas tariff with a key misspelt": ((), (fuel_key('tariff = "gas.toml"'),), ("gas.toml", "comodity", "commodity")),
    "standby service that is not there": ((), (tariff_key('standby = "lost.toml"'),), ("lost.toml", "does not exist")),
    "standby service with a key misspelt": ((), (tariff_key('standby = "standby.toml"'),), ("standby.toml", "contract_kw")),
    "departing load that charges nothing": (
        (),
        (tariff_key('[tariff.departing_load]\nname = "exit"\nsource = { title = "t", date = "d", basis = "estimate" }'),),
        ("tariff.departing_load", "charges nothing"),
    ),
    "power factor above one": ((), (tariff_key("power_factor = 1.2"),), ("tariff.power_factor",)),
    "eleven peaks": ((), (tariff_key(f"previous_peaks_kw = {[1.0] * 11}"),), ("tariff.previous_peaks_kw",)),
    "overrides without a record": ((), (tariff_key("overrides = { lookback_months = 3 }"),), ("tariff.overrides", "urdb")),
    "overrides with a key misspelt": (
        (),
        (tariff_key("overrides = { lookback_month = 3 }"),),
        ("lookback_month", "Nearest: lookback_months"),
    ),
    "trips that never end": (("[availability]\nmttr_h = 0.0\n",), (), ("availability.mttr_h",)),
    "service of an unknown kind": (('[availability]\nservice = "reopt"\n',), (), ("availability.service",)),
    "too few draws": (("[doubt]\ndraws = 3\n",), (), ("doubt.draws",)),
    "spread of an unknown input": (
        ('[[doubt.spread]]\ninput = "moon"\ndistribution = "none"\nreason = "r"\n',),
        (),
        ("doubt.spread[0].input",),
    ),
    "correlation above one": (
        ('[[doubt.correlation]]\nbetween = ["fuel_price", "electricity_price"]\nvalue = 1.5\nreason = "r"\n',),
        (),
        ("doubt.correlation[0].value",),
    ),
    "battery of an outage without efficiency": (("[outage]\ntiers = [0.5]\nbattery_kwh = 10.0\n",), (), ("outage", "battery_")),
    "following heat that is not recovered": (
        (),
        (NO_HEAT_RECOVERY, ('"follow_electric"', '"follow_heat"')),
        ("dispatch.method", "no machine has heat_recovery"),
    ),
    "margin beside export": (
        (),
        (('"follow_electric"', '"follow_electric"\nexport = { limit_kw = 9.0 }\nimport_margin_kw = 5.0'),),
        ("import_margin_kw", "9 kW of export"),
    ),
    "heat recovery without heat": ((), (NO_SPACE_HEAT,), ("machine[0].heat_recovery", "there is no heat load")),
    "kind that is no word": (("[[equipment]]\nkind = [1]\n",), (), ("equipment[1].kind", "is not a known word")),
    "kind that is a table": (("[[load]]\nkind = { a = 1 }\n",), (), ("load[2].kind", "is not a known word")),
    "kind misspelt": (('[[equipment]]\nkind = "dessicant"\n',), (), ("equipment[1].kind", "Nearest: desiccant")),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_hosts_are_refused(site_with, assert_refused, case):
    tables, changes, words = CASES[case]
    file = site_with(*tables, changes=changes)
    (file.parent / "gas.toml").write_text("schema = 1\n[comodity]\nusd_per_unit = 1.0\n")
    (file.parent / "standby.toml").write_text('name = "s"\ncontract_kv = 3.0\n')
    assert_refused(file, *words)

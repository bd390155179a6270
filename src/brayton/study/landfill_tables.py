"""The tables `[gas_supply]`, `[gas_train]` and `[flare]` of the scenario file: a landfill's or a digester's own gas."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from brayton.core.records import Record, key
from brayton.package.gas_train import SILOXANE_LIMIT_MG_PER_M3_N
from brayton.site.landgem import AP42_COLLECTION_EFF, AP42_DECAY_PER_YEAR, AP42_L0_M3_PER_MG
from brayton.study.keys import Monthly, plausible

FLOW_KEYS = ("flow_m3_n_per_h", "flow_scfm", "flow_scf_per_day", "flow_csv", "landgem")

MethaneShare = Annotated[Monthly, plausible(1.0, "mole fraction", "percent", 0.01)]


class LandGemTable(Record):
    """Gas from the waste in place, by EPA's first-order decay."""

    opening_year: int = key("first year in which waste came", "year", ge=1900, le=2199)
    waste_mg: tuple[Annotated[float, Field(ge=0, le=1e8)], ...] = key(
        "waste accepted in the opening year and each year after it", "Mg", min_length=1
    )
    decay_per_year: float = key("k; 0.04 is AP-42's for 635 mm of rain or more", "1/year", AP42_DECAY_PER_YEAR, gt=0, le=1)
    l0_m3_per_mg: float = key(
        "L0, methane of a megagram of waste in all time, at 20 degC", "m3/Mg", AP42_L0_M3_PER_MG, gt=0, le=400
    )
    collection_eff: float = key("share of the gas made that the wells collect", "", AP42_COLLECTION_EFF, gt=0, le=1)


class GasSupplyTable(Record):
    """Flow and composition of the gas. Cubic metres are of dry gas at 0 degC and 101.325 kPa."""

    kind: Literal["landfill", "digester"] = key("where the gas comes from")
    flow_m3_n_per_h: Monthly | None = key("flow at 0 degC and 101.325 kPa, a number or twelve", "m3/h", None)
    flow_scfm: Monthly | None = key("the same in standard cubic feet (60 degF, 14.696 psia) a minute", "scf/min", None)
    flow_scf_per_day: Monthly | None = key("the same in standard cubic feet a day", "scf/day", None)
    flow_csv: str | None = key("series of the flow", "path", None)
    flow_column: str | None = key("its column, whose name ends in m3_n_per_h, scfm or scf_per_day", "", None)
    landgem: LandGemTable | None = None
    flow_basis: Literal["dry", "wet"] = key("whether the flow counts the water in it; wet needs `saturated_at_c`")
    saturated_at_c: float | None = key("temperature at which the gas is saturated with water", "degC", None, ge=0, le=70)
    methane: MethaneShare | None = key("mole fraction of dry gas, a number or twelve", "", None)
    methane_csv: str | None = key("series of the methane fraction", "path", None)
    methane_column: str | None = key("its column", "", None)
    nitrogen: float = key("mole fraction of dry gas; what is left is CO2", "", 0.0, ge=0, le=1)
    oxygen: float = key("mole fraction of dry gas", "", 0.0, ge=0, le=1)
    h2s_ppm: Annotated[Monthly, plausible(50_000.0, "ppm", "mg/m3")] = key("hydrogen sulphide, by mole", "ppm")
    siloxane_mg_per_m3_n: Annotated[Monthly, plausible(1000.0, "mg/m3", "ug/m3", 0.001)] = key("all siloxanes", "mg/m3")
    availability: float = key("share of its flow that the well field gives over the year", "", 1.0, gt=0, le=1)
    royalty_usd_per_mmbtu_hhv: Annotated[Monthly | None, plausible(50.0, "USD/MMBtu", "cents", 0.01)] = key(
        "paid to the owner of the gas for what the machines burn; none if left out", "USD/MMBtu HHV", None, sourced=True
    )

    @model_validator(mode="after")
    def one_flow(self) -> GasSupplyTable:
        """One flow, one methane fraction, and water where it is counted."""
        given = [name for name in FLOW_KEYS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of {', '.join(FLOW_KEYS)}, and has {', '.join(given) or 'none'}")
        if (self.methane is None) == (self.methane_csv is None):
            raise ValueError("needs either methane or methane_csv")
        if self.flow_basis == "wet" and self.saturated_at_c is None:
            raise ValueError("flow_basis is wet: saturated_at_c is needed to take the water off")
        if self.landgem is not None and self.flow_basis == "wet":
            raise ValueError("landgem counts dry gas: flow_basis must be dry")
        for column, csv in (("flow_column", "flow_csv"), ("methane_column", "methane_csv")):
            if getattr(self, column) is not None and getattr(self, csv) is None:
                raise ValueError(f"{column} goes with {csv}")
        return self


class BedTable(Record):
    """Media that takes out a contaminant."""

    media_kg: float = key("media in the vessel", "kg", gt=0, le=1e6)
    capacity_kg_per_kg: Annotated[float, plausible(1.0, "kg/kg", "percent", 0.01)] = key(
        "contaminant that a kilogram of media takes", "kg/kg", sourced=True, gt=0
    )
    media_usd_per_kg: float = key("price of the media", "USD/kg", sourced=True, ge=0, le=1000)
    change_usd: float = key("labour and disposal of one change", "USD", sourced=True, ge=0, le=1e6)


class H2sBedTable(BedTable):
    out_ppm: float = key("hydrogen sulphide left behind the bed", "ppm", ge=0, le=5000)


class SiloxaneBedTable(BedTable):
    out_mg_per_m3_n: float = key("siloxanes left behind the bed", "mg/m3", ge=0, le=1000)


class GasTrainTable(Record):
    """Treatment of the gas before the machines; what is left out is not there."""

    pressure_drop_kpa: float = key("from flange to booster", "kPa", 0.0, ge=0, le=500)
    dew_point_c: float | None = key(
        "to which a chiller dries the gas, at the machine's inlet pressure", "degC", None, gt=0, le=40
    )
    chiller_cop: float | None = key("heat taken out of the gas over electricity", "kW/kW", None, sourced=True, ge=0.5, le=10)
    auxiliary_kwh_per_m3_n: float = key("all other electricity of the train", "kWh/m3", 0.0, ge=0, le=1)
    siloxane_max_mg_per_m3_n: float | None = key(
        f"what the machine stands; if left out, an estimate of {SILOXANE_LIMIT_MG_PER_M3_N:g} that is noted, not enforced",
        "mg/m3", None, sourced=True, ge=0, le=1000,
    )  # fmt: skip
    h2s_bed: H2sBedTable | None = None
    siloxane_bed: SiloxaneBedTable | None = None
    service_interval_h: float | None = key("run hours of one machine between visits for its gas side", "h", None, gt=0)
    service_visit_usd: float | None = key("cost of such a visit", "USD", None, sourced=True, ge=0, le=1e6)
    methane_slip_kg_per_mwh: float | None = key(
        "methane in the exhaust per net MWh; the machine's total hydrocarbons if left out",
        "kg/MWh",
        None,
        sourced=True,
        ge=0,
        le=50,
    )

    @model_validator(mode="after")
    def pairs(self) -> GasTrainTable:
        """Keys that go together."""
        for one, other in (("dew_point_c", "chiller_cop"), ("service_interval_h", "service_visit_usd")):
            if (getattr(self, one) is None) != (getattr(self, other) is None):
                raise ValueError(f"{one} and {other} go together")
        return self


class FlareTable(Record):
    """Flare for the gas that no machine burns, and what becomes of the gas without the project."""

    counterfactual: Literal["flare", "vent"] = key("what happens to the gas without the machines")
    destruction_eff: float = key(
        "share of the methane that the flare burns; 40 CFR 98.343 credits 0.99 at most", "kg/kg", sourced=True, gt=0.5, le=1
    )
    min_flow_m3_n_per_h: float = key("flow below which it does not stay lit; less gas than that is vented", "m3/h", ge=0)
    pilot_kw_hhv: float = key("bought pilot fuel while the flare is lit", "kW HHV", 0.0, ge=0, le=1000)
    pilot_usd_per_mmbtu_hhv: float | None = key("price of the pilot fuel", "USD/MMBtu HHV", None, sourced=True, ge=0, le=200)
    pilot_kg_per_kwh_hhv: float | None = key("fossil CO2 of the pilot fuel", "kg/kWh HHV", None, sourced=True, ge=0, le=1)
    gwp100: float = key("warming of methane over that of CO2 in a hundred years; 28 is that of IPCC AR5", "", 28.0, ge=1, le=100)

    @model_validator(mode="after")
    def pilot(self) -> FlareTable:
        """A pilot that burns bought fuel has a price and carbon."""
        if self.pilot_kw_hhv > 0.0 and (self.pilot_usd_per_mmbtu_hhv is None or self.pilot_kg_per_kwh_hhv is None):
            raise ValueError("pilot_kw_hhv needs pilot_usd_per_mmbtu_hhv and pilot_kg_per_kwh_hhv")
        return self

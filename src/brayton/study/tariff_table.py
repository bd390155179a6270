"""The table ``[tariff]`` of the scenario file: the tariff, what its record leaves open, and the services beside it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from pydantic import Field

from brayton.core.records import Record, key
from brayton.site.billing_demand import RatchetedPeak
from brayton.site.export_credit import ExportMethod
from brayton.site.standby import DepartingLoad
from brayton.site.tariff import DemandUnit
from brayton.site.urdb import UrdbOverrides
from brayton.site.urdb_demand import DemandPerDay
from brayton.study.keys import Monthly

Peaks = Annotated[tuple[Annotated[float, Field(ge=0, le=1e6)], ...], Field(min_length=12, max_length=12)]


class UrdbOverridesTable(Record):
    """What is decided where a record of the Utility Rate Database cannot be taken at its word."""

    fixed_charge_unit: str | None = key(
        "unit of the fixed charge in place of the record's: `$/day`, `$/month`, `$/year`", "", None
    )
    ignore: tuple[str, ...] = key("features or fields of the record that stay out of the bill", "", ())
    demand_unit: DemandUnit | None = key("unit of demand in place of the record's", "", None)
    demand_per_day: DemandPerDay = key("demand that a price per kW and day is on: the month's, or each day's", "", "month")
    lookback_months: int | None = key("months looked back at, in place of the record's", "", None, ge=1, le=12)
    ratchet_peak: RatchetedPeak = key("peak that a time-of-use period is ratcheted on", "", "month")
    coincident: Literal["highest"] | None = key(
        "bill a coincident charge on the highest demand of its hours, an upper bound", "", None
    )
    export: ExportMethod | None = key("how exports are metered and credited", "", None)
    holidays: str | None = key("set of holidays that are billed as weekends, such as `us_federal`", "", None)

    def overrides(self) -> UrdbOverrides:
        """As the reader of records takes them."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return UrdbOverrides(**cast("dict[str, Any]", given | {"ignore": frozenset(self.ignore)}))


class TariffTable(Record):
    """The electric tariff: a record, a file or an inline table, with what a delivery-only rate leaves out."""

    urdb: str | None = key("record of the Utility Rate Database", "path", None)
    file: str | None = key("tariff in Brayton's own TOML", "path", None)
    inline: dict[str, Any] | None = key("the same keys, here in the scenario", "table", None)
    supply_usd_per_kwh: Monthly | None = key("supply price on top of a delivery-only rate", "USD/kWh", None, sourced=True)
    dst: Literal["none", "us"] = key("daylight saving that the tariff's hours follow", "", "none")
    power_factor: float | None = key("of the site's load, for reactive charges and kVA", "-", None, ge=0.1, le=1)
    previous_peaks_kw: Peaks | None = key("peaks of the year before by month, for ratchets; this year's if left out", "kW", None)
    standby: str | None = key("standby service in its own TOML, for the outages of the machines", "path", None)
    departing_load: DepartingLoad | None = None
    overrides: UrdbOverridesTable | None = None

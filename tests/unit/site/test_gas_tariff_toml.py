"""The gas tariff's TOML: the example of its module is read, what is missing or contradicts itself is refused in one message."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from brayton.core.errors import InputError
from brayton.core.units import KWH_PER_MMBTU
from brayton.site import gas_tariff_toml
from brayton.site.gas_index import read_monthly_index
from brayton.site.gas_tariff_toml import gas_tariff_from_table, read_gas_tariff


@pytest.fixture(scope="module")
def example(example_of):
    return example_of(gas_tariff_toml)


def test_the_example_of_the_docstring_is_read(example, tmp_path: Path) -> None:
    path = tmp_path / "gas.toml"
    path.write_text(example.text)
    tariff = read_gas_tariff(path)
    assert tariff == gas_tariff_from_table(example.tables(), file=str(path))
    assert tariff.commodity is not None
    assert tariff.commodity.unit == "MMBtu"
    assert tariff.commodity.index is not None
    assert tariff.commodity.index.usd_per_mmbtu_hhv[:2] == (5.43, 7.71)
    assert tariff.commodity.index.basis_usd_per_mmbtu_hhv == (0.40,) * 12
    assert tariff.delivery is not None
    assert tariff.delivery.months == (0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0)
    assert [block.upper for block in tariff.delivery.seasons[0].blocks] == [500.0, math.inf]
    assert tariff.demand is not None
    assert tariff.demand.ratchet_months == (11, 0, 1)
    assert tariff.heat_content_kwh_hhv_per_m3 == pytest.approx(1.037 * KWH_PER_MMBTU / 28.316846592)
    assert tariff.eligible_kwh_hhv_per_year == (pytest.approx(4000.0 * KWH_PER_MMBTU), math.inf)
    assert tariff.source.basis == "primary"
    meter = tariff.cogeneration
    assert meter is not None
    assert meter.delivery is not None
    assert [block.usd_per_unit for block in meter.delivery.seasons[0].blocks] == pytest.approx([0.225, 0.15])
    assert (meter.commodity, meter.riders) == (tariff.commodity, tariff.riders)
    assert (meter.demand, meter.taxes, meter.minimum, meter.minimum_use) == (None, (), (), ())
    assert [(charge.usd, charge.per) for charge in meter.fixed] == [(45.0, "month")]


def test_a_meter_for_the_machines_may_have_delivery_and_demand_of_its_own(example) -> None:
    own = (
        '[[cogeneration.delivery]]\nname = "all year"\nusd_per_unit = 0.9\nunit = "MMBtu"\n'
        "[cogeneration.demand]\nusd_per_unit_day = 0.3\n"
    )
    document = example.tables(("delivery_discount = 0.25 ", "#"), ("taxed = false ", f"taxed = true\n{own}# "))
    meter = gas_tariff_from_table(document).cogeneration
    assert meter is not None
    assert meter.delivery is not None
    assert (meter.delivery.unit, meter.delivery.months) == ("MMBtu", (0,) * 12)
    assert meter.demand is not None
    assert (meter.demand.name, meter.demand.unit) == ("MDQ", "therm")
    assert [tax.name for tax in meter.taxes] == ["state sales tax"]


def test_an_index_from_a_file_stands_beside_the_tariff(example, tmp_path: Path) -> None:
    (tmp_path / "hub.csv").write_text("month,usd_per_mmbtu\n" + "".join(f"2003-{m:02d},{m}.5\n" for m in range(1, 13)))
    text = example.text[: example.text.index("usd_per_mmbtu_hhv = [")] + 'csv = "hub.csv"\nyear = 2003\n'
    text += example.text[example.text.index("basis_usd_per_mmbtu_hhv = 0.40") :]
    path = tmp_path / "gas.toml"
    path.write_text(text)
    commodity = read_gas_tariff(path).commodity
    assert commodity is not None
    assert commodity.index is not None
    assert commodity.index.usd_per_mmbtu_hhv == tuple(m + 0.5 for m in range(1, 13))
    path.write_text(text.replace("2003\n", "2004\n"))
    with pytest.raises(InputError, match=r"hub\.csv: month 2004-01 = .*stands 0 times") as caught:
        read_gas_tariff(path)
    assert len(caught.value.faults) == 12


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([("schema = 1", "schema = 2")], "schema = 2"),
        ([('unit = "therm"', 'unit = "thermy"')], "unit = 'thermy'"),
        ([('unit = "therm"', 'unit = "Mcf"'), ("heat_content_mmbtu_hhv_per_mcf = 1.037", "")], "unit = 'Mcf': is a volume"),
        (
            [('unit = "MMBtu"', 'unit = "m3"'), ("heat_content_mmbtu_hhv_per_mcf = 1.037", "")],
            "commodity, unit = 'm3': is a volume",
        ),
        (
            [
                (
                    "heat_content_mmbtu_hhv_per_mcf = 1.037",
                    "heat_content_mmbtu_hhv_per_mcf = 1.037\nheat_content_kwh_hhv_per_m3 = 11.0",
                )
            ],
            "heat_content = .*is given twice",
        ),
        ([("heat_content_mmbtu_hhv_per_mcf = 1.037", "heat_content_mmbtu_hhv_per_mcf = 1037.0")], "heat_content = .*must lie in"),
        ([("usd_per_unit = 0.18", "usd_per_untt = 0.18")], r"delivery\[1\]\.usd_per_untt = .* Nearest: usd_per_unit"),
        ([("usd_per_unit = 0.18", "usd_per_unit = 18.0")], "delivery season summer = 18.0: .*reads as cents"),
        ([("usd_per_unit = 0.18", "")], "delivery season summer = 'neither': must have usd_per_unit or blocks"),
        ([("up_to = 500, ", "")], "delivery season winter = .*block ends must rise"),
        ([("months = [11, 12, 1, 2, 3]", "months = [11, 12, 13]")], r"months = \[11, 12, 13\]: must lie in 1\.\.12"),
        ([("months = [11, 12, 1, 2, 3] ", "#")], "delivery season summer = .*never applies"),
        ([('name = "summer"', 'name = "summer"\nmonths = [4, 5]')], "delivery = 'June, July, .*no season applies"),
        ([('name = "summer"', 'name = "winter"')], r"delivery\.name = 'winter': names two seasons"),
        ([('name = "summer"', 'name = "summer"\nunit = "GJ"')], "delivery = 'GJ, therm': has seasons of different units"),
        ([("retention = 0.015", "retention = 1.5")], r"commodity\.index\.retention = 1\.5"),
        ([("basis_usd_per_mmbtu_hhv = 0.40", "basis_usd_per_mmbtu_hhv = [0.4, 0.5]")], "list of twelve numbers"),
        ([("basis_usd_per_mmbtu_hhv = 0.40", f"basis_usd_per_mmbtu_hhv = {10**400}")], "must be finite and at most"),
        ([('name = "Henry Hub 2003"', 'name = "hub"\ncsv = "hub.csv"\nyear = 2003')], "must have usd_per_mmbtu_hhv or csv"),
        ([('name = "Henry Hub 2003"', 'name = "hub"\nyear = 2003')], r"index\.year = 2003: .*belong to a csv"),
        ([("contract_per_day = 400.0", "")], r"demand\.overrun = 1\.5: is a price of what exceeds a contract"),
        ([("ratchet = 0.8", "ratchet = 80")], r"demand\.ratchet = 80"),
        ([("ratchet_months = [12, 1, 2]", "ratchet_months = [0]")], r"ratchet_months = \[0\]: must lie in 1\.\.12"),
        ([("look_back_months = 11", "look_back_months = 12")], "look_back_months = 12"),
        ([("fraction = 0.05", "fraction = 5.0")], r"tax\[0\]\.fraction = 5\.0"),
        ([('on = ["commodity", "delivery"]', 'on = ["tax"]')], "tax state sales tax, on = .*must be among"),
        ([("delivery_discount = 0.25", "")], "cogeneration = 'neither': must have delivery_discount or delivery"),
        ([("smallest_per_year = 40000.0", "smallest_per_year = 4e4\nlargest_per_year = 3e4")], "largest_per_year = 30000"),
        ([('per = "year" ', 'per = "week" ')], r"minimum_use\[0\]\.per = 'week'"),
        ([('basis = "primary"', 'basis = "rumour"')], r"source\.basis = 'rumour'"),
    ],
)
def test_faults_are_named(example, changes: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        gas_tariff_from_table(example.tables(*changes), file="gas.toml")
    assert all(fault.file == "gas.toml" and fault.remedy for fault in caught.value.faults)


def test_a_tariff_that_charges_nothing_is_refused() -> None:
    source = {"title": "made for a test", "date": "2024", "basis": "estimate"}
    bare = {"name": "free", "unit": "therm", "source": source}
    with pytest.raises(InputError, match="charges nothing"):
        gas_tariff_from_table(bare)
    with pytest.raises(InputError, match="has neither usd_per_unit nor an index"):
        gas_tariff_from_table({**bare, "commodity": {}})


def test_several_faults_are_told_at_once(example) -> None:
    document = example.tables(("ratchet_months = [12, 1, 2]", "ratchet_months = [0]"), ("usd_per_unit = 0.18", ""))
    with pytest.raises(InputError) as caught:
        gas_tariff_from_table(document)
    assert len(caught.value.faults) == 2


MONTHS = "".join(f"2003-{month:02d},{month}.0\n" for month in range(1, 13))


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("month,usd\n" + MONTHS.replace("2003-05,5.0", "2003-05,"), None, "month 2003-05 = 'usd': .*once without one"),
        ("month,usd\n" + MONTHS + "2003-05,7.0\n", None, "month 2003-05 = 'usd': .*stands 2 times"),
        ("month,usd\n" + MONTHS.replace(",5.0", ",cheap"), None, "is not a finite number"),
        ("month,usd\n" + MONTHS.replace(",5.0", ",540.0"), None, "reads as cents"),
        ("month,usd\n" + MONTHS, "eur", "column = 'eur'.*Nearest"),
        ("date,usd\n" + MONTHS, None, "'month'"),
        ("month,usd,eur\n" + MONTHS.replace("\n", ",1.0\n"), None, "the file has 2 columns of prices"),
    ],
)
def test_an_index_with_a_hole_is_refused(tmp_path: Path, text: str, column: str | None, message: str) -> None:
    path = tmp_path / "hub.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_monthly_index(path, 2003, column)


def test_henry_hub_of_2003_is_read_from_shared(shared: Path) -> None:
    """Printed: 5.43 7.71 5.93 5.26 5.81 5.82 5.03 4.99 4.62 4.63 4.47 6.13; the year's mean 5.49."""
    prices = read_monthly_index(shared / "inputs" / "gas" / "henry_hub_spot_monthly.csv", 2003)
    assert prices == (5.43, 7.71, 5.93, 5.26, 5.81, 5.82, 5.03, 4.99, 4.62, 4.63, 4.47, 6.13)
    assert sum(prices) / 12 == pytest.approx(5.49, abs=0.005)

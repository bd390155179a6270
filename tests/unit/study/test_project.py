"""From two years to a project of money: its cost, its savings, and what the years to come change."""

from __future__ import annotations

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.study.inputs import read_inputs
from brayton.study.landfill import energy_of_years, gas_of_years
from brayton.study.result import StudyResult
from brayton.study.study import check_machine, run_study

LANDGEM = """[gas_supply.landgem]
opening_year = 1980
waste_mg = [40000.0, 40000.0, 40000.0, 40000.0, 40000.0, 40000.0, 40000.0, 40000.0, 40000.0, 40000.0]
decay_per_year = 0.05
"""
BY_LANDGEM = (("flow_m3_n_per_h = 60.0\n", ""), ("[gas_train]", f"{LANDGEM}\n[gas_train]"))
ESCALATED = ("discount_rate = 0.07", "discount_rate = 0.07\nescalation_electric = 0.03")
DEPARTING = """[tariff.departing_load]
name = "exit fee"
source = { title = "made up for tests", date = "2026", basis = "estimate" }
usd_per_kwh = 0.02
"""


def savings_of(result: StudyResult) -> dict[str, np.ndarray]:
    """Each item of the savings over the years, as the project has it."""
    return {saving.name: np.asarray(saving.usd) for saving in result.money.project.savings}


def test_savings_add_up_to_the_first_years(site_with):
    result = run_study(read_inputs(site_with("pool")))
    savings, first = savings_of(result), result.first_year
    assert savings["electric"] == first.electric_saving_usd
    assert savings["boiler_fuel"] + savings["machine_fuel"] == pytest.approx(first.fuel_saving_usd)
    assert savings["machine_fuel"] == -result.with_project.machine_fuel_usd
    assert savings["om"] == first.om_saving_usd
    assert result.money.project.operation.run_hours == result.machine.run_hours
    assert result.money.project.operation.saved_co2_kg == result.co2_saving_kg


def test_a_landfill_that_dries_up_saves_less_each_year(site_with):
    """Savings follow the energy of the gas of each year, and prices."""
    inputs = read_inputs(site_with("gas", "train", "flare", changes=(*BY_LANDGEM, ESCALATED, ("count = 1", "count = 8"))))
    result = run_study(inputs)
    savings, first = savings_of(result), result.first_year
    assert result.model.on_gas is not None
    assert inputs.scenario.gas_supply is not None
    share = energy_of_years(result.model.on_gas, gas_of_years(inputs.scenario.gas_supply, 2021, 15), inputs.axis)
    share = share / share[0]
    assert 0.85 * np.exp(-0.05 * 14) < share[-1] < np.exp(-0.05 * 14), "all eight are short of gas, and worse at part load"
    assert savings["electric"] == pytest.approx(first.electric_saving_usd * 1.03 ** np.arange(15) * share)
    assert savings["om"] == pytest.approx(first.om_saving_usd * share)
    steady = run_study(read_inputs(site_with("gas", "train", "flare", changes=(ESCALATED,))))
    assert savings_of(steady)["electric"].ndim == 0


def test_gas_to_spare_hides_the_decline(site_with):
    """One machine on gas for several earns the same in the first years."""
    result = run_study(read_inputs(site_with("gas", "train", "flare", changes=BY_LANDGEM)))
    electric = savings_of(result)["electric"]
    assert electric.shape in ((), (15,))
    assert np.broadcast_to(electric, (15,))[:3] == pytest.approx(result.first_year.electric_saving_usd)


def test_a_charge_on_departing_load_ends_with_its_years(site_with):
    changes = (ESCALATED,)
    plain = run_study(read_inputs(site_with(changes=changes)))
    ending = run_study(read_inputs(site_with(f"{DEPARTING}last_year = 4\n", changes=changes)))
    lasting = run_study(read_inputs(site_with(DEPARTING, changes=changes)))
    growth = 1.03 ** np.arange(15)
    without = plain.first_year.electric_saving_usd * growth
    charge = 0.02 * ending.machine.generated_net_kwh * growth
    assert savings_of(ending)["electric"] == pytest.approx(without - np.where(np.arange(15) < 4, charge, 0.0))
    assert savings_of(lasting)["electric"] == pytest.approx(without[0] - charge[0])


def test_a_charge_on_departing_load_that_comes_later(site_with):
    plain = run_study(read_inputs(site_with()))
    later = run_study(read_inputs(site_with(f"{DEPARTING}first_year = 3\n")))
    assert later.first_year == plain.first_year
    charge = 0.02 * later.machine.generated_net_kwh
    expected = plain.first_year.electric_saving_usd - np.where(np.arange(15) < 2, 0.0, charge)
    assert savings_of(later)["electric"] == pytest.approx(expected)


def test_landfill_gas_that_has_not_come_yet_is_refused(site_with):
    later = (
        ("flow_m3_n_per_h = 60.0\n", ""),
        ("[gas_train]", f"{LANDGEM}\n[gas_train]"),
        ("opening_year = 1980", "opening_year = 2030"),
    )
    with pytest.raises(InputError, match=r"gas_supply.*holds no methane in 2021"):
        read_inputs(site_with("gas", "train", "flare", changes=later))


def test_contradictions_of_the_finance_are_told_before_the_dispatch(site_with):
    changes = (
        ("discount_rate = 0.07", "discount_rate = 0.07\ntax_rate = 0.2\n[finance.tax]\nfederal_rate = 0.21\n[finance.salvage]\n"),
    )
    text = site_with(changes=changes)
    content = text.read_text().replace('[finance.salvage]\n\ndiscount_rate_basis = "nominal"\n', "[finance.salvage]\n")
    text.write_text(content.replace("tax_rate = 0.2\n", 'tax_rate = 0.2\ndiscount_rate_basis = "nominal"\n'))
    with pytest.raises(InputError) as caught:
        check_machine(read_inputs(text))
    assert {fault.path for fault in caught.value.faults} == {"finance.tax_rate", "finance.salvage"}

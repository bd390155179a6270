"""What the reader of a result has to know of how the year was run, and of figures that do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from brayton.study.money.document import money_notes

if TYPE_CHECKING:
    from brayton.study.result import StudyResult
    from brayton.study.site_model import SiteModel


def warnings(result: StudyResult) -> Iterator[str]:
    """What may turn the answer, to be read before all notes."""
    if result.scenario.availability is None:
        yield (
            "The machines are taken to be available at all hours: no outage, planned or not, sets a demand peak or widens a "
            "band. A table [availability] adds them."
        )
    else:
        shares = result.model.problem.availability
        mean = 1.0 if shares is None else float(shares.mean())
        yield f"Outages of the machines are drawn at random: they are available {100 * mean:.1f} % of the year, in this one."
    for run, name in ((result.baseline, "without"), (result.with_project, "with")):
        if run.unmet_kwh > 0.0:
            yield f"{run.unmet_kwh:,.0f} kWh of heat are not met {name} the project: the boiler is too small."


def result_notes(result: StudyResult, model: SiteModel) -> Iterator[str]:
    """Notes of the year as it was run."""
    envelope = model.problem.envelope
    yield from model.hosts.notes
    if model.on_gas is not None:
        yield from model.on_gas.notes
    for run in (result.baseline, result.with_project):
        yield from () if run.own_gas is None else run.own_gas.notes
        yield from () if run.gas_bill is None else run.gas_bill.notes
    yield from dict.fromkeys((*result.baseline.bill.notes, *result.with_project.bill.notes))
    yield (
        f"The year runs on the machine's surface in straight pieces: fuel within {100 * envelope.fuel_error:.2f} %, "
        f"recovered heat within {100 * envelope.heat_error:.2f} % of it."
    )
    finance = result.scenario.finance
    if finance.taxes.effective_rate == 0.0:
        yield "Money is before tax."
    elif finance.depreciation is None:
        yield "Tax is paid on savings; the investment is not depreciated, which understates the value to a taxpayer."
    if finance.service is not None and result.scenario.machine[0].om_usd_per_kwh > 0.0:
        yield "A service plan is paid on top of the machines' own operation and maintenance per kWh."
    # why a key of the JSON is null is for its readers alone, who find it beside the key
    yield from (note for note in money_notes(result.money) if " is null: " not in note)

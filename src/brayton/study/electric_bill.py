"""The electricity bill of a run: the tariff on the net load, and the services that stand beside it for the machines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from brayton.dispatch.answer import dispatch
from brayton.dispatch.schedule import Schedule
from brayton.site.bill import Bill, bill, with_lines
from brayton.site.standby_bill import departing_load_lines, standby_lines, standby_use
from brayton.site.tariff_clock import hourly_energy_price
from brayton.study.inputs import StudyInputs
from brayton.study.site_model import SiteModel

Floats = NDArray[np.float64]


def electric_bill(inputs: StudyInputs, model: SiteModel, schedule: Schedule, *, with_project: bool) -> Bill:
    """The bill of a year.

    With a standby service, what the machines would have carried in their outages is billed by the service, and only the rest
    by the tariff. Reactive power is that of the site's load in both runs: a machine makes real power.
    """
    table, tariff, axis = inputs.scenario.tariff, inputs.tariff, inputs.axis
    net_kw = schedule.import_kw - schedule.export_kw
    factor = table.power_factor
    reactive_kvar = None if factor is None else model.problem.electric_kw * np.tan(np.arccos(factor))

    def billed(net: Floats) -> Bill:
        return bill(
            tariff,
            net,
            axis,
            dst=table.dst,
            generation_kw=schedule.net_power_kw,
            reactive_kvar=reactive_kvar,
            previous_peaks_kw=table.previous_peaks_kw,
        )

    if not with_project:
        return billed(net_kw)
    envelope = model.problem.envelope
    rated_kw = envelope.rated_power_kw * envelope.count
    account = billed(net_kw)
    if inputs.standby is not None:
        always = np.ones(axis.steps)
        able = always if inputs.availability is None else inputs.availability
        use = standby_use(
            inputs.standby,
            axis,
            load_kw=np.maximum(net_kw + schedule.net_power_kw, 0.0),
            generation_kw=schedule.net_power_kw,
            availability=able,
            planned_availability=always if inputs.planned_availability is None else inputs.planned_availability,
            normal_generation_kw=dispatch(replace(model.problem, availability=None), inputs.rule).net_power_kw,
            rated_kw=rated_kw,
            dst=table.dst,
        )
        lines = standby_lines(inputs.standby, use, base_usd_per_kwh=hourly_energy_price(tariff, axis, table.dst))
        account = with_lines(billed(use.full_kw), lines, use.notes)
    if table.departing_load is not None:
        used_kw = np.maximum(schedule.net_power_kw - schedule.export_kw, 0.0)
        account = with_lines(account, departing_load_lines(table.departing_load, used_kw, axis, rated_kw=rated_kw))
    return account

"""Bills of SAM's utilityrate5 (NREL's PySAM, extra `oracles`) for a plain year: an oracle for tests, a peer for benchmarks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

NO_LIMIT = 1e38
"""Where SAM's last tier ends."""

PLAIN_YEAR: dict[str, Any] = {
    "analysis_period": 1,
    "inflation_rate": 0,
    "system_use_lifetime_output": 0,
    "degradation": [0],
    "load_escalation": [0],
    "rate_escalation": [0],
    "en_electricity_rates": 1,
    "ur_metering_option": 2,
    "ur_en_ts_sell_rate": 0,
    "ur_ts_sell_rate": [0],
    "ur_ts_buy_rate": [0],
    "ur_nm_yearend_sell_rate": 0,
    "ur_monthly_min_charge": 0,
    "ur_annual_min_charge": 0,
}
"""What SAM wants to be told even where it is nothing: one year, no growth, net billing, no minimum and no series of prices."""


def utility_rate(load_kw: NDArray[np.float64], generation_kw: NDArray[np.float64], tariff: Mapping[str, Any]) -> Any:
    """A model of utilityrate5, ready to execute. `tariff` holds SAM's inputs by name and overrides `PLAIN_YEAR`."""
    from PySAM import Utilityrate5

    model = Utilityrate5.new()
    for name, value in {**PLAIN_YEAR, "load": load_kw.tolist(), "gen": generation_kw.tolist(), **tariff}.items():
        model.value(name, value)
    return model


def months_usd(
    load_kw: NDArray[np.float64], generation_kw: NDArray[np.float64], tariff: Mapping[str, Any]
) -> NDArray[np.float64]:
    """Monthly bills, with the generation [USD]; inputs as for `utility_rate`."""
    model = utility_rate(load_kw, generation_kw, tariff)
    model.execute(0)
    return np.array(model.Outputs.utility_bill_w_sys_ym[1])

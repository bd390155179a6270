"""What a cash flow is worth: present value, rate of return, payback, profitability, cost of the CO2 that it saves.

Flows run along the last axis, from year 0; money that flows to the owner is positive. Each later year is one year end.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

LOWEST_RATE, HIGHEST_RATE = -0.99, 1000.0
"""Range in which `internal_rate_of_return` looks for a rate."""


def nominal_rate(real_rate: float, inflation: float) -> float:
    """Nominal discount rate (1 + real) (1 + inflation) - 1 (Fisher)."""
    return (1.0 + real_rate) * (1.0 + inflation) - 1.0


def present_values(flows_usd: ArrayLike, nominal_discount_rate: float) -> NDArray[np.float64]:
    """Flows of years 0, 1, ... discounted to year 0: flow_n / (1 + rate)^n; their sum is the net present value."""
    flows = np.asarray(flows_usd, dtype=np.float64)
    return flows / (1.0 + nominal_discount_rate) ** np.arange(flows.shape[-1])


def internal_rate_of_return(flows_usd: ArrayLike) -> float | None:
    """The rate at which the net present value is zero; None if there is none or more than one in -99 % to 100,000 %.

    The net present value is a polynomial in x = 1 / (1 + rate). Its sign is scanned on a fine grid of log x and the only change
    is bisected, so flows that change sign several times do not mislead a local search.
    """
    return _rates(flows_usd)[0]


def why_no_rate(flows_usd: ArrayLike) -> str | None:
    """Why `internal_rate_of_return` gives None, in words; None where it gives a rate."""
    flows = np.asarray(flows_usd, dtype=float)
    rate, crossings = _rates(flows)
    if rate is not None:
        return None
    if not flows.any():
        return "nothing is paid or earned"
    if (flows >= 0.0).all():
        return "nothing is invested: no year has a negative flow"
    if (flows <= 0.0).all():
        return "nothing comes back: no year has a positive flow"
    return "no rate brings the present value to zero" if crossings == 0 else f"{crossings} rates bring the present value to zero"


def _rates(flows_usd: ArrayLike) -> tuple[float | None, int]:
    """The only rate of return if there is one, and how many there are."""
    flows = np.trim_zeros(np.asarray(flows_usd, dtype=float), "f")
    if flows.size == 0 or (flows >= 0.0).all() or (flows <= 0.0).all():
        return None, 0
    scaled = flows / np.abs(flows).max()

    def value(log_x: ArrayLike) -> NDArray[np.float64]:
        return np.polynomial.polynomial.polyval(np.exp(log_x), scaled)

    grid = -np.log1p(np.array([HIGHEST_RATE, LOWEST_RATE]))
    points = np.linspace(grid[0], grid[1], 4001)
    positive = value(points) > 0.0
    changes = np.flatnonzero(positive[1:] != positive[:-1])
    if changes.size != 1:
        return None, int(changes.size)
    low, high = points[changes[0]], points[changes[0] + 1]
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if (value(middle) > 0.0) == positive[changes[0]] else (low, middle)
    return float(np.expm1(-0.5 * (low + high))), 1


def payback_years(flows_usd: ArrayLike) -> float | None:
    """Years until the cumulative flow turns from negative to not negative for good, linear within the year; None if it does not.

    Discounted payback is the same of `present_values`.
    """
    cumulative = np.cumsum(np.asarray(flows_usd, dtype=float))
    negative = np.flatnonzero(cumulative < 0.0)
    if negative.size == 0:
        return 0.0
    last = int(negative[-1])
    if last + 1 == cumulative.size:
        return None
    return last - float(cumulative[last]) / float(cumulative[last + 1] - cumulative[last])


def rates_of_return(flows_usd: ArrayLike) -> NDArray[np.float64]:
    """`internal_rate_of_return` of many flows, shape (..., years + 1); NaN where there is none.

    A flow whose sign changes once has one rate at most (Descartes), so all such are bisected together; the others go one by one.
    """
    flows = np.asarray(flows_usd, dtype=np.float64)
    rows = flows.reshape(-1, flows.shape[-1])
    found = np.full(rows.shape[0], np.nan)
    sign = np.sign(rows)
    for column in range(1, rows.shape[1]):  # zeros take the sign before them
        sign[:, column] = np.where(sign[:, column] == 0.0, sign[:, column - 1], sign[:, column])
    changes = (sign[:, 1:] * sign[:, :-1] < 0.0).sum(axis=1)
    single = np.flatnonzero(changes == 1)
    low, high = (np.full(single.size, -np.log1p(rate)) for rate in (HIGHEST_RATE, LOWEST_RATE))
    coefficients = rows[single].T

    def positive(log_x: NDArray[np.float64]) -> NDArray[np.bool_]:
        return np.polynomial.polynomial.polyval(np.exp(log_x), coefficients, tensor=False) > 0.0

    at_low = positive(low)
    inside = at_low != positive(high)
    for _ in range(60):
        middle = 0.5 * (low + high)
        same = positive(middle) == at_low
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    found[single] = np.where(inside, np.expm1(-0.5 * (low + high)), np.nan)
    for row in np.flatnonzero(changes > 1):
        rate = internal_rate_of_return(rows[row])
        found[row] = np.nan if rate is None else rate
    return found.reshape(flows.shape[:-1])


def paybacks_years(flows_usd: ArrayLike) -> NDArray[np.float64]:
    """`payback_years` of many flows, shape (..., years + 1); NaN where the investment does not come back."""
    cumulative = np.cumsum(np.asarray(flows_usd, dtype=np.float64), axis=-1)
    negative = cumulative < 0.0
    last = cumulative.shape[-1] - 1 - np.argmax(negative[..., ::-1], axis=-1)
    turns = np.minimum(last + 1, cumulative.shape[-1] - 1)
    before = np.take_along_axis(cumulative, last[..., None], axis=-1)[..., 0]
    after = np.take_along_axis(cumulative, turns[..., None], axis=-1)[..., 0]
    rise = np.where(after > before, after - before, np.nan)
    return np.where(negative.any(axis=-1), last - before / rise, 0.0)


def profitability_index(flows_usd: ArrayLike, nominal_discount_rate: float) -> float | None:
    """Present value of years 1 and later per dollar paid in year 0; None where nothing is paid. It pays above 1."""
    values = present_values(flows_usd, nominal_discount_rate)
    return float(values[1:].sum() / -values[0]) if values[0] < 0.0 else None


def cost_of_saved_co2_usd_per_t(flows_usd: ArrayLike, saved_co2_kg: ArrayLike, nominal_discount_rate: float) -> float | None:
    """What a tonne of saved CO2 costs: -(net present value) / present value of the tonnes, both at the same rate.

    saved_co2_kg: of years 0, 1, ..., the twin's emission minus the project's. It is the level price per tonne that would bring
    the net present value to zero; negative where the project pays without one. None where nothing is saved.
    """
    tonnes = present_values(np.asarray(saved_co2_kg, dtype=float) / 1000.0, nominal_discount_rate).sum()
    return float(-present_values(flows_usd, nominal_discount_rate).sum() / tonnes) if tonnes > 0.0 else None

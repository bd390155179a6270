"""How much gas a landfill makes: the first-order decay of EPA's LandGEM, and what AP-42 takes where nobody measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults
from brayton.core.provenance import Source

LANDGEM = Source(
    "US EPA, Landfill Gas Emissions Model (LandGEM) Version 3.02 User's Guide, EPA-600/R-05/047",
    "2005-05",
    "secondary",
    note="equation as commonly quoted; the guide itself was not at hand. Its volumes are taken at 20 degC and 101.325 kPa",
)
AP42_LANDFILLS = Source(
    "US EPA, AP-42, section 2.4, Municipal Solid Waste Landfills: defaults where the site has no figures of its own",
    "1998-11",
    "secondary",
    note="as commonly quoted; the section itself was not at hand. k is for 635 mm of rain a year or more, 0.02 below",
)
AP42_DECAY_PER_YEAR = 0.04
AP42_L0_M3_PER_MG = 100.0
AP42_COLLECTION_EFF = 0.75
"""Share of the gas made that the wells collect; the section's range is 0.60 to 0.85."""

LANDGEM_TEMP_C = 20.0
"""Temperature of LandGEM's cubic metres; the pressure is 101.325 kPa."""

LOTS = 10
"""Parts into which a year's waste is split, each a tenth of a year younger than the one before."""


def epa_landgem(
    year: ArrayLike,
    waste_mg: ArrayLike,
    *,
    opening_year: int,
    decay_per_year: float = AP42_DECAY_PER_YEAR,
    l0_m3_per_mg: float = AP42_L0_M3_PER_MG,
) -> NDArray[np.float64]:
    """Methane that the waste makes in `year` [m3/year at 20 degC, 101.325 kPa], of the shape of `year`.

    Equation: Q = sum over years i and tenths j of k L0 (M_i / 10) exp(-k t_ij), t_ij the age of the lot [year].
    waste_mg (m,): waste accepted in `opening_year` and the years after it [Mg]. decay_per_year: k [1/year].
    l0_m3_per_mg: L0, methane that a megagram makes in all time [m3/Mg].
    As in LandGEM, waste counts from the year after it came, when its lots are 0.1 to 1 year old: the figure is the rate as the
    year begins. Years between whole ones are allowed; a lot makes gas from the moment at which its age is zero.
    Range: k in 0..1, L0 in 0..400. Error: against measured flows commonly a factor of two, with defaults more; a site that has
    a flow meter should use it. Where print and practice differ: AP-42's closed form for a constant yearly rate has no lots and
    differs by less than k / 20.
    Source: `LANDGEM`; defaults `AP42_LANDFILLS`.
    """
    waste = np.atleast_1d(np.asarray(waste_mg, dtype=float))
    with Faults() as faults:
        if not 0.0 < decay_per_year <= 1.0:
            faults.add("decay_per_year", decay_per_year, "must lie in 0..1, above zero", "Give k of the decay, 0.04 for example.")
        if not 0.0 < l0_m3_per_mg <= 400.0:
            faults.add("l0_m3_per_mg", l0_m3_per_mg, "must lie in 0..400, above zero", "Give L0 in m3 of methane per Mg.")
        if not (waste.ndim == 1 and waste.size and np.isfinite(waste).all() and (waste >= 0.0).all()):
            faults.add("waste_mg", waste.shape, "must be finite and not negative, one figure a year", "Give Mg of each year.")
    lots_after_opening = np.arange(waste.size)[:, None] + 1.0 - np.arange(1, LOTS + 1) / LOTS
    age = np.asarray(year, dtype=float)[..., None, None] - opening_year - lots_after_opening
    rate = decay_per_year * l0_m3_per_mg * waste[:, None] / LOTS * np.exp(-decay_per_year * np.maximum(age, 0.0))
    return np.where(age > 1e-9, rate, 0.0).sum(axis=(-2, -1))

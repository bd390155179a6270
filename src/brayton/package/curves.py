"""The polynomials in which makers and simulation programs publish equipment: biquadratic and bicubic, in print's order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def biquadratic(coefficients: Sequence[float], x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    """c1 + c2 x + c3 x2 + c4 y + c5 y2 + c6 x y, the order of DOE-2 and EnergyPlus; broadcasts, checks no range."""
    c1, c2, c3, c4, c5, c6 = coefficients
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    return c1 + x * (c2 + c3 * x) + y * (c4 + c5 * y) + c6 * x * y


def bicubic(coefficients: Sequence[float], x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    """`biquadratic` of the first six, and c7 x3 + c8 y3 + c9 x2 y + c10 x y2; broadcasts, checks no range."""
    c7, c8, c9, c10 = coefficients[6:]
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    return biquadratic(coefficients[:6], x, y) + c7 * x**3 + c8 * y**3 + x * y * (c9 * x + c10 * y)

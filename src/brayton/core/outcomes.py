"""How a solver ended: one enumeration for all solvers, each member with its advice (law L10)."""

from __future__ import annotations

from enum import Enum


class Outcome(Enum):
    """A named outcome. ``value`` is the word in files and JSON, ``advice`` a sentence for people."""

    OK = ("ok", "The solution meets its tolerance.")
    RATED_POWER = ("rated_power", "Output is held at the rating; the engine could give more.")
    SPEED_LIMIT = ("speed_limit", "The shaft is at its highest speed; thinner or warmer air gives less power.")
    EXIT_TEMP_LIMIT = ("exit_temp_limit", "Turbine exit temperature is at its limit and more speed gives no more power.")
    SURGE_LIMIT = ("surge_limit", "The compressor is at its surge margin; lower the load or the back pressure.")
    CHOKE_LIMIT = ("choke_limit", "The compressor cannot pass more air; lower the speed or the load.")
    FUEL_LIMIT = ("fuel_limit", "The fuel valve is fully open; use a richer fuel or a smaller load.")
    GAP_REACHED = ("gap_reached", "The requested optimality gap is proven.")
    TIME_LIMIT = ("time_limit", "Time ran out; the gap reported is what was proven until then.")
    INFEASIBLE = ("infeasible", "No solution meets every constraint; relax the one named.")
    NOT_CONVERGED = ("not_converged", "The equations were not solved; check that the point lies inside the model's range.")

    advice: str

    def __new__(cls, word: str, advice: str) -> Outcome:
        member = object.__new__(cls)
        member._value_ = word
        member.advice = advice
        return member

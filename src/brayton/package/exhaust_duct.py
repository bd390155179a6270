"""The exhaust itself, led to equipment that it drives: heat recovery without water."""

from __future__ import annotations

from brayton.core.provenance import Source
from brayton.package.heat_recovery import HeatRecovery

ANY_FLOW_KG_S = 1e4
ANY_WATER_C = (50.0, 99.0)
"""A water side that never limits: its flow, inlet and highest outlet mean nothing."""


def exhaust_duct(name: str, leaving_exhaust_c: float, sources: tuple[Source, ...]) -> HeatRecovery:
    """A duct as dispatch sees heat recovery: all heat of the exhaust above `leaving_exhaust_c` [degC], whatever the load.

    An exchanger without limit but that temperature. What the equipment does not take stays in the exhaust.
    """
    return HeatRecovery(
        name=name,
        ua_w_per_k=1e9,
        rated_exhaust_flow_kg_s=1.0,
        rated_water_flow_kg_s=ANY_FLOW_KG_S,
        rated_water_in_temp_c=min(ANY_WATER_C[0], leaving_exhaust_c),
        gas_side_exponent=0.0,
        water_side_share=0.0,
        min_stack_temp_c=leaving_exhaust_c,
        max_water_out_temp_c=ANY_WATER_C[1],
        water_flow_range_kg_s=(ANY_FLOW_KG_S, ANY_FLOW_KG_S),
        sources=sources,
    )

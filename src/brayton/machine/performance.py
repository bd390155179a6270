"""What a machine does at any load and air: the door through which packages, dispatch and studies see it.

Two final carriers stand behind one protocol, `Performance`: `EnginePerformance`, a surface compiled from the matched
engine, and `TablePerformance`, a published table for machines that the engine model cannot represent.
"""

from __future__ import annotations

from brayton.gas.fuels import Fuel
from brayton.machine.carrier import Outside, Performance, PerformancePoints
from brayton.machine.matched import Installation, match_engine
from brayton.machine.published import TablePerformance
from brayton.machine.record import MachineRecord
from brayton.machine.surface import EnginePerformance, compile_surface

__all__ = ["EnginePerformance", "Outside", "Performance", "PerformancePoints", "TablePerformance", "compile_performance"]


def compile_performance(
    record: MachineRecord,
    fuel: Fuel | None = None,
    *,
    inlet_loss_pa: float = 0.0,
    back_pressure_pa: float = 0.0,
    gas_supply_pressure_kpag: float | None = None,
) -> Performance:
    """The performance of a record on `fuel` (its own by default) in an installation; 0.1 to 0.5 s for an engine.

    gas_supply_pressure_kpag: pressure in the street [kPa gauge]; below the record's inlet pressure the booster runs.
    Errors: InputError for an installation or fuel that the machine cannot have.
    """
    if record.published is not None:
        return TablePerformance(record, fuel or record.rated_fuel)
    installation = Installation(inlet_loss_pa, back_pressure_pa, gas_supply_pressure_kpag)
    return compile_surface(match_engine(record, fuel, installation))

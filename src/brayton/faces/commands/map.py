"""``brayton map``: the compiled surface of a machine as a table or a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brayton.faces.output import JsonFlag, print_json

if TYPE_CHECKING:
    from brayton.machine.performance import Performance

LOADS = 21
TEMP_STEP_K = 5.0
PRESSURES_KPA = (65.0, 70.0, 75.0, 80.0, 85.0, 90.0, 95.0, 100.0, 101.325, 105.0)


def command(
    model: Annotated[str, typer.Argument(help="Model of the library, or path of a record (.toml).")],
    out: Annotated[Path, typer.Option("--out", help="F.parquet for the table, F.html for a page to look at.")],
    fuel: Annotated[str | None, typer.Option(help='Fuel by name or mole fractions, "CH4=0.55,CO2=0.45".')] = None,
    as_json: JsonFlag = False,
) -> None:
    """Compile the performance of a machine over load, air temperature and pressure, and write it.

    Example: `brayton map C60 --out c60.html`
    """
    import time

    from brayton.core.errors import Fault, InputError
    from brayton.gas.fuels import fuel as named_fuel
    from brayton.machine.performance import compile_performance
    from brayton.machine.record import load_record

    if out.suffix not in (".parquet", ".html"):
        raise InputError(Fault("--out", str(out), "must end in .parquet or .html", "Choose the table or the page."))
    if not out.parent.is_dir():
        raise InputError(Fault("--out", str(out), "lies in a folder that does not exist", "Create the folder first."))
    record = load_record(model)
    start = time.perf_counter()
    performance = compile_performance(record, named_fuel(fuel) if fuel else None)
    compiled = time.perf_counter() - start
    rows = 0
    if out.suffix == ".html":
        from brayton.faces.figures import write_map_page

        write_map_page(performance, out)
    else:
        rows = _write_table(performance, out)
    document: dict[str, Any] = {
        "model": record.model,
        "fuel": performance.fuel.name,
        "out": str(out),
        "rows": rows,
        "compile_s": compiled,
    }
    if as_json:
        print_json(document)
    else:
        typer.echo(f"{record.model} on {performance.fuel.name}: compiled in {compiled:.2f} s, written to {out}")


def _write_table(performance: Performance, path: Path) -> int:
    """Write the surface as Parquet, one row per load, air temperature and pressure at 60 % humidity; returns the rows.

    Left out: hot air at low pressure that holds more water than the surface covers.
    """
    import numpy as np
    import pandas as pd

    from brayton.core.units import ISO_RELATIVE_HUMIDITY, ZERO_CELSIUS_K
    from brayton.gas.air import humidity_ratio

    low, high = performance.temp_range_c
    temps = np.arange(low, high + 1e-9, TEMP_STEP_K)
    temp, pressure, step = np.meshgrid(temps, PRESSURES_KPA, np.linspace(0.0, 1.0, LOADS), indexing="ij")
    humidity = humidity_ratio(temp + ZERO_CELSIUS_K, pressure * 1e3, ISO_RELATIVE_HUMIDITY)
    available = performance.available_net_power_kw(temp, pressure, humidity, outside="nan")
    lowest = performance.lowest_net_power_kw(temp, pressure, humidity, outside="nan")
    points = performance.at(lowest + (available - lowest) * step, temp, pressure, humidity, outside="nan")
    columns: dict[str, Any] = {"model": performance.model, "fuel": performance.fuel.name}
    columns |= {"ambient_temp_c": temp, "pressure_kpa": pressure, "humidity_ratio": humidity, "available_net_power_kw": available}
    columns |= vars(points)
    columns["elec_eff_lhv"] = points.net_power_kw / points.fuel_power_kw_lhv
    table = pd.DataFrame({name: values if isinstance(values, str) else values.ravel() for name, values in columns.items()})
    table = table[table["available_net_power_kw"].notna()]
    table.to_parquet(path, index=False)
    return len(table)

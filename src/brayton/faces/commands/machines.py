"""``brayton machines``: the library of machine records."""

from __future__ import annotations

from typing import Any

from brayton.faces.output import JsonFlag, print_json

WIDTH = 150
"""Characters that the table needs: in a narrower terminal a line breaks rather than a word."""


def command(as_json: JsonFlag = False) -> None:
    """List the machines of the library: rating, efficiency, fuels and where the figures come from.

    Example: `brayton machines`
    """
    from brayton.machine.record import load_record, models

    rows: list[dict[str, Any]] = []
    for model in models():
        record = load_record(model)
        rating = next(source for source in record.source if "rating" in source.fields)
        rows.append(
            {
                "model": model,
                "maker": record.maker,
                "description": record.description,
                "rated_net_power_kw": record.rated_net_power_kw,
                "elec_eff_lhv": record.rating.elec_eff_lhv,
                "architecture": record.architecture,
                "fuels": [kit.name for kit in record.fuel.kit] or [record.fuel.default],
                "source": {"title": rating.title, "date": rating.date, "basis": rating.basis},
            }
        )
    if as_json:
        print_json({"machines": rows})
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("model", "rated kW", "% LHV", "fuels", "carried by", "source of the rating")
    for row in rows:
        carried = "engine model" if row["architecture"] == "single_shaft_recuperated" else "published table"
        source = f"{row['source']['title']}, {row['source']['date']} ({row['source']['basis']})"
        table.add_row(
            row["model"],
            f"{row['rated_net_power_kw']:.0f}",
            f"{100 * row['elec_eff_lhv']:.1f}",
            ", ".join(row["fuels"]),
            carried,
            source,
        )
    Console(width=max(Console().width, WIDTH)).print(table)

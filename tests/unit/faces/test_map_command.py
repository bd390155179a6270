"""`brayton map`: the table of a surface."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from brayton.faces.cli import app


@pytest.mark.parametrize("model", ["C65", "MT70"])
def test_the_table_covers_the_air_of_all_sites(model: str, tmp_path: Path):
    out = tmp_path / "map.parquet"
    document = json.loads(CliRunner().invoke(app, ["map", model, "--out", str(out), "--fuel", "methane", "--json"]).stdout)
    table = pd.read_parquet(out)
    assert len(table) == document["rows"]
    assert set(table["model"]) == {model}
    assert set(table["fuel"]) == {"methane"}
    assert (table["pressure_kpa"].min(), table["pressure_kpa"].max()) == (65.0, 105.0)
    assert table[["available_net_power_kw", "net_power_kw", "fuel_power_kw_lhv", "elec_eff_lhv"]].notna().all(axis=None)
    assert (table["net_power_kw"] <= table["available_net_power_kw"] * (1.0 + 1e-9)).all()

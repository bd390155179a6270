"""What a machine gives at a site, against its rating, and what stops it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from brayton.faces.report.document import report_html
from brayton.faces.report.site_facts import site_facts
from brayton.study.result import StudyResult


def test_at_sea_level_the_rating_stops_it(study: StudyResult):
    facts = site_facts(study)
    assert (facts.rated_kw, facts.mean_air_kw, facts.limit) == (60.0, pytest.approx(60.0), "the rating itself")
    assert not facts.is_below_rating
    assert facts.lowest_kw < facts.mean_kw <= facts.highest_kw == pytest.approx(60.0)
    assert facts.rated_hours == float((study.model.problem.envelope.power_kw[:, -1] >= 59.94).sum())


def test_in_thin_air_the_shaft_is_at_its_highest_speed(study: StudyResult):
    weather = replace(study.weather, pressure_kpa=np.full(study.axis.steps, 79.0))
    facts = site_facts(replace(study, weather=weather))
    assert facts.mean_air_kw < 60.0
    assert "stops it there" in facts.why_below
    text = report_html(replace(study, weather=weather))
    assert "Rated 60.0&nbsp;kW, each gives" in text
    assert "79.0&nbsp;kPa" in text


def test_a_booster_takes_from_the_rating(landfill_study: StudyResult):
    facts = site_facts(landfill_study)
    assert facts.booster_kw > 1.0
    assert facts.mean_air_kw == pytest.approx(30.0 - facts.booster_kw, abs=0.1)
    assert facts.why_below == f"its gas booster takes {facts.booster_kw:.1f} kW of what it makes"


def test_a_machine_of_a_table_has_no_limit_to_name(study: StudyResult, performance: Any):
    facts = site_facts(replace(study, performance=performance))
    assert facts.limit.startswith("the maker's table")
    assert facts.booster_kw == 0.0

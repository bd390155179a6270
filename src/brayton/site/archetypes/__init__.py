"""Loads of building kinds as parametric shapes of clock, weather and floor area; see `brayton.site.archetypes.shape`."""

from brayton.site.archetypes.record import archetypes
from brayton.site.archetypes.shape import archetype_load

__all__ = ["archetype_load", "archetypes"]

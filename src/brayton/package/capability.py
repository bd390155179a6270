"""What a package can do for its host: packages are asked for a capability, never for their type."""

from __future__ import annotations

from enum import Enum


class Capability(Enum):
    """A service that a package offers; ``value`` is the word in files."""

    HOT_WATER = "hot_water"
    CHILLED_WATER = "chilled_water"
    DRY_AIR = "dry_air"

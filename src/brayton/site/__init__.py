"""Facts of a place: weather, loads, tariff and bill. Knows no machine."""

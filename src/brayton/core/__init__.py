"""Words that every room shares: units, time axis, errors, outcomes, provenance. No physics."""

"""Should we: the scenario and its twin without the project, the savings between them, and the money that follows."""

"""Choose set-points over time: one problem, several answers."""

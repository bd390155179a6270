"""One module per command. A module imports its heavy rooms inside the function, so that ``brayton --help`` stays fast."""

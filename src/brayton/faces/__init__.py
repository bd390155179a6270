"""People: command line, reports and every figure."""

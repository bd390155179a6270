"""The report of a study: one HTML file that a person can hand to a client."""

from brayton.faces.report.document import write_report

__all__ = ["write_report"]

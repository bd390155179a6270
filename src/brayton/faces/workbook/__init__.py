"""The cash flow as a spreadsheet whose cells compute: change an input and every year follows."""

from brayton.faces.workbook.book import write_workbook

__all__ = ["write_workbook"]

"""Brayton: the open toolkit for microturbine power systems."""

__version__ = "0.1.0"

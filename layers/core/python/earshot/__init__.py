"""Earshot: rapid social sales response by intelligent aggregation."""

__version__ = "0.1.0"

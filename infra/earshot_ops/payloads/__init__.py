"""Payloads as platforms send them, put through the sources: `make check-payloads`."""

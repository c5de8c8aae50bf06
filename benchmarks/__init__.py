"""Measurements. Run as ``python -m benchmarks.NAME``; nothing here is asserted."""

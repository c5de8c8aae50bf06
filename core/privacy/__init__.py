"""Consent texts; later retention, data copies and deletion."""

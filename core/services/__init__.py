"""Use cases. The only place that combines the rooms."""

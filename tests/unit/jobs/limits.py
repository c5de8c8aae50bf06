"""Knobs of the runner under test."""

from core.jobs.runner import JobParams

PARAMS = JobParams(workers=2, max_tries=3, lease_s=60)

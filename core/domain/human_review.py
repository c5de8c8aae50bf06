"""Interviews a person must look at: kinds of log entry that say so."""

ENDED_BY_POLICY = "ended_by_policy"
"""The monitor's policy ended the interview; the entry holds all that led to it."""
REVIEW_DUE = "human_review_due"
REVIEW_DONE = "human_review_done"
"""A person has looked at it, by name and with a note."""

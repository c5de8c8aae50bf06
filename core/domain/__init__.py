"""Frozen types, the interview state machine, errors and the clock. Standard library only."""

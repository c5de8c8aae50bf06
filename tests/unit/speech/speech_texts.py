"""Longer texts to speak."""

TALK = (
    "A process has its own memory, while threads in the same process share memory, so they must synchronise their "
    "access to shared data. To find a slow query, I would look at the execution plan, check whether an index is used, "
    "and measure before and after the change."
)

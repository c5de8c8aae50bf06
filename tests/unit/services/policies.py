"""Policies for tests: one field changed, the rest as built in."""

import json

from core.proctoring.policy import built_in, plan_text


def policy_text(base: str = "medium", **changes: object) -> str:
    """A complete policy as it stands in a plan; ``leave`` replaces the whole rule."""
    return json.dumps({**json.loads(plan_text(built_in(base))), **changes})

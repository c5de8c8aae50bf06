"""Policies of the monitor: the built-in ones, and the one an interview is held by."""

import logging
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources

from core.domain.errors import InvalidInput, NotFound
from core.domain.interview import InterviewPlan
from core.domain.policy import LeaveRule, MonitorPolicy, Severity, Stakes
from core.domain.watch import FlagKind
from core.proctoring.policy_file import PolicyFile, parse_policy

_LOG = logging.getLogger(__name__)

BUILT_IN = tuple(stakes.value for stakes in Stakes)
"""Names of the policies that come with the program, one for each stakes; they cannot be changed."""
_FOLDER = resources.files("core.proctoring") / "policies"


@cache
def built_in(name: str) -> PolicyFile:
    """A policy that comes with the program.

    Raises:
        NotFound: None has this name.
    """
    if name not in BUILT_IN:
        raise NotFound("There is no built-in policy of this name.", f"Choose one of: {', '.join(BUILT_IN)}.")
    return parse_policy((_FOLDER / f"{name}.json").read_bytes())


def severities(file: PolicyFile) -> Mapping[FlagKind, Severity]:
    """The severity of every kind, with what the file leaves out from the built-in policy for its stakes."""
    return {**built_in(file.stakes.value).severity, **file.severity}


def plan_text(file: PolicyFile) -> str:
    """The policy as it is copied into an interview's plan: complete, so that no later release changes its meaning."""
    return file.model_copy(update={"severity": dict(severities(file))}).model_dump_json(exclude_none=True)


def policy_of(plan: InterviewPlan) -> MonitorPolicy:
    """The policy an interview is held by.

    One that cannot be read gives way to the built-in one for medium stakes, and ``note`` says so.
    """
    return _policy(plan.policy, plan.page_warnings)


def monitor_policy(file: PolicyFile, page_warnings: int, note: str = "") -> MonitorPolicy:
    """A policy as the monitor uses it.

    Args:
        file: As written.
        page_warnings: Number of warnings where the file does not say one.
        note: See ``MonitorPolicy``.
    """
    leave = LeaveRule(file.leave.action, file.leave.warnings or max(1, page_warnings), file.leave.deduct_s)
    return MonitorPolicy(file.name, file.stakes, severities(file), leave, file.lock_mode, note)


@lru_cache(maxsize=256)
def _policy(text: str, page_warnings: int) -> MonitorPolicy:
    if not text:
        return monitor_policy(built_in(Stakes.MEDIUM.value), page_warnings)
    try:
        return monitor_policy(parse_policy(text), page_warnings)
    except InvalidInput as error:
        _LOG.error("a stored policy cannot be read (%s); the built-in one for medium stakes is used", error.field)
        note = (
            f"The policy stored with this interview cannot be read ({error.message.rstrip('.')}), so the built-in "
            "policy for medium stakes was used."
        )
        return monitor_policy(built_in(Stakes.MEDIUM.value), page_warnings, note)

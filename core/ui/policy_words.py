"""A policy in words: for the candidate before the start, and for those who choose it or read what came of it."""

from core.domain.flow import LEAST_LEFT_S
from core.domain.interview import InterviewPlan
from core.domain.policy import LeaveAction, LeaveRule, MonitorPolicy, Stakes
from core.domain.watch import FlagKind
from core.proctoring.policy import policy_of

STAKES_WORDS = {Stakes.LOW: "Low stakes", Stakes.MEDIUM: "Medium stakes", Stakes.HIGH: "High stakes"}


def leaving_text(rule: LeaveRule) -> str:
    """What follows from leaving the page, for recruiters."""
    warned = f"Leaving the page is warned about {_times(rule.warnings)}"
    return {
        LeaveAction.LOG: "Leaving the page is noted; the candidate is not warned.",
        LeaveAction.WARN: f"{warned}, then noted without a number. It costs nothing.",
        LeaveAction.DEDUCT: f"{warned}. Each further time takes {rule.deduct_s:.0f} s from the open question; "
        f"{LEAST_LEFT_S:.0f} s are always left.",
        LeaveAction.END: f"{warned}. The next time ends the interview, and a person must look at it.",
    }[rule.action]


def leaving_for_candidate(plan: InterviewPlan) -> str:
    """The same, said to the candidate before the start."""
    if FlagKind.TAB_SWITCHING.value in plan.rules_off:
        return "You may leave this page, as arranged; nothing follows from it"
    rule = policy_of(plan).leave
    return {
        LeaveAction.LOG: "Leaving this page is noted; nothing else follows from it",
        LeaveAction.WARN: f"Leaving this page is noted, and you are told {_times(rule.warnings)}; it costs no time",
        LeaveAction.DEDUCT: f"Leaving this page is noted. After {_warnings(rule.warnings)} each further time takes "
        f"**{rule.deduct_s:.0f} seconds** from the question",
        LeaveAction.END: f"Leaving this page is noted. After {_warnings(rule.warnings)} the next time **ends the "
        "interview**; a person then looks at it, and you can object",
    }[rule.action]


def lock_text(policy: MonitorPolicy) -> str:
    """Whether the page asks for full screen."""
    return "The page asks for full screen." if policy.lock_mode else "The page does not ask for full screen."


def policy_line(plan: InterviewPlan) -> str:
    """One line for the reviewer: by which policy an interview was held."""
    policy = policy_of(plan)
    head = f"Policy: {policy.name} ({STAKES_WORDS[policy.stakes].lower()})."
    return f"{head} {leaving_text(policy.leave)} {lock_text(policy)}"


def policy_note(plan: InterviewPlan) -> str:
    """What a reviewer must know of that policy, as that the stored one cannot be read; else empty."""
    return policy_of(plan).note


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _warnings(count: int) -> str:
    return f"{count} warning{'' if count == 1 else 's'}"

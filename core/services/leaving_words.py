"""What a candidate is told on leaving the page. It says what happened, what counts, and never blames."""

from core.domain.page_events import PageEventKind
from core.domain.policy import LeaveAction, LeaveRule

_WHAT = {
    PageEventKind.HIDDEN: "You left this tab",
    PageEventKind.BLUR: "You switched to another window",
    PageEventKind.FULLSCREEN_EXIT: "You left full screen",
}
_NOTED = "This was noted; a person will look at it. Your interview goes on."


def warning_text(kind: PageEventKind, count: int, rule: LeaveRule) -> str:
    """A leaving that is warned about, or comes after the last warning and costs nothing.

    Args:
        kind: One of ``LEAVING_THE_PAGE``.
        count: Its number, from 1.
        rule: Of the policy.
    """
    if count > rule.warnings:
        return f"{_WHAT[kind]}. {_NOTED}"
    last = count == rule.warnings
    then = {
        LeaveAction.DEDUCT: f"{'The next time' if last else f'After {rule.warnings}, each time'} takes "
        f"{seconds_text(rule.deduct_s)} from the question.",
        LeaveAction.END: f"{'The next time' if last else f'Leaving after {rule.warnings}'} ends the interview.",
    }
    stay = "Please stay on this page until you are done."
    return f"{_WHAT[kind]}. {count} of {rule.warnings}. {then.get(rule.action, stay)}"


def deducted_text(kind: PageEventKind, seconds: float) -> str:
    """A leaving that costs time; with hardly any left none is taken."""
    if seconds < 0.5:
        return f"{_WHAT[kind]}. {_NOTED}"
    return f"{_WHAT[kind]}. {seconds_text(seconds)} were taken from this question's time. A person will look at it."


def ended_reason(count: int, warnings: int) -> str:
    """Why the policy ended an interview."""
    return f"The page was left {count} times; {warnings} warning{' was' if warnings == 1 else 's were'} given before."


def seconds_text(seconds: float) -> str:
    """``15 s``."""
    return f"{seconds:.0f} s"

"""Keeps the C library from hoarding what decodes give back."""

import ctypes
import platform

_M_ARENA_MAX = -8  # malloc.h
ARENAS = 2
"""Heaps of the process. By default glibc makes eight a core, and every thread that ever decoded keeps its peak: with
eight speakers 456 MB at two cores, with two heaps 425 MB, at the same speed."""


def limit_heaps() -> bool:
    """Let all threads share a few heaps; to be called before they start.

    Returns:
        Whether this C library knows how.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS))

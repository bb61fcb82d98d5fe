"""Processes that were forked: the threads that read and write tables stay behind, and the right to write with them."""

from __future__ import annotations

import os

_WHAT_TO_DO = (
    "start it anew instead of forking it: multiprocessing.get_context('spawn'), or "
    "DataLoader(..., multiprocessing_context='spawn'). A Dataset that is sent to it opens itself there, read-only; "
    "ds.to_torch() needs no store at all."
)
#: The process that has used tables first, of this one and those that it was forked from.
_user: int | None = None


class ForkedProcessError(PermissionError):
    """A store is used in a process that was forked from the one that has it open."""


def require_tables() -> None:
    """Raise a ForkedProcessError where tables were used before this process was forked.

    What they are read with has threads of its own, which a fork does not take along: a call kills the process, or waits
    for ever.
    """
    global _user
    if _user is None:
        _user = os.getpid()
    elif _user != os.getpid():
        raise ForkedProcessError(
            f"This process was forked from one ({_user}) that had a data set open, and cannot read or write its "
            f"tables: {_WHAT_TO_DO}"
        )


def require_same_process(pid: int) -> None:
    """Raise a ForkedProcessError where this is not the process ``pid``, which may write."""
    if os.getpid() != pid:
        raise ForkedProcessError(
            f"This process was forked from the one that writes the data set ({pid}), and must not write beside it: "
            f"{_WHAT_TO_DO}"
        )

"""Requests that take long, answered beside the rest: those of a kind in turn, on a thread of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

#: What is answered on which thread. Pictures can be cancelled; the others may take minutes.
_THREADS = {
    "pictures": ("thumbnails", "preview", "whole"),
    "boxes": ("objects", "predicted", "drawn"),
    "map": ("projection",),
    "clusters": ("clusters", "curves", "pairs"),
    "search": ("search", "picture"),  # the model may have to be loaded first
}


def threads_beside() -> dict[str, ThreadPoolExecutor]:
    """The thread that answers each of these requests, by their methods: made anew, and started on first use."""
    beside: dict[str, ThreadPoolExecutor] = {}
    for name, methods in _THREADS.items():
        beside |= dict.fromkeys(methods, ThreadPoolExecutor(1, thread_name_prefix=f"nbcurate-{name}"))
    return beside

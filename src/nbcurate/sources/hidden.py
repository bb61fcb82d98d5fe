"""Which files and folders are an operating system's, a program's or a device's own, and nobody's pictures."""

from __future__ import annotations

#: What systems and network storage leave in folders, and does not begin with a dot; in small letters.
_SYSTEM = frozenset(
    {
        "__macosx",
        "@eadir",
        "@recycle",
        "@recently-snapshot",
        "#recycle",
        "#snapshot",
        "$recycle.bin",
        "recycler",
        "recycled",
        "system volume information",
        "lost+found",
        "found.000",
        "network trash folder",
        "temporary items",
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        "icon\r",
        "__pycache__",
    }
)


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is hidden (``.thumbnails``), or a system's own (``__MACOSX``)."""
    return name.startswith(".") or name.lower() in _SYSTEM

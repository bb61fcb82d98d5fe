"""Where items come from."""

from .folder import FolderReport, add_folder

__all__ = ["FolderReport", "add_folder"]

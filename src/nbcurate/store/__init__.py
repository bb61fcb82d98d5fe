"""What is on disk: Lance tables that hold the truth, and derived files that can always be made again."""

from .store import Store
from .writer_lock import StoreLockedError

__all__ = ["Store", "StoreLockedError"]

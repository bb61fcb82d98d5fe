"""Where curated data goes."""

from .files import copy_images
from .tables import write_csv, write_parquet

__all__ = ["copy_images", "write_csv", "write_parquet"]

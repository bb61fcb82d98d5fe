"""Where curated data goes."""

from .coco import write_coco
from .files import copy_images
from .huggingface import save_huggingface
from .tables import write_csv, write_parquet

__all__ = ["copy_images", "save_huggingface", "write_coco", "write_csv", "write_parquet"]

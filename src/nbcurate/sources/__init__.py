"""Where items come from."""

from .coco import add_coco_images, add_coco_objects
from .folder import add_folder
from .huggingface import add_huggingface
from .report import SourceReport
from .table import add_table
from .vectors import add_vectors

__all__ = [
    "SourceReport",
    "add_coco_images",
    "add_coco_objects",
    "add_folder",
    "add_huggingface",
    "add_table",
    "add_vectors",
]

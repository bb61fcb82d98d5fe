"""Where curated data goes."""

from .coco import copies_pictures, folder_of_copies, write_coco
from .coco_content import CocoItems, EmptyImage
from .files import copy_images
from .huggingface import save_huggingface
from .labelstudio import Suggestion, write_labelstudio
from .tables import write_csv, write_parquet
from .target import place_of
from .usearch_index import write_usearch
from .voc import write_voc
from .webdataset import write_webdataset
from .yolo import write_yolo

__all__ = [
    "CocoItems",
    "EmptyImage",
    "Suggestion",
    "copies_pictures",
    "copy_images",
    "folder_of_copies",
    "place_of",
    "save_huggingface",
    "write_coco",
    "write_csv",
    "write_labelstudio",
    "write_parquet",
    "write_usearch",
    "write_voc",
    "write_webdataset",
    "write_yolo",
]

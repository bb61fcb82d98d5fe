"""Corrected annotations, as annotation tools write them: what they say of images and boxes, whatever the format."""

from .annotation import AnnotationFile, BoxAnnotation, ImageAnnotation
from .coco import ROBOFLOW_FILE, read_coco_annotations
from .cvat import read_cvat
from .labelstudio import read_labelstudio
from .table import read_annotation_table
from .yolo import read_yolo

__all__ = [
    "ROBOFLOW_FILE",
    "AnnotationFile",
    "BoxAnnotation",
    "ImageAnnotation",
    "read_annotation_table",
    "read_coco_annotations",
    "read_cvat",
    "read_labelstudio",
    "read_yolo",
]

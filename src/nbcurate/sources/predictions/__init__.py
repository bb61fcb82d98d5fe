"""What models have predicted, as programs write it down: which item, which class, how sure, and where."""

from .coco_results import read_coco_results
from .given import GivenPredictions, PredictionFileError
from .table import read_prediction_table
from .ultralytics import read_ultralytics

__all__ = [
    "GivenPredictions",
    "PredictionFileError",
    "read_coco_results",
    "read_prediction_table",
    "read_ultralytics",
]

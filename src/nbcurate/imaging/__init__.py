"""From bytes that may be anything to a picture: safe decoding, thumbnails, and what a file's header says."""

from .decode import EXTENSIONS, UnreachableFileError, UnreadableImageError, decode_image, to_rgb
from .measure import measure_image, perceptual_hash
from .probe import Probe, probe_file
from .thumbnail import THUMBNAIL_SIZE, encode_jpeg, make_thumbnail, reduce_image

__all__ = [
    "EXTENSIONS",
    "THUMBNAIL_SIZE",
    "Probe",
    "UnreachableFileError",
    "UnreadableImageError",
    "decode_image",
    "encode_jpeg",
    "make_thumbnail",
    "measure_image",
    "perceptual_hash",
    "probe_file",
    "reduce_image",
    "to_rgb",
]

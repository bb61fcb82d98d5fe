"""From bytes that may be anything to a picture: safe decoding, thumbnails, and what a file's header says."""

from .decode import EXTENSIONS, UnreachableFileError, UnreadableImageError, decode_image, reason_of, to_rgb
from .exif import Exif, read_exif
from .measure import measure_image, perceptual_hash
from .probe import Probe, probe_file, probe_stream
from .thumbnail import THUMBNAIL_SIZE, encode_jpeg, make_thumbnail, reduce_image

__all__ = [
    "EXTENSIONS",
    "THUMBNAIL_SIZE",
    "Exif",
    "Probe",
    "UnreachableFileError",
    "UnreadableImageError",
    "decode_image",
    "encode_jpeg",
    "make_thumbnail",
    "measure_image",
    "perceptual_hash",
    "probe_file",
    "probe_stream",
    "read_exif",
    "reason_of",
    "reduce_image",
    "to_rgb",
]

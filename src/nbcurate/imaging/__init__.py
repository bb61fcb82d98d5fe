"""From bytes that may be anything to a picture: safe decoding, thumbnails, and what a file's header says."""

from .decode import decode_image, read_numbers_of, to_rgb
from .errors import MissingDriverError, UnreachableFileError, UnreadableImageError, reason_of
from .exif import Exif, read_exif
from .kinds import EXTENSIONS, readable_extensions
from .levels import Numbers, Window
from .measure import measure_image, perceptual_hash
from .picture import takes_window
from .probe import Probe, probe_file, probe_stream
from .regular_file import NoRegularFileError, open_regular, special_kind, why_not_regular
from .thumbnail import THUMBNAIL_SIZE, encode_jpeg, make_thumbnail, reduce_image

__all__ = [
    "EXTENSIONS",
    "THUMBNAIL_SIZE",
    "Exif",
    "MissingDriverError",
    "NoRegularFileError",
    "Numbers",
    "Probe",
    "UnreachableFileError",
    "UnreadableImageError",
    "Window",
    "decode_image",
    "encode_jpeg",
    "make_thumbnail",
    "measure_image",
    "open_regular",
    "perceptual_hash",
    "probe_file",
    "probe_stream",
    "read_exif",
    "read_numbers_of",
    "readable_extensions",
    "reason_of",
    "reduce_image",
    "special_kind",
    "takes_window",
    "to_rgb",
    "why_not_regular",
]

"""When, where and with what a photograph was taken, as the camera noted it, and which way it was held."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from .reduction import LARGE

#: Where the parts of a PNG begin, and bytes of EXIF data that are read at most.
_PNG_HEAD, _LONGEST = 8, 1 << 20


@dataclass(frozen=True, slots=True)
class Exif:
    """What is used of a file's EXIF data. What is missing or damaged is None.

    Attributes
    ----------
    orientation : int
        How the picture is to be turned to be shown: 1 not at all, 2 to 8 as EXIF numbers them.
    taken : datetime or None
        In the camera's time zone, which EXIF does not tell.
    camera : str or None
        Maker and model.
    latitude, longitude : float or None
        Degrees; north and east are positive.
    """

    orientation: int = 1
    taken: datetime | None = None
    camera: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    @property
    def sideways(self) -> bool:
        """Whether the picture lies on its side: width and height are exchanged when it is shown."""
        return self.orientation >= 5


#: Of a file without any.
NO_EXIF = Exif()


def read_exif(image: Image.Image) -> Exif:
    """The EXIF data of an opened image. Damaged data cost what they would have said, never more."""
    try:
        tags = _late_exif(image) if _would_be_decoded(image) else image.getexif()
        if not tags:
            return NO_EXIF
        details, place = tags.get_ifd(IFD.Exif), tags.get_ifd(IFD.GPSInfo)
    except Exception:
        return NO_EXIF
    return exif_of_tags(tags, details, place)


def _would_be_decoded(image: Image.Image) -> bool:
    """Whether Pillow would decode a large picture to see whether EXIF data follow on its pixels."""
    return image.format == "PNG" and "exif" not in image.info and image.width * image.height > LARGE


def _late_exif(image: Image.Image) -> Image.Exif:
    """The EXIF data of a PNG wherever they stand in the file, by the lengths of its parts."""
    tags = Image.Exif()
    file: Any = image.fp  # pyright: ignore[reportAttributeAccessIssue]
    at = file.tell()
    file.seek(_PNG_HEAD)
    while len(head := file.read(8)) == 8 and head[4:] != b"IEND":
        length = int.from_bytes(head[:4], "big")
        if head[4:] == b"eXIf":
            tags.load(b"Exif\0\0" + file.read(min(length, _LONGEST)))
            break
        file.seek(length + 4, 1)
    file.seek(at)
    return tags


def exif_of_tags(tags: Mapping[int, Any], details: Mapping[int, Any], place: Mapping[int, Any]) -> Exif:
    """What the tags of an image say, those of its EXIF block and those of its GPS block."""
    return Exif(
        orientation=_orientation(tags.get(Base.Orientation)),
        taken=_time(details.get(Base.DateTimeOriginal) or tags.get(Base.DateTime)),
        camera=_camera(tags.get(Base.Make), tags.get(Base.Model)),
        latitude=_degrees(place, GPS.GPSLatitude, GPS.GPSLatitudeRef, "S", 90),
        longitude=_degrees(place, GPS.GPSLongitude, GPS.GPSLongitudeRef, "W", 180),
    )


def _orientation(value: Any) -> int:
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _time(text: Any) -> datetime | None:
    with suppress(ValueError, TypeError):
        return datetime.strptime(_clean(text)[:19], "%Y:%m:%d %H:%M:%S")
    return None


def _camera(maker: Any, model: Any) -> str | None:
    maker, model = _clean(maker), _clean(model)
    # Many models repeat their maker.
    return (model if model.lower().startswith(maker.lower()) else f"{maker} {model}").strip() or None


def _degrees(place: Mapping[int, Any], value: int, reference: int, negative: str, most: int) -> float | None:
    with suppress(Exception):
        degrees, minutes, seconds = (float(part) for part in place[value])
        angle = degrees + minutes / 60 + seconds / 3600
        if 0 <= angle <= most:
            return -angle if _clean(place.get(reference)).upper() == negative else angle
    return None


def _clean(text: Any) -> str:
    """EXIF texts may be bytes and end in zeros."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return text.replace("\0", "").strip() if isinstance(text, str) else ""

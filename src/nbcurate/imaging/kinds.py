"""What files are by their ending: pictures that are read, those that are not and what to do about it, and the rest."""

from __future__ import annotations

from dataclasses import dataclass

from . import heif
from .formats import FORMATS


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is not read.

    Attributes
    ----------
    name : str
        What to call one, in the singular.
    advice : str
        What to do to have it read; empty if there is nothing.
    is_picture : bool
        Whether a person would call it a picture, or it holds pictures: then they are told that it was passed over.
    """

    name: str
    advice: str = ""
    is_picture: bool = True

    def __str__(self) -> str:
        return f"{self.name} ({self.advice})" if self.advice else self.name


RAW_PHOTOGRAPH = Kind("camera raw file", "develop to TIFF or JPEG")
DICOM = Kind("DICOM file", "convert to PNG or TIFF")
VOLUME = Kind("medical volume", "save the slices as pictures")
SLIDE = Kind("microscope file", "export as TIFF")
DRAWING = Kind("drawing", "draw to PNG")
OTHER_PICTURE = Kind("picture of a format that is not read", "convert to PNG or TIFF")
VIDEO = Kind("video", "save the frames as pictures")
ARCHIVE = Kind("archive", "unpack")
ARRAYS = Kind("table or array", is_picture=False)
DOCUMENT = Kind("document", is_picture=False)
UNKNOWN = Kind("other file", is_picture=False)

_ENDINGS = {
    "JPEG": ".jpg .jpeg .jpe .jfif .mpo",
    "PNG": ".png .apng",
    "GIF": ".gif",
    "WEBP": ".webp",
    "AVIF": ".avif .avifs",
    "TIFF": ".tif .tiff",
    "BMP": ".bmp .dib",
    "JPEG2000": ".jp2 .j2k .jpx .j2c .jpc .jpf",
    "PPM": ".ppm .pgm .pbm .pnm .pfm",
    "PCX": ".pcx",
    "SGI": ".sgi",
    "TGA": ".tga",
    "ICO": ".ico",
    "ICNS": ".icns",
    "PSD": ".psd",
    "QOI": ".qoi",
}
_FORMAT_OF = {ending: form for form, endings in _ENDINGS.items() for ending in endings.split()}
_FORMAT_OF |= dict.fromkeys(heif.EXTENSIONS, heif.FORMAT)
#: Formats that Pillow tells apart, and their endings do not.
_SAME = {"MPO": "JPEG", "DIB": "BMP"}
_PASSED_OVER = {
    RAW_PHOTOGRAPH: (
        ".dng .cr2 .cr3 .crw .nef .nrw .arw .srf .sr2 .raf .orf .rw2 .pef .srw .raw .3fr .iiq .x3f .dcr .kdc .mrw .erf"
    ),
    DICOM: ".dcm .dicom .dic",
    VOLUME: ".nii .mha .mhd .nrrd .mgz",
    SLIDE: ".czi .lif .nd2 .oib .oif .svs .ndpi .mrxs .scn .vsi .lsm",
    DRAWING: ".svg .svgz .eps .ai .ps .wmf .emf .cdr",
    OTHER_PICTURE: ".jxl .jxr .wdp .hdp .exr .hdr .dds .psb .xcf .kra .fits .fit .fts .djvu .bpg .flif .cin .dpx",
    VIDEO: ".mp4 .mov .avi .mkv .webm .m4v .wmv .mpg .mpeg .flv .3gp .mts .m2ts .ogv",
    ARCHIVE: ".zip .tar .gz .tgz .bz2 .xz .7z .rar .zst",
    ARRAYS: ".parquet .arrow .feather .npy .npz .h5 .hdf5 .mat .tfrecord .lmdb .pt .pkl .pickle",
    DOCUMENT: (
        ".txt .md .rst .csv .tsv .json .jsonl .ndjson .xml .yaml .yml .toml .html .htm .pdf .doc .docx .xls .xlsx .log"
        " .py .ipynb .ini .cfg .sha256 .md5 .url .nfo .xmp .aae .license"
    ),
}
_KIND_OF = {ending: kind for kind, endings in _PASSED_OVER.items() for ending in endings.split()}

#: Endings of the pictures that Pillow reads, by which a folder's images are told from its other files.
EXTENSIONS = frozenset(ending for ending, form in _FORMAT_OF.items() if form in FORMATS)


def readable_extensions() -> frozenset[str]:
    """Endings of the pictures that can be read with what is installed."""
    return EXTENSIONS | heif.EXTENSIONS if heif.is_installed() else EXTENSIONS


def kind_of(ending: str) -> Kind:
    """What a file is that is passed over, by its ending in small letters (``.mp4``)."""
    form = _FORMAT_OF.get(ending)
    if form == heif.FORMAT:
        return Kind("HEIC picture", heif.ADVICE)
    if form is not None:
        return Kind(f"{form} picture", f"this Pillow was built without {form}")
    return _KIND_OF.get(ending, UNKNOWN)


def is_usual(ending: str, form: str) -> bool:
    """Whether pictures of a format, as Pillow names it, are called by this ending."""
    return _FORMAT_OF.get(ending) == _SAME.get(form, form)

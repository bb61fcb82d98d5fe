"""What files are by their ending: pictures that are read, those that are not and what to do about it, and the rest."""

from __future__ import annotations

from dataclasses import dataclass

from . import heif
from .picture import FORMATS

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
    "SGI": ".sgi .rgb .rgba .bw",
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

#: Endings of the pictures that Pillow reads, by which a folder's images are told from its other files.
EXTENSIONS = frozenset(ending for ending, form in _FORMAT_OF.items() if form in FORMATS)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is passed over.

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
    advice: str
    is_picture: bool


_PASSED_OVER = {
    Kind("camera raw file", "develop them to TIFF or JPEG", True): (
        ".dng .cr2 .cr3 .crw .nef .nrw .arw .srf .sr2 .raf .orf .rw2 .pef .srw .raw .3fr .iiq .x3f .dcr .kdc .mrw .erf"
    ),
    Kind("DICOM file", "convert them to PNG or TIFF", True): ".dcm .dicom .dic",
    Kind("medical volume", "save their slices as pictures", True): ".nii .mha .mhd .nrrd .mgz",
    Kind("microscope file", "export them as TIFF", True): ".czi .lif .nd2 .oib .oif .svs .ndpi .mrxs .scn .vsi .lsm",
    Kind("drawing", "draw them to PNG", True): ".svg .svgz .eps .ai .ps .wmf .emf .cdr",
    Kind("picture of a format that is not read", "convert them to PNG or TIFF", True): (
        ".jxl .jxr .wdp .hdp .exr .hdr .dds .psb .xcf .kra .fits .fit .fts .djvu .bpg .flif .heix .cin .dpx"
    ),
    Kind("video", "save their frames as pictures", True): (
        ".mp4 .mov .avi .mkv .webm .m4v .wmv .mpg .mpeg .flv .3gp .mts .m2ts .ogv"
    ),
    Kind("archive", "unpack them", True): ".zip .tar .gz .tgz .bz2 .xz .7z .rar .zst",
    Kind("table or array", "from_table reads tables of pictures", False): (
        ".parquet .arrow .feather .npy .npz .h5 .hdf5 .mat .tfrecord .lmdb .pt .pkl .pickle"
    ),
    Kind("document", "", False): (
        ".txt .md .rst .csv .tsv .json .jsonl .ndjson .xml .yaml .yml .toml .html .htm .pdf .doc .docx .xls .xlsx .log"
        " .py .ipynb .ini .cfg .sha256 .md5 .url .nfo .xmp .aae .license"
    ),
}
_KIND_OF = {ending: kind for kind, endings in _PASSED_OVER.items() for ending in endings.split()}


def readable_extensions() -> frozenset[str]:
    """Endings of the pictures that can be read with what is installed."""
    return EXTENSIONS | heif.EXTENSIONS if heif.is_installed() else EXTENSIONS


def kind_of(ending: str) -> Kind:
    """What a file is that is passed over, by its ending in small letters (``.mp4``)."""
    form = _FORMAT_OF.get(ending)
    if form == heif.FORMAT:
        return Kind("HEIC picture", "pip install 'nbcurate[heif]'", True)
    if form is not None:
        return Kind(f"{form} picture", f"this Pillow was built without {form}", True)
    return _KIND_OF.get(ending) or Kind("other file", "", False)


def is_usual(ending: str, form: str | None) -> bool:
    """Whether pictures of a format, as Pillow names it, are called by this ending."""
    return form is None or _FORMAT_OF.get(ending) == _SAME.get(form, form)

"""XML as a tree, without what XML can do beside that: no entities, no document types, nothing fetched."""

from __future__ import annotations

from typing import NoReturn
from xml.etree import ElementTree
from xml.parsers import expat

from .annotation import AnnotationFileError

#: Annotations lie five elements deep.
_DEEPEST = 100


def read_xml(content: bytes, name: str) -> ElementTree.Element:
    """The root of a document.

    Entities can make a few bytes into many, and read files: a document that declares any is refused, as is one with a
    document type, which is where they are declared.

    Raises
    ------
    AnnotationFileError
        If it is no XML, has a document type or entities, or lies too deep.
    """
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise AnnotationFileError(f"{name} is no file of annotations: its elements lie more than {_DEEPEST} deep.")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: object) -> NoReturn:
        raise AnnotationFileError(f"{name} declares a document type or entities, which no annotations need: not read.")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refuse
    parser.buffer_text = True
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise AnnotationFileError(f"{name} is no XML file: {error}.") from None
    return builder.close()

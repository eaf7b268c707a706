"""What lies inside a zipped office file: parts that reach outside, parts that blow up, files that were smuggled in."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable
from io import BytesIO
from pathlib import PurePath

#: What the reader of archives raises for one that is cut, spoiled or made to mislead.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OverflowError)
ENTITIES, LINKS = "entities", "links"
PIECE = 1024 * 1024  # bytes of a part that are looked at together
OVERLAP = 64  # so that a mark across two pieces is found
#: A programme or another archive inside; an embedded sheet of a chart (xlsx) is usual.
SMUGGLED = re.compile(
    r"\.(exe|com|bat|cmd|scr|pif|msi|lnk|hta|jse?|vb[es]|wsf|ps1|sh|jar|apk|app|dll|zip|rar|7z|gz|tar|docm|xlsm|pptm)$"
    r"|(^|/)(activeX/|oleObject[^/]*\.bin$)",
    re.IGNORECASE,
)
OUTSIDE = re.compile(r"^xl/(externalLinks/|connections\.xml$)", re.IGNORECASE)
#: A document type or an entity, in each encoding that an XML reader knows by itself.
DEFINED = [mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")]
RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>", re.IGNORECASE)
EXTERNAL = re.compile(rb"TargetMode\s*=\s*[\"']External", re.IGNORECASE)
HYPERLINK = re.compile(rb"/relationships/hyperlink[\"']", re.IGNORECASE)  # read only when somebody clicks it


def carries(names: Iterable[str]) -> str:
    """The first part that is a programme, an archive or an embedded object; empty when there is none."""
    return next((name for name in names if SMUGGLED.search(name)), "")


def of_parts(content: bytes) -> str:
    """ENTITIES or LINKS when a part of the archive has them, else empty. Raises one of DAMAGED for a spoiled part."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if any(OUTSIDE.match(info.filename) for info in archive.infolist()):
            return LINKS
        for info in archive.infolist():
            suffix = PurePath(info.filename).suffix.lower()
            if suffix == ".rels" and _links_out(archive.read(info)):
                return LINKS
            if suffix in (".xml", ".rels", ".vml") and _defines(archive, info):
                return ENTITIES
    return ""


def _links_out(part: bytes) -> bool:
    """Whether a list of relations names something outside that is fetched when the file is opened."""
    return any(EXTERNAL.search(r) and not HYPERLINK.search(r) for r in RELATION.findall(part))


def _defines(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    before = b""
    with archive.open(info) as part:
        while piece := part.read(PIECE):
            window = before + piece
            if any(mark in window for mark in DEFINED):
                return True
            before = window[-OVERLAP:]
    return False

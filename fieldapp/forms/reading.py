"""Reading XML that nobody vouches for: forms and instances are data, not trust.

No DTD, no entities, no network, bounded size, depth and number of elements. What is refused is refused by
name.
"""

from __future__ import annotations

from io import BytesIO

from lxml import etree

from fieldapp.errors import Phrase, UserError

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 200
MAX_ELEMENTS = 400_000  # and attributes


def read_xml(xml: bytes) -> etree._Element:
    """The root element of ``xml``.

    Raises UserError FORM_001 (not well formed, with line), FORM_002 (a DTD or entities) or FORM_003 (too
    large or too deep).
    """
    if len(xml) > MAX_BYTES:
        raise UserError("FORM_003", limit=Phrase("{count} bytes", count=MAX_BYTES))
    if b"\x00" in xml:  # UTF-16 and its like would hide a DTD from the search below
        raise UserError("FORM_001", line=1, problem="encoding is not UTF-8")
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise UserError("FORM_002")
    depth = elements = 0
    root: etree._Element | None = None
    events = etree.iterparse(
        BytesIO(xml),
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=True,  # the limits are those above
    )
    try:
        for event, element in events:
            if event == "end":
                depth -= 1
                continue
            if root is None:
                root = element
            depth += 1
            elements += 1 + len(element.attrib)
            if depth > MAX_DEPTH:
                raise UserError("FORM_003", limit=Phrase("{count} levels", count=MAX_DEPTH))
            if elements > MAX_ELEMENTS:
                raise UserError("FORM_003", limit=Phrase("{count} elements", count=MAX_ELEMENTS))
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise UserError("FORM_001", line=line, problem=str(error.msg or "")) from error
    if root is None:
        raise UserError("FORM_001", line=1, problem="empty")
    if root.getroottree().docinfo.encoding not in (None, "UTF-8", "utf-8", "ASCII", "US-ASCII"):
        # bytes are searched for DTDs above, which only holds for encodings that contain ASCII as it is
        raise UserError("FORM_001", line=1, problem="encoding is not UTF-8")
    return root


def local(element: etree._Element) -> str:
    """The local name of an element."""
    return str(element.tag).rpartition("}")[2]


def elements_of(element: etree._Element) -> list[etree._Element]:
    """The child elements, comments and instructions left out."""
    return [child for child in element if isinstance(child.tag, str)]

"""The step that makes a drawn sheet PDF/A-2b: output intent, metadata, language, fixed id.

ReportLab writes no structure tree, so the file does not claim more than level B. Everything derives from
the content: equal input gives equal bytes.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from fieldapp.sheets.srgb import srgb_profile

PRODUCER = "fieldapp"
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" \
xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{producer}</xmp:CreatorTool>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate>
<pdf:Producer>{producer}</pdf:Producer>
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


@dataclass(frozen=True, slots=True)
class Description:
    """What the file says of itself; ``moment`` (aware) is the record's time, not the clock's."""

    title: str
    author: str
    subject: str
    moment: datetime


def to_archival(drawn: bytes, description: Description) -> bytes:
    """``drawn`` as PDF/A-2b."""
    with Pdf.open(io.BytesIO(drawn)) as pdf:
        root = pdf.Root
        profile = Stream(pdf, srgb_profile())
        profile.N = 3
        profile.Alternate = Name.DeviceRGB
        intent = Dictionary(
            Type=Name.OutputIntent,
            S=Name.GTS_PDFA1,
            OutputConditionIdentifier=String("sRGB IEC61966-2.1"),
            Info=String("sRGB IEC61966-2.1"),
            DestOutputProfile=pdf.make_indirect(profile),
        )
        root.OutputIntents = Array([pdf.make_indirect(intent)])
        root.Lang = String("zh-CN")
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        metadata = Stream(pdf, _xmp(description))
        metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
        root.Metadata = pdf.make_indirect(metadata)
        _set_information(pdf, description)
        result = io.BytesIO()
        pdf.save(
            result,
            min_version="1.7",
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=False,  # ReportLab has compressed what is large; doing it again takes 5 ms
        )
    return result.getvalue()


def _xmp(description: Description) -> bytes:
    moment = description.moment.replace(microsecond=0)
    text = _XMP.format(
        title=escape(description.title),
        author=escape(description.author),
        subject=escape(description.subject),
        producer=PRODUCER,
        moment=moment.isoformat(),
    )
    return text.encode("utf-8")


def _set_information(pdf: Pdf, description: Description) -> None:
    offset = f"{description.moment:%z}" or "+0000"
    date = f"D:{description.moment:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}'"
    information = Dictionary(
        Title=String(description.title),
        Author=String(description.author),
        Subject=String(description.subject),
        Creator=String(PRODUCER),
        Producer=String(PRODUCER),
        CreationDate=String(date),
        ModDate=String(date),
    )
    pdf.trailer.Info = pdf.make_indirect(information)

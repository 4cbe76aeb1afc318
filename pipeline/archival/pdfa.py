"""How a PDF says that it is a PDF/A-2b (ISO 19005-2), and what of: written and read here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID
from xml.sax.saxutils import escape

import pikepdf
from lxml import etree
from pikepdf import Dictionary, Name, Stream, String

from pipeline import __version__, icc

_PRODUCER = f"Paperloop {__version__}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"
XMP = "{http://ns.adobe.com/xap/1.0/}"
_XMP_MM = "{http://ns.adobe.com/xap/1.0/mm/}"
_PACKET = """<?xpacket begin="\N{ZERO WIDTH NO-BREAK SPACE}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:format>application/pdf</dc:format>
<pdf:Producer>{producer}</pdf:Producer>
<xmp:CreatorTool>{producer}</xmp:CreatorTool>
<xmp:CreateDate>{made_at}</xmp:CreateDate>
<xmp:ModifyDate>{made_at}</xmp:ModifyDate>
<xmp:MetadataDate>{made_at}</xmp:MetadataDate>
<xmpMM:InstanceID>{instance}</xmpMM:InstanceID>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


@dataclass(frozen=True, slots=True)
class Identification:
    """What a file says of itself: a title without personal data, a time, and what it was made of.

    ``instance`` differs where anything that the file shows or says differs.
    """

    title: str
    made_at: datetime
    instance: UUID


def identify(pdf: pikepdf.Pdf, it: Identification) -> None:
    """Make a new PDF name itself a PDF/A-2b meant for sRGB.

    There is no document information dictionary: XMP says all, so the two cannot disagree.
    """
    packet = _PACKET.format(
        title=escape(it.title), producer=escape(_PRODUCER), instance=it.instance.urn,
        made_at=it.made_at.isoformat(timespec="seconds"),
    )  # fmt: skip
    profile = pdf.make_stream(icc.srgb(), N=3)
    intent = Dictionary(
        Type=Name.OutputIntent, S=Name.GTS_PDFA1, OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB IEC61966-2.1"), DestOutputProfile=profile,
    )  # fmt: skip
    pdf.Root.Metadata = pdf.make_stream(
        packet.encode("utf-8"), Type=Name.Metadata, Subtype=Name.XML
    )
    pdf.Root.OutputIntents = [pdf.make_indirect(intent)]
    pdf.Root.Lang = String("ru")


def instance_of(path: Path) -> UUID | None:
    """What a file says it was made of; None where it is no PDF, or does not say so."""
    try:
        with pikepdf.open(path) as pdf:
            return UUID(told(packet(pdf), f"{_XMP_MM}InstanceID"))
    except (pikepdf.PdfError, OSError, ValueError):
        return None


def packet(pdf: pikepdf.Pdf) -> etree._Element:
    """The XMP of a PDF. Raises ValueError where there is none, or it is no XML."""
    stream = pdf.Root.get("/Metadata")
    if not isinstance(stream, Stream):
        raise ValueError("no metadata")
    try:
        return etree.fromstring(stream.read_bytes(), _careful())
    except etree.XMLSyntaxError as error:
        raise ValueError("metadata that is no XML") from error


def _careful() -> etree.XMLParser:
    """For a stranger's XML: nothing is fetched, nothing grows."""
    return etree.XMLParser(resolve_entities=False, no_network=True)


def told(xmp: etree._Element, name: str) -> str:
    """A simple property, written as an element or as an attribute; "" where it is not there."""
    for node in xmp.iter(f"{_RDF}Description"):
        if (value := node.get(name, node.findtext(name))) is not None:
            return str(value).strip()
    return ""

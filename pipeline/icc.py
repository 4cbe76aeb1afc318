"""Colour profiles: the one that archive copies are meant for, and what PDF/A asks of any."""

from __future__ import annotations

from functools import lru_cache

from PIL import ImageCms

# The version is the one that PDF 1.7 refers to, the day a fixed one: the same copy has the same
# bytes whatever Little CMS made the profile, and whenever (ICC.1:2004-10, 7.2).
_VERSION, _DATE = slice(8, 12), slice(24, 36)
_CLASSES = (b"scnr", b"mntr", b"prtr", b"spac")
_COMPONENTS = {b"GRAY": 1, b"RGB ": 3, b"Lab ": 3, b"CMYK": 4}
_HEADER = 128


@lru_cache(maxsize=1)
def srgb() -> bytes:
    """An sRGB profile (IEC 61966-2-1) by Little CMS, free to be used by anybody."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[_VERSION] = bytes([4, 0x20, 0, 0])
    made[_DATE] = b"".join(part.to_bytes(2) for part in (2026, 1, 1, 0, 0, 0))
    return bytes(made)


def fault(profile: bytes, components: int) -> str:
    """What keeps a profile out of a PDF/A-2 file (ISO 19005-2, 6.2.4.2), "" where nothing does.

    ``components``: of the colours that it is to explain.
    """
    if len(profile) < _HEADER or profile[36:40] != b"acsp":
        return "no ICC profile"
    if profile[8] >= 5:
        return "an ICC profile newer than version 4"
    if profile[12:16] not in _CLASSES:
        return f"an ICC profile of class {profile[12:16]!r}"
    if _COMPONENTS.get(profile[16:20]) != components:
        return f"an ICC profile of {profile[16:20]!r} for {components} components"
    return ""

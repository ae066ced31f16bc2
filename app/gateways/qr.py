"""Draws a link as a QR code."""

import io

import segno


def qr_svg(text: str) -> bytes:
    """Draw a text as an SVG that scales; dark on white whatever the theme, for cameras."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=True, omitsize=True)  # fmt: skip
    return out.getvalue()

"""Tells what becomes of the letters of this server, so that no page promises one that never leaves."""

from typing import Literal

from fastapi import Request

from app.web.deps import parts

Post = Literal["leaves", "here", "nowhere"]
"""What becomes of letters: a mail server takes them, this machine shows them, nobody gets them."""


def post_of(request: Request) -> Post:
    """Tell what becomes of letters: without a mail server only who sits at this machine may read them."""
    settings = parts(request).settings
    if settings.smtp:
        return "leaves"
    return "here" if settings.on_loopback else "nowhere"

"""Where a group meets when nothing else works: how its telephone, code and link are read, kept and handed on."""

import re
from urllib.parse import urlsplit

from app.engine.ladder import Bridge

LONGEST_PHONE, LONGEST_CODE, LONGEST_LINK = 40, 40, 500
FEWEST_DIGITS = 3
PHONE = re.compile(r"[+\d][\d\s()./\u00a0\u202f-]*")


def read_bridge(phone: str, code: str, link: str) -> tuple[Bridge, tuple[str, ...]]:
    """Read what was typed; gives the bridge and the codes of what is wrong with it.

    A link without a scheme is one with https, as people copy them.
    """
    number, secret, address = (" ".join(each.split()) for each in (phone, code, link))
    if address and "://" not in address:
        address = f"https://{address}"
    problems = []
    if number and (len(number) > LONGEST_PHONE or not _is_phone(number)):
        problems.append("bad-phone")
    if len(secret) > LONGEST_CODE or not secret.isprintable():
        problems.append("long-code")
    if address and (len(address) > LONGEST_LINK or not _is_link(address)):
        problems.append("bad-link")
    if secret and not number and not address:
        problems.append("code-alone")
    return Bridge(number, secret, address), tuple(problems)


def _is_phone(text: str) -> bool:
    return bool(PHONE.fullmatch(text)) and sum(sign.isdigit() for sign in text) >= FEWEST_DIGITS


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return (
        parts.scheme in ("https", "http")
        and "." in (parts.hostname or "")
        and " " not in text
        and text.isprintable()
    )


def as_kept(bridge: Bridge) -> str:
    """Write a bridge as the group keeps it: one line each for telephone, code and link; "" for none."""
    return "\n".join((bridge.phone, bridge.code, bridge.link)).rstrip()


def as_bridge(kept: str) -> Bridge:
    """Read what a group keeps."""
    phone, code, link, *_rest = (*kept.split("\n"), "", "", "")
    return Bridge(phone, code, link)

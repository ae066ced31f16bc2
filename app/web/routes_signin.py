"""Facilitators come in: a one-time link, who they are, and out again."""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

from email_validator import EmailNotValidError, validate_email
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from app.engine.ids import PersonId
from app.usecases.links import hash_of
from app.usecases.pasted_people import LONGEST_NAME, clean_name
from app.usecases.records import WebSession
from app.usecases.sign_in import Inviting, ask_for_link, find_owner, invite_facilitator
from app.web import times
from app.web.deps import Asker, Who, find_facilitator, parts, who
from app.web.post import Post, post_of
from app.web.routes_home import own_path
from app.web.security import KEPT, drop_secret, give_secret, read_secret

router = APIRouter()


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Ask for a link, or use a passkey."""

    template: ClassVar[str] = "pages/sign_in.html"
    next: str
    email: str
    sent: bool
    wrong: bool
    post: Post
    passkeys: bool


@dataclass(frozen=True, slots=True)
class SignInLinkPage:
    """The link was followed; a press of the button uses it."""

    template: ClassVar[str] = "pages/sign_in_link.html"
    token: str
    works: bool


@dataclass(frozen=True, slots=True)
class MePage:
    """Who the facilitator is, and by which passkeys they come in."""

    template: ClassVar[str] = "pages/me.html"
    name: str
    email: str
    lang: str
    zone: str
    zones: tuple[str, ...]
    first: bool
    saved: bool
    problems: tuple[str, ...]
    passkeys: tuple[tuple[str, str], ...]  # credential in hexadecimal, name
    passkeys_possible: bool
    invited: str  # "" | sent | known | incomplete
    post: Post


@router.get("/sign-in")
async def ask(request: Request, asker: Annotated[Asker, who(Who.ANYONE)], next: str = "/desk") -> Response:
    """Show how to sign in."""
    if asker.facilitator is not None:
        return RedirectResponse(own_path(next), 303)
    return parts(request).pages.show(request, _sign_in_page(request, own_path(next)))


@router.post("/sign-in")
async def send_link(
    request: Request,
    asker: Annotated[Asker, who(Who.ANYONE)],
    email: Annotated[str, Form(max_length=320)],
    next: Annotated[str, Form(max_length=2000)] = "/desk",
) -> Response:
    """Send a one-time link; the answer is the same for every well-formed address."""
    have = parts(request)
    address = as_address(email)
    if address is None:
        page = replace(_sign_in_page(request, own_path(next)), email=email, wrong=True)
        return have.pages.show(request, page, 422)
    have.attempts.letter(request)
    await ask_for_link(have.directory, have.links, have.jobs, have.clock, address)
    return have.pages.show(request, replace(_sign_in_page(request, own_path(next)), email=address, sent=True))


@router.get("/sign-in/{token}")
async def show_link(request: Request, asker: Annotated[Asker, who(Who.ANYONE)], token: str) -> Response:
    """Show the button; looking uses nothing up, so that link scanners are harmless."""
    have = parts(request)
    have.attempts.allow(request)
    owner = await find_owner(have.directory, token, have.clock.now())
    if owner is None:
        have.attempts.failed(request)
        return have.pages.show(request, SignInLinkPage("", works=False), 404)
    return have.pages.show(request, SignInLinkPage(token, works=True))


@router.post("/sign-in/{token}")
async def use_link(request: Request, asker: Annotated[Asker, who(Who.ANYONE)], token: str) -> Response:
    """Use the link up and let the browser in."""
    have = parts(request)
    have.attempts.allow(request)
    person = await have.directory.take_sign_in(hash_of(token), have.clock.now())
    if person is None:
        have.attempts.failed(request)
        return have.pages.show(request, SignInLinkPage("", works=False), 404)
    facilitator = await have.directory.find_facilitator(person)
    fresh = facilitator is None or not facilitator.email
    return await let_in(request, person, "/me?first=1" if fresh else "/desk")


@router.post("/sign-out")
async def sign_out(request: Request, asker: Annotated[Asker, who(Who.ANYONE)]) -> Response:
    """Put this browser out, and the consoles that are open in it."""
    secret = read_secret(request, "ronde")
    if secret is not None:
        have = parts(request)
        await have.directory.end_web_session(hash_of(secret), have.clock.now())
    response = RedirectResponse("/", 303)
    drop_secret(request, response, "ronde")
    return response


@router.get("/me")
async def me(
    request: Request,
    asker: Annotated[Asker, who(Who.NEWCOMER)],
    first: bool = False,
    saved: bool = False,
    invited: Literal["", "sent", "known", "incomplete"] = "",
) -> Response:
    """Show who the facilitator is."""
    host, pages, known = asker.host, parts(request).pages, bool(asker.host.email)
    page = MePage(
        host.name, host.email, host.lang if known else pages.language(request),
        host.zone if known else times.home_zone(), times.zones(), first or not known, saved, (),
        await _passkeys(request, host.id), passkeys_possible(request), invited, post_of(request),
    )  # fmt: skip
    return pages.show(request, page)


@router.post("/me")
async def save_me(
    request: Request,
    asker: Annotated[Asker, who(Who.NEWCOMER)],
    name: Annotated[str, Form(max_length=400)] = "",
    email: Annotated[str, Form(max_length=320)] = "",
    lang: Annotated[str, Form(max_length=20)] = "",
    zone: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Save who the facilitator is."""
    have, host = parts(request), asker.host
    shown, address = clean_name(name)[:LONGEST_NAME], as_address(email)
    problems = [code for code, wrong in (("name", not shown), ("email", address is None), ("zone", zone not in times.zones())) if wrong]  # fmt: skip
    changed = replace(
        host, name=shown, email=address or "", lang=have.pages.sentences.choose(lang), zone=zone
    )
    if not problems:
        try:
            await have.directory.save_facilitator(changed)
        except ValueError:
            problems = ["taken"]
    if problems:
        page = MePage(
            name, email, changed.lang, zone, times.zones(), not host.email, False, tuple(problems),
            await _passkeys(request, host.id), passkeys_possible(request), "", post_of(request),
        )  # fmt: skip
        return have.pages.show(request, page, 422)
    return RedirectResponse("/me?saved=1" if host.email else "/desk", 303)


@router.post("/me/invite")
async def invite(
    request: Request,
    asker: Annotated[Asker, who(Who.FACILITATOR)],
    name: Annotated[str, Form(max_length=400)] = "",
    email: Annotated[str, Form(max_length=320)] = "",
) -> Response:
    """Let another person facilitate, by a link to their address."""
    have = parts(request)
    shown, address = clean_name(name)[:LONGEST_NAME], as_address(email)
    if not shown or address is None:
        return RedirectResponse("/me?invited=incomplete#invite", 303)
    have.attempts.letter(request)
    outside = Inviting(have.directory, have.links, have.jobs, have.clock, have.ids)
    done = await invite_facilitator(asker.host, shown, address, outside)
    return RedirectResponse(f"/me?invited={'sent' if done else 'known'}#invite", 303)


async def let_in(request: Request, person: PersonId, to: str) -> Response:
    """Give the browser its cookie, in place of the one it may have had."""
    have, now = parts(request), parts(request).clock.now()
    before = await find_facilitator(request)
    old = read_secret(request, "ronde")
    if before is not None and old is not None:
        await have.directory.end_web_session(hash_of(old), now)
    secret = have.ids.secret()
    await have.directory.add_web_session(WebSession(hash_of(secret), person, None, now, now + KEPT))
    response = RedirectResponse(own_path(to), 303)
    give_secret(request, response, "ronde", secret)
    return response


def as_address(text: str) -> str | None:
    """Read an e-mail address, or None."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def passkeys_possible(request: Request) -> bool:
    """Tell whether this address can have passkeys: a name, not a number (WebAuthn §5.1.3)."""
    host = request.url.hostname or ""
    return not host.replace(".", "").isdigit() and ":" not in host


async def _passkeys(request: Request, person: PersonId) -> tuple[tuple[str, str], ...]:
    found = await parts(request).directory.passkeys_of(person)
    return tuple((each.credential.hex(), each.name) for each in found)


def _sign_in_page(request: Request, next: str) -> SignInPage:
    return SignInPage(next, "", False, False, post_of(request), passkeys_possible(request))

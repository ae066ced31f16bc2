"""Passkeys (WebAuthn level 3): a facilitator adds one, and signs in with it later; challenges serve once."""

import json
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.engine.ids import PersonId
from app.usecases.links import hash_of
from app.usecases.records import Challenge, Passkey
from app.web.deps import Asker, Who, parts, who
from app.web.routes_signin import let_in, passkeys_possible
from app.web.security import give_secret, read_secret

router = APIRouter(prefix="/passkeys")

LASTS = timedelta(minutes=5)
LARGEST = 32 * 1024  # bytes of an answer
MOST_PASSKEYS = 10


@router.post("/register/options")
async def ask_to_register(request: Request, asker: Annotated[Asker, who(Who.FACILITATOR)]) -> Response:
    """Say what the browser must sign to add a passkey."""
    host = asker.host
    known = await parts(request).directory.passkeys_of(host.id)
    if not passkeys_possible(request) or len(known) >= MOST_PASSKEYS:
        return _no()
    options = generate_registration_options(
        rp_id=_site(request),
        rp_name="Ronde",
        user_id=host.id.encode(),
        user_name=host.email or host.name,
        user_display_name=host.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each.credential) for each in known],
    )
    return await _challenge(request, options_to_json(options), options.challenge, host.id)


@router.post("/register")
async def register(request: Request, asker: Annotated[Asker, who(Who.FACILITATOR)]) -> Response:
    """Add the passkey the browser made."""
    have = parts(request)
    answer, challenge = await _answer(request), await _taken(request)
    if answer is None or challenge is None or challenge.facilitator != asker.host.id:
        return _no()
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge.value,
            expected_rp_id=_site(request),
            expected_origin=_origin(request),
            require_user_verification=True,
        )
        name = have.pages.sentences.say(have.pages.language(request), "Passkeys")
        when = have.clock.now()
        await have.directory.add_passkey(
            Passkey(
                made.credential_id,
                asker.host.id,
                made.credential_public_key,
                made.sign_count,
                f"{name} · {when.date().isoformat()}",
                when,
            )
        )
    except (WebAuthnException, ValueError, KeyError):
        return _no()
    return JSONResponse({"ok": True})


@router.post("/sign-in/options")
async def ask_to_sign_in(request: Request, asker: Annotated[Asker, who(Who.ANYONE)]) -> Response:
    """Say what the browser must sign to come in; nothing tells whether anybody has a passkey."""
    if not passkeys_possible(request):
        return _no()
    options = generate_authentication_options(
        rp_id=_site(request), user_verification=UserVerificationRequirement.REQUIRED
    )
    return await _challenge(request, options_to_json(options), options.challenge, None)


@router.post("/sign-in")
async def sign_in(request: Request, asker: Annotated[Asker, who(Who.ANYONE)]) -> Response:
    """Let the owner of the passkey in."""
    have = parts(request)
    have.attempts.allow(request)
    answer, challenge = await _answer(request), await _taken(request)
    passkey = await have.directory.find_passkey(_credential(answer)) if answer else None
    if answer is None or challenge is None or challenge.facilitator is not None or passkey is None:
        have.attempts.failed(request)
        return _no()
    try:
        proved = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge.value,
            expected_rp_id=_site(request),
            expected_origin=_origin(request),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError):
        have.attempts.failed(request)
        return _no()
    await have.directory.use_passkey(passkey.credential, proved.new_sign_count, have.clock.now())
    redirect = await let_in(request, passkey.facilitator, "/desk")
    response = JSONResponse({"ok": True})
    for cookie in redirect.headers.getlist("set-cookie"):
        response.headers.append("set-cookie", cookie)
    return response


@router.post("/{credential}/remove")
async def remove(
    request: Request, asker: Annotated[Asker, who(Who.FACILITATOR)], credential: str
) -> Response:
    """Forget one of the facilitator's own passkeys."""
    try:
        raw = bytes.fromhex(credential[:4096])
    except ValueError:
        return RedirectResponse("/me", 303)
    await parts(request).directory.remove_passkey(raw, asker.host.id)
    return RedirectResponse("/me", 303)


async def _challenge(request: Request, options: str, value: bytes, facilitator: PersonId | None) -> Response:
    have = parts(request)
    secret = have.ids.secret()
    await have.directory.put_challenge(
        Challenge(hash_of(secret), value, facilitator, have.clock.now() + LASTS)
    )
    response = Response(options, media_type="application/json")
    give_secret(request, response, "challenge", secret, keep=LASTS)
    return response


async def _taken(request: Request) -> Challenge | None:
    secret = read_secret(request, "challenge")
    have = parts(request)
    return await have.directory.take_challenge(hash_of(secret), have.clock.now()) if secret else None


async def _answer(request: Request) -> dict[str, object] | None:
    """Read the browser's answer, of a size no honest one exceeds; None for anything else."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _credential(answer: dict[str, object]) -> bytes:
    identity = answer.get("id")
    try:
        return base64url_to_bytes(identity) if isinstance(identity, str) else b""
    except ValueError:
        return b""


def _site(request: Request) -> str:
    return request.url.hostname or ""


def _origin(request: Request) -> str:
    """Name the origin the browser signs: ours as configured (a proxy may hide https), or this machine's."""
    ours: str = parts(request).settings.origin
    return (
        ours
        if urlsplit(ours).netloc == request.url.netloc
        else f"{request.url.scheme}://{request.url.netloc}"
    )


def _no() -> Response:
    response = JSONResponse({"ok": False}, 400)
    response.headers["Cache-Control"] = "no-store"
    return response

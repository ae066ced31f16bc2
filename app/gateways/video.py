"""LiveKit as the media server: passes are signed here, every question to it is bounded in time."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import aiohttp
from google.protobuf.message import DecodeError
from livekit import api
from livekit.protocol.models import TrackInfo, TrackType

from app.engine.ids import PersonId, SessionId
from app.usecases.video_port import InMedia, VideoPass, VideoUnavailable

PASS_LASTS = timedelta(minutes=12)
PATIENCE_S = 2.5  # livekit-api has no working timeout of its own
SPARE_SEATS = 2  # ghosts count as participants until the server forgets them
LIMIT = 40 + SPARE_SEATS

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class LiveKitKeys:
    """How to reach a LiveKit server; `url` is what browsers use (ws:// or wss://)."""

    url: str
    key: str
    secret: str


class LiveKitVideo:
    """The port `Video` on a LiveKit server; it connects at the first question, and `aclose` ends that."""

    configured = True

    def __init__(self, keys: LiveKitKeys) -> None:
        self._keys = keys
        self._connected: api.LiveKitAPI | None = None
        verifier = api.TokenVerifier(keys.key, keys.secret)
        self._webhooks = api.WebhookReceiver(verifier)

    async def aclose(self) -> None:
        """Close the connections to the server."""
        connected, self._connected = self._connected, None
        if connected is not None:
            await connected.aclose()

    @property
    def _api(self) -> api.LiveKitAPI:
        """Give the client, made inside the running loop as it must be."""
        if self._connected is None:
            address = self._keys.url.replace("wss://", "https://").replace("ws://", "http://")
            self._connected = api.LiveKitAPI(address, self._keys.key, self._keys.secret, failover=False)
        return self._connected

    def grant(self, session: SessionId, person: PersonId, *, may_share: bool) -> VideoPass:
        """Sign a pass; identities are our opaque ids, never names. An empty list of sources would mean *all*."""
        sources = _sources(may_share)
        grants = api.VideoGrants(
            room_join=True,
            room=session,
            can_publish=True,
            can_publish_data=False,
            can_publish_sources=sources,
        )
        token = (
            api.AccessToken(self._keys.key, self._keys.secret)
            .with_identity(person)
            .with_ttl(PASS_LASTS)
            .with_grants(grants)
            .with_room_config(
                api.RoomConfiguration(departure_timeout=120, empty_timeout=300, max_participants=LIMIT)
            )
        )
        return VideoPass(self._keys.url, token.to_jwt())

    async def is_alive(self) -> bool:
        """Ask for the list of rooms; any answer but an error is life."""
        try:
            await self._bounded(self._api.room.list_rooms(api.ListRoomsRequest()))
        except VideoUnavailable:
            return False
        return True

    async def present(self, session: SessionId) -> tuple[InMedia, ...]:
        """List the room's participants; a room that does not exist is empty."""
        try:
            asked = api.ListParticipantsRequest(room=session)
            listed = await self._bounded(self._api.room.list_participants(asked))
        except NotThere:
            return ()
        return tuple(
            InMedia(
                PersonId(one.identity),
                tuple(track.sid for track in one.tracks if _is_voice(track) and not track.muted),
                api.TrackSource.SCREEN_SHARE in one.permission.can_publish_sources,
            )
            for one in listed.participants
        )

    async def permit(self, session: SessionId, person: PersonId, *, may_share: bool) -> None:
        """Replace what a participant may do; whoever is gone gets it with the next pass."""
        named = {
            "camera": api.TrackSource.CAMERA,
            "microphone": api.TrackSource.MICROPHONE,
            "screen_share": api.TrackSource.SCREEN_SHARE,
        }
        permission = api.ParticipantPermission(
            can_subscribe=True,
            can_publish=True,
            can_publish_data=False,
            can_publish_sources=[named[each] for each in _sources(may_share)],
        )
        asked = api.UpdateParticipantRequest(room=session, identity=person, permission=permission)
        await self._forgiving(self._api.room.update_participant(asked))

    async def mute(self, session: SessionId, person: PersonId, track: str) -> None:
        """Mute one track; a person or track that is gone needs no muting."""
        asked = api.MuteRoomTrackRequest(room=session, identity=person, track_sid=track, muted=True)
        await self._forgiving(self._api.room.mute_published_track(asked))

    async def expel(self, session: SessionId, person: PersonId) -> None:
        """Remove a participant; their pass stays valid until it expires, so that the room must refuse to renew it."""
        asked = api.RoomParticipantIdentity(room=session, identity=person)
        await self._forgiving(self._api.room.remove_participant(asked))

    async def close(self, session: SessionId) -> None:
        """Delete the room."""
        await self._forgiving(self._api.room.delete_room(api.DeleteRoomRequest(room=session)))

    def hint(self, body: str, authorization: str) -> SessionId | None:
        """Verify a webhook's signature; what it says is only a reason to look, never the truth."""
        try:
            event = self._webhooks.receive(body, authorization)
        except Exception:  # noqa: BLE001 - the library raises bare Exception for a wrong hash, and others besides
            return None
        return SessionId(event.room.name) if event.room.name else None

    async def _forgiving(self, call: Awaitable[object]) -> None:
        try:
            await self._bounded(call)
        except NotThere:
            return

    async def _bounded(self, call: Awaitable[Answer]) -> Answer:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await call
        except api.TwirpError as error:
            if error.code == api.TwirpErrorCode.NOT_FOUND:
                raise NotThere from error
            raise VideoUnavailable(error.code) from error
        except (aiohttp.ClientError, DecodeError, TimeoutError, OSError) as error:
            raise VideoUnavailable(type(error).__name__) from error


def _is_voice(track: TrackInfo) -> bool:
    """Tell whether a track is heard, whatever its page calls it: pages play sound of any source, and a pass allows the camera's.

    The kind is what a page says, the codec what LiveKit receives. Sound of a screen is LiveKit's to refuse: no pass names it.
    """
    sounds = track.type == TrackType.AUDIO or track.mime_type.lower().startswith("audio/")
    return sounds and track.source != api.TrackSource.SCREEN_SHARE_AUDIO


def _sources(may_share: bool) -> list[str]:
    return ["camera", "microphone", *(["screen_share"] if may_share else [])]


class NotThere(VideoUnavailable):
    """The room or the person is not on the media server."""

"""A LiveKit in memory behind a real port: it answers, hangs, forgets and signs its webhooks as the real one does."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from google.protobuf.message import Message
from livekit import api
from livekit.protocol.models import TrackInfo, TrackSource, TrackType
from livekit.protocol.room import MuteRoomTrackResponse, RemoveParticipantResponse

KEY, SECRET = "fake", "a secret of at least thirty-two characters"


@dataclass
class FakeLiveKit:
    """Answers the room service; `hangs` makes every answer wait until it is set."""

    port: int = 0
    hangs: asyncio.Event | None = None
    people: dict[str, bool] = field(
        default_factory=dict
    )  # who is there, and whether their microphone is open
    more: dict[str, tuple[TrackInfo, ...]] = field(default_factory=dict)  # what else they publish
    asked: list[tuple[str, str]] = field(default_factory=list)
    answered: int = 0

    @property
    def url(self) -> str:
        """Give the address by which browsers would reach it."""
        return f"ws://127.0.0.1:{self.port}"

    def count(self, what: str) -> int:
        """Count the questions of one kind."""
        return sum(kind == what for kind, _ in self.asked)

    def webhook(self, session: str, event: str, secret: str = SECRET) -> tuple[str, str]:
        """Write a webhook as LiveKit does: the body and its signature."""
        body = f'{{"event":"{event}","room":{{"name":"{session}"}},"id":"EV_{event}"}}'
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        return body, api.AccessToken(KEY, secret).with_sha256(digest).to_jwt()

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one call of the room service."""
        what, body = request.match_info["what"], await request.read()
        said: Message
        match what:
            case "ListRooms":
                self.asked.append((what, ""))
                said = api.ListRoomsResponse()
            case "ListParticipants":
                self.asked.append((what, api.ListParticipantsRequest.FromString(body).room))
                said = api.ListParticipantsResponse(participants=[self._info(who) for who in self.people])
            case "MutePublishedTrack":
                muted = api.MuteRoomTrackRequest.FromString(body)
                self.asked.append((what, muted.identity))
                self._mute(muted.identity, muted.track_sid)
                said = MuteRoomTrackResponse()
            case "RemoveParticipant":
                removed = api.RoomParticipantIdentity.FromString(body)
                self.asked.append((what, removed.identity))
                self.people.pop(removed.identity, None)
                said = RemoveParticipantResponse()
            case "UpdateParticipant":
                updated = api.UpdateParticipantRequest.FromString(body)
                self.asked.append((what, updated.identity))
                said = api.ParticipantInfo(identity=updated.identity)
            case "DeleteRoom":
                self.asked.append((what, api.DeleteRoomRequest.FromString(body).room))
                said = api.DeleteRoomResponse()
            case _:
                return web.json_response({"code": "unimplemented", "msg": what}, status=501)
        if self.hangs is not None:
            await self.hangs.wait()
        self.answered += 1
        return web.Response(body=said.SerializeToString(), content_type="application/protobuf")

    def _info(self, who: str) -> api.ParticipantInfo:
        microphone = TrackInfo(
            sid=f"TR_{who}",
            type=TrackType.AUDIO,
            source=TrackSource.MICROPHONE,
            mime_type="audio/red",
            muted=not self.people[who],
        )
        return api.ParticipantInfo(identity=who, tracks=[microphone, *self.more.get(who, ())])

    def _mute(self, who: str, sid: str) -> None:
        if sid == f"TR_{who}":
            self.people[who] = False
        for track in self.more.get(who, ()):
            track.muted = track.muted or track.sid == sid


@asynccontextmanager
async def fake_livekit() -> AsyncIterator[FakeLiveKit]:
    """Serve one on a free port."""
    fake = FakeLiveKit()
    application = web.Application()
    application.router.add_post("/twirp/livekit.RoomService/{what}", fake.answer)
    runner = web.AppRunner(application, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.port = runner.addresses[0][1]
    try:
        yield fake
    finally:
        if fake.hangs is not None:
            fake.hangs.set()
        await runner.cleanup()

"""Builds every object once and hands them inward: the only place that knows all the parts."""

import asyncio
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

import app.web
from app.background import Run, keep_going
from app.config import Settings
from app.engine.ids import PersonId, SessionId
from app.gateways.calendar import calendar_entry
from app.gateways.cipher import InstallationCipher, installation_key
from app.gateways.clock import RandomIds, SystemClock
from app.gateways.heartbeat import FilePulse
from app.gateways.i18n import Catalogues
from app.gateways.links import DerivedLinks
from app.gateways.mail import Outbox, SmtpMailer, TemplateLetters
from app.gateways.no_video import NoVideo
from app.gateways.pdf import TypstPdf
from app.gateways.protocol_files import ProtocolFiles
from app.gateways.qr import qr_svg
from app.gateways.turn import Relays
from app.gateways.video import LiveKitKeys, LiveKitVideo
from app.handlers import handlers
from app.realtime import measures
from app.realtime.bus import Bus
from app.realtime.connection import Doorway
from app.realtime.continuity import Continuity
from app.realtime.heart import beat_for_ever
from app.realtime.hub import Hub
from app.realtime.messages import LARGEST_FRAME
from app.realtime.microphones import Reconciler
from app.realtime.presence import RollCall
from app.realtime.revocations import Revocations
from app.realtime.ticker import Ticker
from app.realtime.wire import RoomProtocol
from app.realtime.words import SpokenWords
from app.rehearsal.begin import StagedRehearsals
from app.store.database import Database, open_database
from app.store.documents import StoredDocuments
from app.store.event_log import StoredLog
from app.store.job_queue import StoredJobs
from app.store.pulse import StoredPulse
from app.usecases.plan_session import Planner
from app.usecases.ports import Clock, Directory, Documents, Ids, Jobs, Mailer, Pulse
from app.usecases.records import TokenHash
from app.usecases.run_session import Rooms
from app.usecases.send_letters import CalendarEntry, Post
from app.usecases.tidy_up import tidying
from app.usecases.video_port import Video
from app.watched_directory import WatchedDirectory
from app.web import errors
from app.web.attempts import Attempts
from app.web.rendering import Pages
from app.web.static_files import BuiltFiles
from app.web.times import FILTERS
from app.worker import Worker

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything the pages and the live room work with."""

    settings: Settings
    clock: Clock
    ids: Ids
    database: Database
    log: StoredLog
    directory: Directory
    documents: Documents
    jobs: Jobs
    protocols: ProtocolFiles
    links: DerivedLinks
    pdf: TypstPdf
    pages: Pages
    attempts: Attempts
    rooms: Rooms
    hub: Hub
    doorway: Doorway
    video: Video
    relays: Relays
    continuity: Continuity
    reconciler: Reconciler
    ticker: Ticker
    worker: Worker
    bus: Bus
    revocations: Revocations
    pulse: Pulse
    mailer: Mailer
    qr: Callable[[str], bytes]
    calendar: CalendarEntry
    rehearsals: StagedRehearsals
    ready: Callable[[], Awaitable[None]]
    hinted: Callable[[SessionId], None]


def build(settings: Settings, clock: Clock, video: Video | None = None) -> Parts:
    """Build every part; nothing is connected yet. Raises GatewayError when the installation key is damaged."""
    ids = RandomIds()
    key = installation_key(settings.data / "installation.key")
    cipher = InstallationCipher(key)
    database = open_database(settings.database)
    log = StoredLog(database, cipher, ids.new)
    sentences = Catalogues()
    say = partial(_say, sentences)
    hub = Hub(clock, lambda lang, code: say(lang, code, {}), epoch=ids.new())
    measures.SOCKETS.set_function(hub.count)
    directory = WatchedDirectory(database, hub)
    jobs = StoredJobs(database, ids.new)
    links = DerivedLinks(key)
    protocols = ProtocolFiles(settings.data / "protocols", directory)
    rooms = Rooms(log, protocols, clock)
    roll = RollCall(rooms, clock)
    rooms.subscribe(hub.publish)
    video = video or _video(settings)
    continuity = Continuity(rooms, hub, video, clock)
    hub.live = continuity.live
    words = SpokenWords(rooms, sentences.choose)
    reconciler = Reconciler(rooms, hub, video, clock, partial(_has_way_in, directory))
    directory.put_out = reconciler.put_out
    mailer = (
        SmtpMailer(settings.smtp, settings.mail_from, clock)
        if settings.smtp
        else Outbox(settings.mail_from, clock)
    )
    writer = TemplateLetters(sentences, FILTERS)
    post = Post(directory, links, clock, writer, calendar_entry, mailer, settings.origin, rooms)
    return Parts(
        settings=settings,
        clock=clock,
        ids=ids,
        database=database,
        log=log,
        directory=directory,
        documents=StoredDocuments(database, cipher),
        jobs=jobs,
        protocols=protocols,
        links=links,
        pdf=TypstPdf(),
        pages=Pages(sentences),
        attempts=Attempts(),
        rooms=rooms,
        hub=hub,
        doorway=Doorway(
            rooms, hub, roll, clock, ids, words, say, continuity.heard, partial(_is_in, directory, clock)
        ),
        video=video,
        relays=Relays(settings.turn_urls, settings.turn_secret, settings.relay_only),
        continuity=continuity,
        reconciler=reconciler,
        ticker=Ticker(rooms, directory, hub, roll, clock),
        worker=Worker(jobs, clock, handlers(rooms, log, directory, jobs, clock, post)),
        bus=Bus(rooms, log),
        revocations=Revocations(directory, hub, clock),
        pulse=(
            FilePulse(settings.data / "alive", clock)
            if _is_alone(settings)
            else StoredPulse(database, clock, ids.new())
        ),
        mailer=mailer,
        qr=qr_svg,
        calendar=calendar_entry,
        rehearsals=StagedRehearsals(
            Planner(directory, rooms, jobs, links, clock, ids), protocols, _base(settings), settings.origin
        ),
        ready=database.ping,
        hinted=reconciler.hinted,
    )


Greet = Callable[[Parts], Awaitable[None]]


def create_app(
    settings: Settings, clock: Clock | None = None, greet: Greet | None = None, video: Video | None = None
) -> FastAPI:
    """Make the web application; its parts are built now, its tasks run while it serves; `greet` is called at its start."""
    application = FastAPI(title="Ronde", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan)
    if clock is None:
        clock = steady = SystemClock()
        measures.DRIFT.set_function(lambda: steady.drift().total_seconds())
    application.state.parts = build(settings, clock, video)
    application.state.greet = greet
    errors.install(application, settings.origin, settings.livekit_url)
    for module in sorted(each.name for each in pkgutil.iter_modules(app.web.__path__)):
        if module.startswith("routes_"):
            application.include_router(import_module(f"app.web.{module}").router)
    application.mount("/static", GZipMiddleware(BuiltFiles(directory=STATIC)), name="static")
    return application


def server(application: FastAPI, host: str, port: int) -> uvicorn.Server:
    """Make the server for an application: our socket protocol, no compression of frames, bounded frames, quiet logs."""
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        loop="uvloop",
        ws=RoomProtocol,
        ws_max_size=LARGEST_FRAME,
        ws_per_message_deflate=False,
        ws_ping_interval=None,  # browsers cannot see protocol pings: the heartbeat is ours
        access_log=False,  # its lines would hold the tokens of personal links
        log_config=None,  # `start_logging` filters these lines too
        log_level="warning",
        proxy_headers=True,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)


@asynccontextmanager
async def _lifespan(application: FastAPI) -> AsyncIterator[None]:
    """Take up the open sessions, run the background tasks, and finish what is being written at the end."""
    parts: Parts = application.state.parts
    await parts.ticker.start(await parts.pulse.last(), parts.ids.new())
    await parts.jobs.enqueue((tidying(parts.clock.now()),), parts.clock.now())
    if application.state.greet is not None:
        await application.state.greet(parts)
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [
                tasks.create_task(keep_going(kind, run), name=kind) for kind, run in _endless(parts).items()
            ]
            yield
            for task in running:
                task.cancel()
    finally:
        await parts.video.aclose()
        await parts.log.close()
        await parts.database.close()
        parts.pdf.close()


def _endless(parts: Parts) -> Mapping[str, Run]:
    """Name what goes on as long as the server does."""
    of_every_node: dict[str, Run] = {
        "ticker": parts.ticker.run,
        "worker": parts.worker.run,
        "heart": partial(beat_for_ever, parts.pulse),
        "rehearsals": parts.rehearsals.run,
        "continuity": parts.continuity.run,
        "microphones": parts.reconciler.run,
    }
    of_several: dict[str, Run] = {"bus": parts.bus.run, "revocations": parts.revocations.run}
    return of_every_node if _is_alone(parts.settings) else of_every_node | of_several


def _is_alone(settings: Settings) -> bool:
    """Tell whether this is the only process that serves: a database file is not shared."""
    return settings.database.startswith("sqlite")


def _video(settings: Settings) -> Video:
    """Connect to LiveKit where it is configured."""
    if not settings.livekit_url:
        return NoVideo()
    return LiveKitVideo(LiveKitKeys(settings.livekit_url, settings.livekit_key, settings.livekit_secret))


def _base(settings: Settings) -> str:
    """Say where this server is reached from its own machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - compared, not listened on
    return f"http://{host}:{settings.port}"


async def _is_in(directory: Directory, clock: Clock, token: TokenHash) -> bool:
    return await directory.find_web_session(token, clock.now()) is not None


async def _has_way_in(directory: Directory, session: SessionId, person: PersonId) -> bool:
    """Tell whether a seat's newest link was not revoked; whoever came without one has a way in."""
    return all(each.revoked_at is None for each in await directory.joins_of(session) if each.person == person)


def _say(sentences: Catalogues, lang: str, code: str, details: dict[str, Any]) -> str:
    return sentences.say(sentences.choose(lang), code, **details)

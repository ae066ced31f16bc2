"""Names the use case of each kind of job, for the worker."""

from datetime import datetime

from app.engine.ids import PersonId, SessionId
from app.usecases.change_session import CANCELLED_JOB, CHANGED_JOB, REMOVED_JOB
from app.usecases.plan_session import INVITATION_JOB
from app.usecases.ports import Clock, Directory, EventLog, Jobs
from app.usecases.records import Job
from app.usecases.run_session import CLOSE_JOB, Rooms
from app.usecases.send_letters import (
    Post,
    send_cancellation,
    send_change,
    send_invitation,
    send_removal,
    send_sign_in,
)
from app.usecases.sign_in import SIGN_IN_JOB
from app.usecases.tidy_up import TIDY_JOB, tidy_up
from app.usecases.write_report import close_session
from app.worker import Handler


def handlers(
    rooms: Rooms, log: EventLog, directory: Directory, jobs: Jobs, clock: Clock, post: Post
) -> dict[str, Handler]:
    """Name the use case of each kind of job."""

    async def close(job: Job) -> None:
        await close_session(SessionId(job.payload["session"]), rooms, log, directory, clock)

    async def invite(job: Job) -> None:
        await send_invitation(SessionId(job.payload["session"]), PersonId(job.payload["person"]), post)

    async def change(job: Job) -> None:
        told = job.payload
        was = datetime.fromisoformat(told["was"])
        await send_change(
            SessionId(told["session"]), PersonId(told["person"]), told["at"], was, told["what"], post
        )

    async def remove(job: Job) -> None:
        told = job.payload
        await send_removal(SessionId(told["session"]), PersonId(told["person"]), told["at"], post)

    async def cancel(job: Job) -> None:
        told = job.payload
        await send_cancellation(SessionId(told["session"]), PersonId(told["person"]), told["at"], post)

    async def sign_in(job: Job) -> None:
        await send_sign_in(PersonId(job.payload["facilitator"]), job.payload["issued"], post)

    async def tidy(job: Job) -> None:
        await tidy_up(directory, log, rooms, jobs, clock)

    return {
        CLOSE_JOB: close,
        INVITATION_JOB: invite,
        CHANGED_JOB: change,
        REMOVED_JOB: remove,
        CANCELLED_JOB: cancel,
        SIGN_IN_JOB: sign_in,
        TIDY_JOB: tidy,
    }

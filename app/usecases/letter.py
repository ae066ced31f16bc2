"""What a letter is: one person's mail, in their language, with the files that go with it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to one person, in one language."""

    to: str
    name: str
    lang: str
    subject: str
    text: str
    html: str
    key: str  # makes its Message-ID, so that sending twice is seen as one letter
    attachments: tuple[Attachment, ...] = field(default=())

"""The shape of a protocol file: what may stand in it, how long and how much; strict, and nothing else."""

from typing import Annotated, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.engine.protocol import Guard, Kind, Role, Sight, Stage, SubjectChoice, Voice

Language = Literal["fr", "en", "de", "nl", "es"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
Spoken = dict[Language, str]


def _has_words(texts: Spoken) -> Spoken:
    if "fr" not in texts and "en" not in texts:
        raise PydanticCustomError("no-words", "French or English is missing")
    return texts


def _spread(value: object) -> object:
    """Read a bare number of minutes as: half of it at least, twice at most."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return {"least": value / 2, "default": value, "most": value * 2}


def _roles(value: object) -> object:
    """Read the word `everyone` as every role, and a single role as a list of one."""
    if value == "everyone":
        return [role.value for role in Role]
    return [value] if isinstance(value, str) else value


Title = Annotated[
    dict[Language, Annotated[str, Field(min_length=1, max_length=60)]], AfterValidator(_has_words)
]
Sentence = Annotated[
    dict[Language, Annotated[str, Field(min_length=1, max_length=240)]], AfterValidator(_has_words)
]
Speech = Annotated[
    dict[Language, Annotated[str, Field(min_length=1, max_length=1200)]], AfterValidator(_has_words)
]
Span = Annotated[float, Field(ge=0.25, le=240, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, str_strip_whitespace=True)


class MinutesFile(_Strict):
    """How many minutes a phase may, should and can last."""

    least: Span
    default: Span
    most: Span

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.least <= self.default <= self.most:
            raise PydanticCustomError("minutes-order", "least, default and most are not in order")
        return self


Length = Annotated[
    MinutesFile,
    BeforeValidator(_spread),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0.25, "maximum": 240},
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["least", "default", "most"],
                    "properties": {
                        key: {"type": "number", "minimum": 0.25, "maximum": 240}
                        for key in ("least", "default", "most")
                    },
                },
            ]
        }
    ),
]
Roles = Annotated[
    frozenset[Annotated[Role, Field(strict=False)]],
    Field(min_length=1, strict=False),  # what a before-validator returns is no longer JSON
    BeforeValidator(_roles),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": ["everyone", *(role.value for role in Role)]},
                {"type": "array", "minItems": 1, "items": {"enum": [role.value for role in Role]}},
            ]
        }
    ),
]


CAPTURED = tuple(kind.value for kind in Kind if kind is not Kind.SPEECH)
"""What a phase can ask for in writing; speech is there whenever sound is not."""


def _captured(value: object) -> object:
    if isinstance(value, str) and value not in CAPTURED:
        raise PydanticCustomError("literal_error", "one of {expected}", {"expected": ", ".join(CAPTURED)})
    return value


Captured = Annotated[
    Kind,
    Field(strict=False),  # what a before-validator returns is no longer JSON
    BeforeValidator(_captured),
    WithJsonSchema({"description": "What a person can write.", "enum": list(CAPTURED), "type": "string"}),
]


class CaptureFile(_Strict):
    """What may be written during a phase, by whom, for whose eyes."""

    kind: Captured
    by: Roles
    sight: Sight


class PhaseFile(_Strict):
    """One timed part of a session."""

    id: Name
    step: Name | None = None
    title: Title
    purpose: Sentence
    minutes: Length
    voice: Voice
    stage: Stage = Stage.ON
    say: Speech
    guidance: dict[Role, Sentence] = Field(default_factory=dict)
    prompts: dict[Role, Annotated[tuple[Sentence, ...], Field(min_length=1, max_length=12)]] = Field(
        default_factory=dict
    )
    captures: Annotated[tuple[CaptureFile, ...], Field(max_length=12)] = ()
    guards: frozenset[Guard] = frozenset()
    protected: bool = False
    is_break: bool = Field(default=False, alias="break")


class BlockFile(_Strict):
    """Phases that follow each other, once or once for each client."""

    repeat: Literal["client"] | None = None
    phases: Annotated[tuple[PhaseFile, ...], Field(min_length=1, max_length=30)]


class PeopleFile(_Strict):
    """How many sit at the table, without the facilitator."""

    least: Annotated[int, Field(ge=2, le=20)]
    most: Annotated[int, Field(ge=2, le=20)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least > self.most:
            raise PydanticCustomError("people-order", "least is more than most")
        return self


class ProtocolFile(_Strict):
    """A way of holding a session of peer co-development, as one file."""

    id: Name
    version: Annotated[int, Field(ge=1, le=9999)]
    title: Title
    purpose: Speech
    basis: Speech
    label: Sentence | None = None
    people: PeopleFile
    subject: SubjectChoice
    rounds: Annotated[int, Field(ge=1, le=8)] = 1
    phases: Annotated[tuple[PhaseFile, ...], Field(min_length=1, max_length=30)] | None = None
    blocks: Annotated[tuple[BlockFile, ...], Field(min_length=1, max_length=8)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.phases is None) == (self.blocks is None):
            raise PydanticCustomError("phases-or-blocks", "either phases or blocks")
        return self

"""Facilitators' own files are read without a restart, and a session's protocol outlives its file."""

from pathlib import Path

import pytest

from app.gateways.protocol_files import SHIPPED, ProtocolFiles
from app.usecases.ports import UnknownProtocol
from app.usecases.protocol_library import NotSaved

OURS = (
    (SHIPPED / "codev-flash.yaml")
    .read_text(encoding="utf-8")
    .replace("id: codev-flash", "id: notre-flash", 1)
)


class FakePins:
    """Keeps contents in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def keep_protocol(self, content_hash: str, source: str) -> None:
        self.kept.setdefault(content_hash, source)

    async def find_protocol(self, content_hash: str) -> str | None:
        return self.kept.get(content_hash)


async def test_shipped_protocols_are_listed_the_default_first(tmp_path: Path) -> None:
    listed = [protocol.id for protocol in await ProtocolFiles(tmp_path / "none").all()]
    assert listed[:4] == ["codev-75", "codev-express", "codev-classic", "codev-flash"]
    assert len(listed) == 9


async def test_a_file_dropped_into_the_folder_is_there_at_the_next_look(tmp_path: Path) -> None:
    library = ProtocolFiles(tmp_path)
    assert await library.find("notre-flash") is None
    (tmp_path / "a.yaml").write_text(OURS, encoding="utf-8")
    assert await library.find("notre-flash") is not None
    assert library.own() == {"notre-flash"}


async def test_a_file_that_becomes_faulty_keeps_its_last_good_version_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(OURS, encoding="utf-8")
    library = ProtocolFiles(tmp_path)
    good = await library.find("notre-flash")
    path.write_text(OURS.replace("version: 1", "version: un", 1), encoding="utf-8")
    assert await library.find("notre-flash") == good
    assert [(problem.file, problem.code) for problem in library.problems()] == [("a.yaml", "not-whole")]
    path.write_text(OURS.replace("version: 1", "version: 2", 1), encoding="utf-8")
    newer = await library.find("notre-flash")
    assert newer is not None
    assert (newer.version, library.problems()) == (2, ())


async def test_a_removed_file_leaves_the_list_and_stays_readable_by_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(OURS, encoding="utf-8")
    library = ProtocolFiles(tmp_path)
    found = await library.find("notre-flash")
    assert found is not None
    path.unlink()
    assert await library.find("notre-flash") is None
    assert await library.get(found.content_hash) == found


async def test_a_content_found_once_is_pinned_for_the_next_process(tmp_path: Path) -> None:
    pins = FakePins()
    path = tmp_path / "a.yaml"
    path.write_text(OURS, encoding="utf-8")
    found = await ProtocolFiles(tmp_path, pins).find("notre-flash")
    assert found is not None
    path.unlink()
    assert await ProtocolFiles(tmp_path, pins).get(found.content_hash) == found


async def test_an_unknown_hash_is_said_to_be_unknown(tmp_path: Path) -> None:
    with pytest.raises(UnknownProtocol):
        await ProtocolFiles(tmp_path, FakePins()).get("0" * 64)


async def test_an_own_file_cannot_take_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    shipped = await ProtocolFiles().find("codev-75")
    copy = (SHIPPED / "codev-75.yaml").read_text(encoding="utf-8").replace("version: 1", "version: 9", 1)
    (tmp_path / "a.yaml").write_text(copy, encoding="utf-8")
    library = ProtocolFiles(tmp_path)
    assert await library.find("codev-75") == shipped
    assert [problem.code for problem in library.problems()] == ["id-taken"]


async def test_saving_writes_a_sound_file_whole_and_replaces_the_older_one(tmp_path: Path) -> None:
    library = ProtocolFiles(tmp_path / "new")
    assert library.save(OURS.encode()).id == "notre-flash"
    assert library.save(OURS.replace("version: 1", "version: 2", 1).encode()).version == 2
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["notre-flash.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("version: 1", "version: un", "not-whole"), ("id: notre-flash", "id: codev-75", "id-taken")],
)
def test_saving_refuses_faults_and_taken_names(tmp_path: Path, old: str, new: str, code: str) -> None:
    with pytest.raises(NotSaved) as refused:
        ProtocolFiles(tmp_path).save(OURS.replace(old, new, 1).encode())
    assert refused.value.problem.code == code
    assert list(tmp_path.iterdir()) == []


def test_saving_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotSaved) as refused:
        ProtocolFiles(tmp_path / "file" / "below").save(OURS.encode())
    assert refused.value.problem.code == "not-written"

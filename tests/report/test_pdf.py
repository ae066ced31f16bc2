"""Looks inside printed documents: standards, structure, fonts, and every text somebody might type."""

from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from app.gateways.i18n import Catalogues
from app.gateways.pdf import LONGEST_WORD, TypstPdf, font_folders, latin_only, printable, unprintable
from app.usecases.write_report import Report
from app.web.report_words import Words
from tests.report.samples import PLAN, SHEET

HOSTILE = {
    "emoji": "Bravo 😀 👨‍👩‍👧 🇫🇷 ❤️ 👍🏽 1️⃣ ✓ → ★",
    "chinese": "先写三栏：已决定、未决定、何时知道。日本語と한국어も。",
    "arabic": "أكتب ثلاثة أعمدة ثم أتكلم مع فريقي",
    "hebrew": "לכתוב שלוש עמודות ולדבר עם הצוות",
    "cyrillic": "Написать три колонки. Ελληνικά. हिन्दी",
    "rare": "ไทย ქართული \U00013000 \ue000 \U0010fffd \U000e0001",
    "control": "a\x00b\x07c\x1b[31md\u202eevil\u2066x\ufeff\ud7ff",
    "combining": "Z̴̢͈̹̓a̷̛͕l̵̞͝g̶o" + "\u0301" * 200,
    "markup": '#set page(width: 1cm) #include "x" $x^2$ *gras* _it_ `code` <lab> @ref \\u{0} // /* */ ]] }}',
    "long": "mot " * 2500,
    "endless": "x" * 10_000,
    "endless emoji": "😀" * 2_000,
    "lines": "un\ndeux\r\ntrois\u2028quatre\tcinq\n\n\nsix",
    "blank": " \u200b\u200d\ufe0f ",
}


@pytest.fixture(scope="module")
def words() -> dict[str, Words]:
    catalogues = Catalogues()
    return {lang: Words(catalogues, lang) for lang in ("fr", "en")}


@pytest.fixture
async def pdf() -> AsyncIterator[TypstPdf]:
    printer = TypstPdf()
    yield printer
    printer.close()


def _read(printed: bytes) -> PdfReader:
    assert printed.startswith(b"%PDF-")
    return PdfReader(BytesIO(printed))


def _root(reader: PdfReader) -> Any:
    root: Any = reader.trailer["/Root"]
    return root


def _tags(node: Any) -> Iterator[tuple[str, str]]:
    """Walk the structure tree: each tag with its title."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for inner in node:
            yield from _tags(inner)
    elif isinstance(node, dict) and "/S" in node:
        yield str(node["/S"]), str(node.get("/T", ""))
        yield from _tags(node.get("/K", []))


def _text(reader: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_a_plan_is_an_accessible_archive_in_the_readers_language(
    pdf: TypstPdf, words: dict[str, Words], lang: str
) -> None:
    reader = _read(await pdf.render("plan", words[lang].printed(PLAN, None), lang))
    root = _root(reader)
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert root["/Lang"] == lang
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert words[lang].heading(PLAN) in str(reader.metadata.title)
    box = reader.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)


async def test_a_screen_reader_finds_headings_steps_and_pairs(pdf: TypstPdf, words: dict[str, Words]) -> None:
    reader = _read(await pdf.render("plan", words["fr"].printed(PLAN, None), "fr"))
    tags = list(_tags(_root(reader)["/StructTreeRoot"]["/K"]))
    headings = [(tag, title) for tag, title in tags if tag in ("/H1", "/H2")]
    assert headings[0] == ("/H1", "Deux petits pas")
    assert [title for tag, title in headings if tag == "/H2"] == [
        "1 Écrire les trois colonnes",
        "2 Parler d’abord à Inès",
        "Idées gardées",
        "Ce que j’emporte",
        "La suite",
    ]
    assert sum(tag == "/Lbl" for tag, _ in tags) >= 6


async def test_every_font_is_embedded(pdf: TypstPdf, words: dict[str, Words]) -> None:
    reader = _read(await pdf.render("plan", words["fr"].printed(PLAN, None), "fr"))
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]  # pypdf's objects are untyped
    ]
    assert fonts
    assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
    assert all("AtkinsonHyperlegibleNext" in str(font["/FontName"]) for font in fonts)


async def test_the_plan_says_everything_its_client_wrote(pdf: TypstPdf, words: dict[str, Words]) -> None:
    text = _text(_read(await pdf.render("plan", words["fr"].printed(PLAN, None), "fr"))).replace(
        "\u202f", " "
    )
    said = [PLAN.request, *PLAN.ideas, *(each.text for each in PLAN.learnings)]
    said += [text for action in PLAN.actions for name, text in action.details.items() if name != "follow_up"]
    flat = " ".join(text.split())
    for sentence in said:
        assert " ".join(sentence.split()) in flat
    assert "jeudi 17 décembre 2026" in flat
    assert "secret" not in flat


async def test_a_sheet_of_learnings_holds_no_plan(pdf: TypstPdf, words: dict[str, Words]) -> None:
    text = _text(_read(await pdf.render("learnings", words["en"].printed(SHEET, None), "en")))
    assert "What I take with me" in text
    assert "What I learned" in text
    assert "Your request" not in text
    assert "Ideas kept" not in text


async def test_the_same_plan_prints_the_same_bytes(pdf: TypstPdf, words: dict[str, Words]) -> None:
    data = words["fr"].printed(PLAN, None)
    assert await pdf.render("plan", data, "fr") == await pdf.render("plan", data, "fr")


@pytest.mark.parametrize("empty", [True, False])
async def test_an_empty_document_leaves_lines_to_write_by_hand(
    pdf: TypstPdf, words: dict[str, Words], empty: bool
) -> None:
    kind = (PLAN if empty else SHEET).kind
    nothing = Report(kind, "Cercle Meuse", 4, PLAN.held_at, PLAN.zone, "Nadia")
    reader = _read(await pdf.render(kind.value, words["fr"].printed(nothing, None), "fr"))
    assert len(reader.pages) == 1
    assert "Ces lignes sont à vous." in _text(reader)


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE)
async def test_whatever_people_type_is_printed_to_the_standard(
    pdf: TypstPdf, words: dict[str, Words], typed: str
) -> None:
    data = words["fr"].printed(PLAN, None)
    data |= {
        "reader": typed[:60], "title": typed[:200], "heading": typed[:120], "request": typed,
        "actions": [{"title": typed[:400], "details": [{"term": "Quand", "text": typed}]}],
        "ideas": [typed], "learnings": [{"title": "Appris", "texts": [typed]}],
    }  # fmt: skip
    reader = _read(await pdf.render("plan", data, "fr"))
    assert "pdfuaid" in _root(reader)["/Metadata"].get_object().get_data().decode()
    assert len(reader.pages) >= 1


async def test_markup_stays_what_was_typed(pdf: TypstPdf, words: dict[str, Words]) -> None:
    data = words["fr"].printed(PLAN, None) | {"request": HOSTILE["markup"]}
    text = _text(_read(await pdf.render("plan", data, "fr")))
    assert "#set page(width: 1cm)" in text
    assert "*gras* _it_" in text


async def test_other_alphabets_are_printed_not_replaced(pdf: TypstPdf, words: dict[str, Words]) -> None:
    data = words["fr"].printed(PLAN, None) | {
        "ideas": ["先写三栏", "Написать", "Ελληνικά", "日本語", "한국어", "😀"]
    }
    text = _text(_read(await pdf.render("plan", data, "fr")))
    for word in data["ideas"]:
        assert word in text
    assert "□" not in text


async def test_a_sign_no_font_has_becomes_a_box_and_nothing_else_does(
    pdf: TypstPdf, words: dict[str, Words]
) -> None:
    data = words["fr"].printed(PLAN, None) | {"ideas": ["hier\U00013000oglyphe et 先写"]}
    text = _text(_read(await pdf.render("plan", data, "fr")))
    assert "hier□oglyphe et 先写" in text


async def test_without_any_font_of_ours_a_document_still_comes_out(words: dict[str, Words]) -> None:
    printer = TypstPdf(fonts=())
    printed = await printer.render("plan", words["fr"].printed(PLAN, None) | {"ideas": ["先写 😀"]}, "fr")
    printer.close()
    assert "Deux petits pas" in _text(_read(printed))


def test_the_fonts_of_print_are_installed() -> None:
    assert len(font_folders()) == 3, "run `python3 dev.py setup`"


def test_no_line_is_longer_than_the_paper() -> None:
    softened = printable("y" * 1000)
    assert max(map(len, softened.split("\u200b"))) <= LONGEST_WORD
    assert softened.replace("\u200b", "") == "y" * 1000
    assert printable("court et simple") == "court et simple"


def test_marks_do_not_climb_over_the_page() -> None:
    assert len(printable("o" + "\u0301" * 200)) < 8
    assert printable("Việt Nam, שָׁלוֹם") == "Việt Nam, שָׁלוֹם"


def test_signs_are_read_from_the_complaint_of_typst() -> None:
    complaint = (
        'error: the text `"\\u{e000}"` could not be …\n the text `"\\"\\\\"` could … codepoint `"\\u{0}"`'
    )
    assert unprintable(complaint) == {"\ue000", '"\\', "\x00"}
    assert latin_only("Été « œuvre » 先") == "Été « œuvre » ?"


def test_templates_hold_no_sentence_of_any_language() -> None:
    """Every word on paper comes from the catalogue, so that each reader gets their own language."""
    for path in (Path(__file__).parents[2] / "app" / "templates" / "report").glob("*.typ"):
        code = "\n".join(line.split("//")[0] for line in path.read_text().splitlines())
        assert not [sign for sign in code if sign in "éèàêçÉ"], path.name

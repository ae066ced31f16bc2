"""Measures how long a plan takes to print: with typst as Ronde does, and with WeasyPrint from the same words as HTML."""

import json
import subprocess
import sys
from html import escape
from importlib.util import find_spec
from statistics import median
from typing import Any

from devtools.steps import ROOT

ROUNDS = 20


def measure(kind: str) -> dict[str, float] | None:
    """Print in a new process: milliseconds of the first page, imports included, and of a warm one; None without the library."""
    if kind == "weasyprint" and find_spec("weasyprint") is None:
        return None
    told = subprocess.run(
        [sys.executable, "-c", f"from bench.paper import {kind}; {kind}()"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if told.returncode:
        print(told.stderr.strip().splitlines()[-1], file=sys.stderr)
        return None
    found: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return found


def typst() -> None:
    """Print with Ronde's own gateway."""
    import asyncio
    from time import perf_counter

    started = perf_counter()
    from app.gateways.pdf import TypstPdf

    async def run() -> None:
        pdf = TypstPdf()
        await pdf.render("plan", plan(0), "fr")
        cold = perf_counter() - started
        warm = []
        for number in range(1, ROUNDS + 1):
            at = perf_counter()
            await pdf.render("plan", plan(number), "fr")
            warm.append(perf_counter() - at)
        pdf.close()
        _tell(cold, warm)

    asyncio.run(run())


def weasyprint() -> None:
    """Print the same words with WeasyPrint, tagged as PDF/UA."""
    from time import perf_counter

    started = perf_counter()
    from weasyprint import HTML  # type: ignore[import-not-found, import-untyped, unused-ignore]  # only in requirements/bench.txt
    from weasyprint.text.fonts import (  # type: ignore[import-not-found, import-untyped, unused-ignore]
        FontConfiguration,
    )

    fonts = FontConfiguration()
    HTML(string=_page(plan(0))).write_pdf(font_config=fonts, pdf_variant="pdf/ua-1")
    cold = perf_counter() - started
    warm = []
    for number in range(1, ROUNDS + 1):
        at = perf_counter()
        HTML(string=_page(plan(number))).write_pdf(font_config=fonts, pdf_variant="pdf/ua-1")
        warm.append(perf_counter() - at)
    _tell(cold, warm)


def _tell(cold: float, warm: list[float]) -> None:
    print(json.dumps({"cold_ms": round(cold * 1000, 1), "warm_ms": round(median(warm) * 1000, 1)}))


def plan(number: int) -> dict[str, Any]:
    """Write a plan of ordinary length; each number makes it another plan, so that nothing is remembered."""
    details = [("Quand", "vendredi, avant midi"), ("Avec qui", "Paul, mon adjoint")]
    details += [
        ("Je le saurai", "quand il pourra les redire sans moi"),
        ("Ce qui gênerait", "vouloir bien faire"),
    ]
    texts = ("request", "belongs", "empty", "ideas", "learnings", "after", "next", "return")
    return {
        "reader": "Nadia", "title": f"Le plan de Nadia, séance {number}", "heading": "Deux petits pas",
        "request": f"Aidez-moi à annoncer la réorganisation {number} sans promettre ce que je ne maîtrise pas.",
        "actions": [
            {"title": f"Écrire les trois colonnes, {number}", "details": [{"term": t, "text": x} for t, x in details]}
            for _ in range(2)
        ],
        "ideas": [f"Dire ce que je ne sais pas encore, et quand je le saurai ({number}, {each})." for each in range(5)],
        "learnings": [{"title": "Ce que j’ai appris", "texts": ["Mon silence inquiétait plus que la nouvelle."]}],
        "next": "jeudi 17 décembre 2026", "words": {"open": "«\u00a0", "close": "\u00a0»", **{t: t for t in texts}},
    }  # fmt: skip


def _page(data: dict[str, Any]) -> str:
    """Write the same plan as a plain HTML page."""
    steps = "".join(
        f"<h2>{escape(each['title'])}</h2><dl>"
        + "".join(f"<dt>{escape(d['term'])}</dt><dd>{escape(d['text'])}</dd>" for d in each["details"])
        + "</dl>"
        for each in data["actions"]
    )
    ideas = "".join(f"<li>{escape(idea)}</li>" for idea in data["ideas"])
    fonts = ROOT / "app" / "static" / "dist" / "fonts"
    face = "@font-face{font-family:A;src:url('file://%s')}" % (
        fonts / "AtkinsonHyperlegibleNext_400Regular.ttf"
    )
    style = (
        f"{face} @page{{size:A4;margin:22mm 27mm}} body{{font:11pt A;line-height:1.4}} h1{{font-size:31pt}}"
    )
    return (
        f"<!doctype html><html lang=fr><head><title>{escape(data['title'])}</title><style>{style}</style></head>"
        f"<body><p>{escape(data['title'])}</p><h1>{escape(data['heading'])}</h1><blockquote>{escape(data['request'])}"
        f"</blockquote>{steps}<h2>ideas</h2><ul>{ideas}</ul></body></html>"
    )

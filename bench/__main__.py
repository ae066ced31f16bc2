"""Prints in one run what Ronde does best, as ratios to its peers, and says where it misses its aims."""

import argparse
import gzip
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from bench import live, paper, video
from devtools.steps import ROOT
from devtools.system import find_browser

AIMS = {
    "throughput": 0.7,  # of a bare fan-out on Node.js that keeps nothing
    "p99_ms": 15.0,  # command → everyone, 1,000 rooms × 9 sockets, 800 commands/s
    "socket_kb": 40.0,
    "pdf_ms": 25.0,
    "room_kib": 25.0,
    "sound_s": 8.0,  # until sound is back, the median of the tries
}

FAULTS = {
    "killed": "the media server was killed",
    "frozen": "the media server froze",
    "blocked": "opening the page behind a firewall that lets no media through",
}
CROWDS = (
    ("crowd_ronde", "Ronde's direct links, one speaks", partial(video.measure_crowd, bare=False)),
    ("crowd_bare", "livekit-client alone, one speaks", partial(video.measure_crowd, bare=True)),
    (
        "crowd_ronde_all",
        "Ronde, all mics open, one floor",
        partial(video.measure_crowd, bare=False, microphones=video.CROWD),
    ),
    (
        "crowd_bare_all",
        "livekit-client alone, all mics",
        partial(video.measure_crowd, bare=True, microphones=video.CROWD),
    ),
)
PEER_GIVES_UP = {"killed": 60.0, "frozen": 230.0, "blocked": 60.0}
"""Seconds to watch livekit-client: a little longer than it needs to give up by itself."""


def main(words: Sequence[str]) -> int:
    """Measure and print; never fails because a figure is poor."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description="Measure what Ronde does best.")
    parser.add_argument("--quick", action="store_true", help="fewer rooms, a few seconds")
    parser.add_argument("--only", choices=("live", "pdf", "page", "start", "video"), help="one part")
    given = parser.parse_args(words)
    parts = {"live": _live, "pdf": _pdf, "page": _page, "start": _start, "video": _video}
    result = {name: part(quick=given.quick) for name, part in parts.items() if given.only in (None, name)}
    print(json.dumps(result), flush=True)
    return 0


def _live(*, quick: bool) -> dict[str, Any]:
    few, many, seconds = (20, 100, 3.0) if quick else (100, 1000, 8.0)
    full = live.Load(few, seconds)
    rate = live.Load(many, seconds, rate=80 if quick else 800, warm=3)
    print(f"{few} rooms × 9 sockets, as fast as each room answers", flush=True)
    ours = live.measure_ronde(full)
    theirs = live.measure_peer(full, ours.frame_bytes)
    _row("Ronde, on disk before the answer", ours)
    _row("Node.js ws, keeps nothing", theirs)
    ratio = ours.per_second / theirs.per_second
    _aim("throughput against Node.js", f"{ratio:.2f}", ratio >= AIMS["throughput"], f"≥ {AIMS['throughput']}")
    print(f"{many} rooms × 9 sockets, {rate.rate} commands/s", flush=True)
    ours_many = live.measure_ronde(rate)
    theirs_many = live.measure_peer(rate, ours_many.frame_bytes)
    _row("Ronde, on disk before the answer", ours_many)
    _row("Node.js ws, keeps nothing", theirs_many)
    p99, kb = ours_many.everyone[1], ours_many.socket_bytes / 1000
    _aim("p99 from command to everyone", f"{p99:.1f} ms", p99 <= AIMS["p99_ms"], f"≤ {AIMS['p99_ms']:.0f} ms")
    _aim("memory of an idle socket", f"{kb:.1f} kB", kb <= AIMS["socket_kb"], f"≤ {AIMS['socket_kb']:.0f} kB")
    names = ("full", "full_peer", "rate", "rate_peer")
    measured = (ours, theirs, ours_many, theirs_many)
    return {name: live.as_dict(each) for name, each in zip(names, measured, strict=True)} | {
        "ratio": round(ratio, 3)
    }


def _pdf(*, quick: bool) -> dict[str, Any]:
    print("A plan as PDF/UA", flush=True)
    ours, theirs = paper.measure("typst"), paper.measure("weasyprint")
    assert ours is not None, "typst did not print"
    print(f"  Ronde, typst       first {ours['cold_ms']:7.1f} ms   warm {ours['warm_ms']:7.1f} ms")
    if theirs is None:
        print("  WeasyPrint         NOT MEASURED: it is not installed here, or its Pango is missing.")
    else:
        print(f"  WeasyPrint         first {theirs['cold_ms']:7.1f} ms   warm {theirs['warm_ms']:7.1f} ms")
        print(f"  WeasyPrint takes {theirs['warm_ms'] / ours['warm_ms']:.1f} times as long when warm")
    warm = ours["warm_ms"]
    _aim("a warm plan", f"{warm:.1f} ms", warm <= AIMS["pdf_ms"], f"≤ {AIMS['pdf_ms']:.0f} ms")
    return {"typst": ours, "weasyprint": theirs}


def _page(*, quick: bool) -> dict[str, Any]:
    dist = ROOT / "app" / "static" / "dist"
    manifest = json.loads((dist / "manifest.json").read_text())

    def weigh(name: str) -> float:
        files = [manifest[name]["file"], *manifest[name]["preload"]] if name in manifest else []
        return sum(len(gzip.compress((dist / file.rpartition("/")[2]).read_bytes())) for file in files) / 1024

    script, style = weigh("room.js"), weigh("ronde.css")
    print(f"The room's page: script {script:.1f} KiB, style {style:.1f} KiB, compressed", flush=True)
    _aim(
        "script of the room", f"{script:.1f} KiB", script <= AIMS["room_kib"], f"≤ {AIMS['room_kib']:.0f} KiB"
    )
    return {"script_kib": round(script, 1), "style_kib": round(style, 1)}


def _start(*, quick: bool) -> dict[str, Any]:
    first, again = live.cold_start()
    print(
        f"From the command to the first page: {first:.2f} s with a new folder, {again:.2f} s again",
        flush=True,
    )
    return {"first_s": round(first, 2), "again_s": round(again, 2)}


def _video(*, quick: bool) -> dict[str, Any]:
    if find_browser() is None:
        print("Sound and picture: NOT MEASURED, there is no Chromium here.", flush=True)
        return {}
    print(f"{video.PEOPLE} people with sound and picture", flush=True)
    result: dict[str, Any] = {}
    for name, bare in (("Ronde's room", False), ("livekit-client alone", True)):
        calm = video.measure_calm(bare=bare)
        result[f"calm_{'bare' if bare else 'ronde'}"] = asdict(calm)
        _calm_row(name, calm)
    print(f"{video.CROWD} people with sound alone", flush=True)
    for key, name, measure in CROWDS:
        crowd = measure()
        result[key] = asdict(crowd)
        _calm_row(name, crowd)
    for fault, what in FAULTS.items():
        times, patience = (1, 30.0) if quick else (5, 60.0)
        ours = video.measure_fault(fault, bare=False, times=times, patience=patience)
        bare_patience = patience if quick else PEER_GIVES_UP[fault]
        theirs = video.measure_fault(fault, bare=True, times=1, patience=bare_patience)
        result[fault] = {"ronde": asdict(ours), "bare": asdict(theirs)}
        typical = ours.typical
        found = "never" if typical is None else f"{typical:.1f} s"
        is_met = typical is not None and typical <= AIMS["sound_s"]
        _aim(
            f"sound after {what}",
            f"{found} of {len(ours.sound_back_s)}",
            is_met,
            f"≤ {AIMS['sound_s']:.0f} s",
        )
        print(
            f"    each try: {_tries(ours)}   livekit-client alone: {_tries(theirs)}{_end(theirs)}", flush=True
        )
    return result


def _calm_row(name: str, calm: video.Calm) -> None:
    print(
        f"  {name:33} {calm.browsers:4.2f} cores of browsers   {calm.media_server:4.2f} of media server"
        f"   {calm.kbps_down:5.0f} kbps down, {calm.kbps_up:5.0f} up per page   joined in {calm.joined_s:4.1f} s",
        flush=True,
    )


def _tries(fault: video.Fault) -> str:
    return ", ".join("never" if each is None else f"{each:.1f} s" for each in fault.sound_back_s)


def _end(fault: video.Fault) -> str:
    return "" if fault.given_up_s is None else f", gave up after {fault.given_up_s:.0f} s"


def _row(name: str, measured: live.Measured) -> None:
    ack, everyone = measured.ack, measured.everyone
    print(
        f"  {name:33} {measured.per_second:7.0f}/s   answer {ack[0]:6.2f} / {ack[1]:6.2f} ms"
        f"   everyone {everyone[0]:6.2f} / {everyone[1]:6.2f} ms (p50 / p99)"
        f"   {measured.cpu_us:5.0f} µs of work each   {measured.socket_bytes / 1000:5.1f} kB per socket"
        + (f"   {measured.refused} refused" * bool(measured.refused)),
        flush=True,
    )


def _aim(what: str, found: str, is_met: bool, aim: str) -> None:
    print(f"  {'✓' if is_met else '✗'} {what}: {found} (aim {aim})", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

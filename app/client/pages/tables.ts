// Places the seats of tables that the server drew: the home page's and the door's.
import { placeRing, placeSeats } from "../geometry.ts";
import { wordsOf } from "../measure.ts";
import { path } from "../outline.ts";

/** Draws every table, and again when its size, its people or its words change. */
export function drawTables(): void {
  const sizes = new ResizeObserver((seen) => {
    for (const { target } of seen) draw(target as HTMLElement);
  });
  const follow = () => {
    for (const table of document.querySelectorAll<HTMLElement>("[data-table]")) {
      draw(table);
      sizes.observe(table);
    }
  };
  follow();
  document.addEventListener("regions", follow);
  void document.fonts?.ready.then(follow);
}

function draw(table: HTMLElement): void {
  const css = getComputedStyle(table);
  const length = (name: string, or: number) => Number.parseFloat(css.getPropertyValue(name)) || or;
  const seats = [...table.querySelectorAll<HTMLElement>(".seat")];
  const parent = table.parentElement;
  parent?.style.setProperty("--sink", "0px");
  table.dataset.drawn = ""; // from here on the style sheet's own placing is off
  const words = wordsOf(table, parent?.querySelector(".core") ?? null);
  const plate = length("--hang", 10);
  const placed = placeSeats({
    w: table.clientWidth,
    h: table.clientHeight,
    weights: seats.map((seat) => Number.parseFloat(getComputedStyle(seat).getPropertyValue("--weight")) || 1),
    words,
    gap: length("--gap", 20),
    moat: length("--moat", 30),
    pad: length("--pad", 12),
    max: length("--max", 300),
    plate,
  });
  const drawing = table.querySelector<SVGElement>(".top");
  if (!placed || !drawing) {
    delete table.dataset.drawn;
    return;
  }
  const { a, b, n, cx, cy, sink, D } = placed;
  const ring = placeRing(placed, { words, air: length("--air", 12), plate });
  parent?.style.setProperty("--sink", `${sink.toFixed(1)}px`);
  drawing.setAttribute("viewBox", `0 0 ${table.clientWidth} ${table.clientHeight}`);
  drawing.style.setProperty("--gone", table.dataset.gone ?? "0");
  drawing
    .querySelector(".top__wood")
    ?.setAttribute("d", path({ a: a - D * 0.14, b: b - D * 0.14, n }, cx, cy));
  for (const line of drawing.querySelectorAll(".ring")) {
    const out = line.matches(".ring--over") ? 8 : 0;
    line.setAttribute("d", path({ a: ring.a + out, b: ring.b + out, n: ring.n }, cx, cy + sink));
  }
  seats.forEach((seat, i) => {
    const place = placed.seats[i];
    if (!place) return;
    seat.style.setProperty("--x", `${place.x.toFixed(1)}px`);
    seat.style.setProperty("--y", `${place.y.toFixed(1)}px`);
    seat.style.setProperty("--d", `${place.d.toFixed(1)}px`);
  });
  table.toggleAttribute("data-small", D < 84);
}

// Walks round the table with the arrow keys: the table is one stop for Tab, each seat says its sentence.

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** Where a key leads from a seat: the arrows go round, Home and End to the viewer's own seat and the last. */
export function leadsTo(key: string, at: number, count: number): number | null {
  if (!count) return null;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const step = STEPS[key];
  return step === undefined ? null : (at + step + count) % count;
}

/** Lets the list of seats be walked; what a seat says is read from its plate at that moment. */
export function walkRound(list: HTMLElement): void {
  const seats = () => [...list.children] as HTMLElement[];
  const stop = (at: number) => {
    for (const [index, seat] of seats().entries()) seat.tabIndex = index === at ? 0 : -1;
  };
  stop(0);
  list.addEventListener("focusin", ({ target }) => {
    const seat = (target as HTMLElement).closest<HTMLElement>("li");
    const words = [...(seat?.querySelectorAll(".plate > *, .hand") ?? [])].map((each) =>
      each.textContent?.trim(),
    );
    seat?.setAttribute("aria-label", words.join(", "));
  });
  list.addEventListener("keydown", (event) => {
    const all = seats();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = at < 0 ? null : leadsTo(event.key, at, all.length);
    if (next === null) return;
    event.preventDefault();
    stop(next);
    all[next]?.focus();
  });
}

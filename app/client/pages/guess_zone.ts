// Proposes the browser's time zone where the server can only guess from its own machine.

/** Chooses the browser's zone in `data-guess-zone` lists that name it; nobody has chosen there yet. */
export function guessZones(): void {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const list of document.querySelectorAll<HTMLSelectElement>("select[data-guess-zone]")) {
    if ([...list.options].some((option) => option.value === here)) list.value = here;
  }
}

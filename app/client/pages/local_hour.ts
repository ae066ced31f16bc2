// Tells people in another time zone which hour it is for them.

/** Fills and shows `data-local` sentences when the browser's zone has another hour than the session's. */
export function tellLocalHours(): void {
  const language = document.documentElement.lang;
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const place of document.querySelectorAll<HTMLElement>("[data-local]")) {
    const instant = new Date(place.dataset.local ?? "");
    if (hourIn(instant, here) === hourIn(instant, place.dataset.zone ?? here)) continue;
    const day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" }).format(
      instant,
    );
    place.textContent = (place.dataset.sentence ?? "")
      .replace("{day}", day)
      .replace("{hour}", spokenHour(instant, language));
    place.hidden = false;
  }
}

function hourIn(instant: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("en", { timeZone, dateStyle: "short", timeStyle: "short" }).format(instant);
}

/** Writes an hour as the rest of the page does: "8 h 15", "8:15 am". */
function spokenHour(instant: Date, language: string): string {
  const minutes = String(instant.getMinutes()).padStart(2, "0");
  if (language === "fr") return `${instant.getHours()}\u00a0h${minutes === "00" ? "" : `\u00a0${minutes}`}`;
  const half = instant.getHours() < 12 ? "am" : "pm";
  return `${instant.getHours() % 12 || 12}${minutes === "00" ? "" : `:${minutes}`}\u00a0${half}`;
}

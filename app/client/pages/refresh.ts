// Keeps the regions of a waiting page true: who is here, whether the doors are open.
import { fetchPage, replaceRegions } from "./regions.ts";

/** Asks for the page again every `data-refresh` seconds while it is visible, and at once when it becomes so. */
export function refreshRegions(): void {
  const waiting = document.querySelector<HTMLElement>("[data-refresh]");
  if (!waiting) return;
  const every = Number(waiting.dataset.refresh) * 1000;
  const look = async () => {
    if (document.visibilityState !== "visible") return;
    const page = await fetchPage("GET", location.href);
    if (page) replaceRegions(page);
  };
  setInterval(look, every);
  document.addEventListener("visibilitychange", look);
}

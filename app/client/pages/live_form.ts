// Draws the prepare page's timeline, people and problems again while one types; the server does the thinking.
import { fetchPage, replaceRegions } from "./regions.ts";

const AFTER_TYPING = 350; // ms

/** Sends the form as a preview after each change, one request at a time, the newest wins. */
export function followForm(): void {
  const form = document.querySelector<HTMLFormElement>("[data-prepare]");
  if (!form) return;
  let timer = 0;
  let asked = 0;
  const ask = async (step?: HTMLButtonElement) => {
    const mine = ++asked;
    const data = new FormData(form, step ?? null);
    if (!step) data.set("action", "preview");
    const page = await fetchPage("POST", location.pathname, data);
    if (page && mine === asked) replaceRegions(page);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = window.setTimeout(ask, AFTER_TYPING);
  };
  form.addEventListener("input", soon);
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button instanceof HTMLButtonElement && button.name === "step") {
      event.preventDefault();
      clearTimeout(timer);
      void ask(button);
    }
  });
}

// Opens the conductor's console on the page it was served with.
import { render } from "preact";
import { Console } from "../console.tsx";
import { speak } from "../language.ts";
import { open, redraw } from "../store.ts";

const REDRAW_EVERY = 1_000;

const root = document.querySelector<HTMLElement>("[data-session]");
if (root) {
  const { session = "", lang = "en", socket = `/ws/${session}`, person = "" } = root.dataset;
  await speak(lang);
  await open({ session, socket, person });
  setInterval(redraw, REDRAW_EVERY);
  render(<Console session={session} />, root);
}

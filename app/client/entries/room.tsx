// Opens the participant's room on the page it was served with.
import { render } from "preact";
import { speak } from "../language.ts";
import { Room } from "../room.tsx";
import { open, redraw } from "../store.ts";

const REDRAW_EVERY = 5_000;

const root = document.querySelector<HTMLElement>("[data-session]");
if (root) {
  const { session = "", lang = "en", socket = `/ws/${session}`, person = "" } = root.dataset;
  await speak(lang);
  await open({ session, socket, person });
  setInterval(redraw, REDRAW_EVERY);
  render(<Room session={session} />, root);
}

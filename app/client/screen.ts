// How large the screen is, for the few things style sheets cannot move.
import { signal } from "@preact/signals";

const query = matchMedia("(width < 60rem)");

/** One column: tablets held upright, and phones. */
export const narrow = signal(query.matches);

query.addEventListener("change", () => {
  narrow.value = query.matches;
});

// How large the screen is, for the few things style sheets cannot move.
import { type Signal, signal } from "@preact/signals";

/** One column: tablets held upright, and phones. */
export const narrow = follow("(width < 60rem)");

/** Room for the notebook beside the table. */
export const wide = follow("(width >= 80rem)");

function follow(condition: string): Signal<boolean> {
  const query = matchMedia(condition);
  const matches = signal(query.matches);
  query.addEventListener("change", () => {
    matches.value = query.matches;
  });
  return matches;
}

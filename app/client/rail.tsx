// The rail: every phase with its hour, how much is done, and which one is protected.
import type { JSX } from "preact";
import { _, hour } from "./language.ts";
import { narrow } from "./screen.ts";
import { face, phaseWords, seat, shortName, view } from "./store.ts";
import { Undo } from "./undo.tsx";

export function Rail(): JSX.Element | null {
  const here = view.value;
  if (!here) return null;
  const at = here.clock.at ?? -1;
  const over = here.session.status === "ended" || here.session.status === "closed";
  return (
    <section class="rail" data-part="steps" aria-label={_("Steps and hours")}>
      {narrow.value ? null : <Undo />}
      <ol>
        {here.plan.map((each, index) => {
          const now = index === at && !over;
          const classes = [now ? "now" : "", each.done ? "done" : "", each.protected ? "kept" : ""];
          const turnBegins = here.session.turns > 1 && each.round !== here.plan[index - 1]?.round;
          const client = turnBegins ? here.conduct?.clients[each.round - 1] : null;
          return (
            <li
              key={each.key}
              class={classes.join(" ").trim()}
              aria-current={now ? "step" : undefined}
              style={{
                "--m": String(each.granted_ms / 60_000),
                "--gone": String(now ? (face.value?.gone ?? 0) : 0),
              }}
            >
              <b>
                {phaseWords(each)?.title ?? each.key}
                {client && seat(client) ? ` · ${shortName(client)}` : ""}
              </b>
              <span class="num">
                {hour(each.starts_at, here.session.zone)}
                {each.protected ? ` · ${_("protected")}` : ""}
              </span>
            </li>
          );
        })}
        <li class="end">
          <b>{_("End")}</b>
          <span class="num">{hour(here.clock.ends_at, here.session.zone)}</span>
        </li>
      </ol>
    </section>
  );
}

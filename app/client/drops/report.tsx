// The drop report, for the facilitator's debrief: who, how long, in which phase; never what was said.
import type { JSX } from "preact";
import { _, _n, hour } from "../language.ts";
import { name, phaseWords, view } from "../store.ts";
import type { DropView, View } from "../wire.gen.ts";

const WHATS: Readonly<Record<string, () => string>> = {
  away: () => _("connection lost"),
  "sfu-audio": () => _("sound only"),
  mesh: () => _("browser to browser"),
  bridge: () => _("by phone"),
  text: () => _("in writing"),
};

export function Report(): JSX.Element | null {
  const here = view.value;
  if (!here?.conduct || here.session.status !== "ended") return null;
  const { drops } = here.conduct;
  return (
    <section class="sheet block" data-part="group" aria-labelledby="drops">
      <header>
        <h2 id="drops">{_("What dropped")}</h2>
      </header>
      {drops.length ? (
        <ul class="turns drops">
          {drops.map((each) => (
            <li key={`${each.person} ${each.from_ms} ${each.what}`}>
              <span class="order num">{hour(each.from_ms, here.session.zone)}</span>
              <span>
                <bdi>{each.person === null ? _("The whole group") : name(each.person)}</bdi>
                <small>
                  {[WHATS[each.what]?.() ?? each.what, title(here, each), lasted(each)]
                    .filter(Boolean)
                    .join(" · ")}
                </small>
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <p class="quiet">{_("Nothing dropped.")}</p>
      )}
      <p class="small quiet">{_("For you alone, and for this debrief: it goes when the session closes.")}</p>
    </section>
  );
}

function title(here: View, drop: DropView): string {
  return phaseWords(here.plan.find((each) => each.key === drop.phase))?.title ?? "";
}

function lasted({ from_ms, to_ms }: DropView): string {
  if (to_ms === null) return _("until the end");
  const seconds = Math.round((to_ms - from_ms) / 1000);
  return seconds < 90
    ? _n("{n} second", "{n} seconds", seconds)
    : _n("{n} minute", "{n} minutes", Math.round(seconds / 60));
}

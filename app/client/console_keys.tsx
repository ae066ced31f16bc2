// The console's keyboard: one key for each thing a facilitator does without looking down.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { say } from "./announce.tsx";
import { script } from "./console_bar.tsx";
import { LESS, MORE, nextPhase } from "./controls.tsx";
import { giveFloor } from "./floor.tsx";
import { _ } from "./language.ts";
import { ask, may, phaseWords, view } from "./store.ts";
import { undo } from "./undo.tsx";

const ARMED_FOR = 4_000;

/** Handlers by key; `N` arms, `Enter` goes on. */
export function consoleKeys(onHelp: () => void): Readonly<Record<string, () => void>> {
  let armed = 0;
  const extend = (seconds: number) => () => {
    if (may("extend")) void ask({ type: "extend", seconds }, "clock");
  };
  const ranks = Object.fromEntries(
    Array.from({ length: 9 }, (_each, rank) => [
      String(rank + 1),
      () => {
        const person = view.value?.floor.hands[rank];
        if (person) giveFloor(person);
      },
    ]),
  );
  return {
    ...ranks,
    " ": () => {
      const type = view.value?.clock.state === "paused" ? "resume" : "pause";
      if (may(type)) void ask({ type }, "clock");
    },
    n: () => {
      const here = view.value;
      const next = here?.plan[(here.clock.at ?? -1) + 1];
      if (!next || !may("next")) return;
      armed = Date.now();
      say(_("Next: {phase}. Press Enter to go on.", { phase: phaseWords(next)?.title ?? "" }));
    },
    Enter: () => {
      if (Date.now() - armed < ARMED_FOR) nextPhase();
      armed = 0;
    },
    "+": extend(MORE),
    "=": extend(MORE),
    "-": extend(LESS),
    "−": extend(LESS),
    "0": () => {
      if (view.value?.floor.holder) giveFloor(null);
    },
    h: () => {
      if (may("lower-hand") && view.value?.floor.hands.includes(view.value.me.id))
        void ask({ type: "lower-hand" });
      else if (may("raise-hand")) void ask({ type: "raise-hand" });
    },
    r: () => document.querySelector<HTMLElement>(".ways button")?.focus(),
    s: () => say(script()),
    u: undo,
    F6: nextRegion,
    "?": onHelp,
  };
}

/** Moves the focus to the script, the table, the floor or the rail, one after the other. */
function nextRegion(): void {
  const regions = [".say .script", ".stage", ".side", ".rail"]
    .map((each) => document.querySelector<HTMLElement>(each))
    .filter((each) => each !== null);
  const at = regions.findIndex((each) => each.contains(document.activeElement));
  const next = regions[(at + 1) % regions.length];
  if (next && !next.hasAttribute("tabindex")) next.tabIndex = -1;
  next?.focus();
}

export function Shortcuts({ onClose }: { onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const keys: readonly (readonly [string, string])[] = [
    [_("Space"), _("pause, resume")],
    ["N, Enter", _("next phase")],
    ["+ / −", _("two minutes more, one less")],
    ["1 … 9", _("give the floor by rank of hand")],
    ["0", _("thank the speaker")],
    ["H", _("raise or lower my hand")],
    ["U", _("undo")],
    ["R", _("ways to catch up")],
    ["T", _("say the time")],
    ["S", _("say the script again")],
    ["B", _("plan B")],
    ["F6", _("next region")],
  ];
  return (
    <dialog class="sheet ask" ref={dialog} onClose={onClose} aria-labelledby="keys-title">
      <h2 id="keys-title">{_("Keyboard shortcuts")}</h2>
      <dl class="keys">
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd class="kbd">{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p class="small quiet">{_("Off while you type; the menu turns them off altogether.")}</p>
      <form method="dialog">
        <button type="submit" class="btn">
          {_("Close")}
        </button>
      </form>
    </dialog>
  );
}

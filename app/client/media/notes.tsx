// One calm sentence when something changed on the way: what happened, what still works, what to do.
import { useSignal } from "@preact/signals";
import { CircleHelp, LifeBuoy, PencilLine, Phone, Volume2, X } from "lucide";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { cards } from "../drops/cards.tsx";
import { silencedSince } from "../drops/staged.ts";
import { Icon } from "../icon.tsx";
import { _ } from "../language.ts";
import { alone, link, noted, now, view } from "../store.ts";
import { lostSince } from "./absence.ts";
import { Actions } from "./actions.tsx";
import { Screen } from "./screen.tsx";
import { sentences, type Told } from "./sentences.ts";
import { elsewhere, muffled, using, weak } from "./state.ts";

const ICONS = {
  sound: Volume2,
  phone: Phone,
  help: LifeBuoy,
  question: CircleHelp,
  words: PencilLine,
} as const;

/** What is to be said now; nothing most of the time. */
export function Notes(): JSX.Element | null {
  const at = useSignal(performance.now());
  const put = useSignal<string>("");
  useLayoutEffect(() => {
    noted.value = true; // before anybody sees or hears the same said twice
  }, []);
  useEffect(() => {
    const timer = setInterval(() => {
      at.value = performance.now();
    }, 1000);
    return () => clearInterval(timer);
  }, []);
  const told = sentences({
    here: view.value,
    link: link.value.state,
    using: silencedSince.value === null ? using.value : { way: "none", silentSince: silencedSince.value },
    muffled: muffled.value,
    weak: weak.value,
    elsewhere: elsewhere.value,
    now: at.value,
    alone: alone.value,
    lostSince: lostSince.value,
    hourNow: now.value,
  });
  const aside = alone.value ? [] : cards(); // who is there is not known now
  const needed =
    told &&
    told.key !== put.value &&
    (aside.every((each) => each.key === "missed") || told.lasting || told.key === "lost");
  const shown = needed ? told : null;
  return (
    <div class="told" role="status" data-told={shown?.key ?? ""}>
      <Screen />
      {aside}
      {shown ? <Note told={shown} onPut={() => (put.value = shown.key)} /> : null}
    </div>
  );
}

function Note({ told, onPut }: { told: Told; onPut: () => void }): JSX.Element {
  return (
    <div class="note">
      <Icon of={ICONS[told.icon]} />
      <div>
        <p>
          <b>{told.what}</b>{" "}
          <span>
            {told.still} {told.todo}
          </span>
        </p>
        <Actions told={told} onPut={onPut} />
      </div>
      {told.lasting ? null : (
        <button
          type="button"
          class="btn bare"
          aria-label={_("Understood")}
          title={_("Understood")}
          onClick={onPut}
        >
          <Icon of={X} />
        </button>
      )}
    </div>
  );
}

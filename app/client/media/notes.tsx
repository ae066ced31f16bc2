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
import { sentences } from "./sentences.ts";
import { CAPABLE } from "./situation.ts";
import { camera, elsewhere, microphone, muffled, oneTap, unlinked, using, weak } from "./state.ts";
import type { Heard, Told } from "./told.ts";

const ICONS = {
  sound: Volume2,
  phone: Phone,
  help: LifeBuoy,
  question: CircleHelp,
  words: PencilLine,
} as const;

/** So many boxes leave room for the table. */
const MOST = 2;

/** What is to be said now; nothing most of the time. */
export function Notes(): JSX.Element | null {
  const at = useSignal(performance.now());
  const put = useSignal<readonly string[]>([]);
  useLayoutEffect(() => {
    noted.value = true; // before anybody sees or hears the same said twice
  }, []);
  useEffect(() => {
    const timer = setInterval(() => {
      at.value = performance.now();
    }, 1000);
    return () => clearInterval(timer);
  }, []);
  const all = sentences(heardNow(at.value));
  const live = link.value.state === "live";
  useEffect(() => {
    if (live) put.value = holding(put.value, all); // what begins again is said again
  });
  const told = all.find((each) => !put.value.includes(each.key));
  const { people, missed } = alone.value ? { people: [], missed: null } : cards(); // who is there is not known now
  const note = told ? (
    <Note key="note" told={told} onPut={() => (put.value = [...put.value, told.key])} />
  ) : (
    []
  );
  const boxes = [people.slice(0, 1), note, people.slice(1)].flat().slice(0, MOST);
  return (
    <div class="told" role="status" data-told={told?.key ?? ""}>
      <Screen />
      {boxes}
      {boxes.length < MOST ? missed : null}
    </div>
  );
}

/** Keeps of what was put away that which is still so; the same list where nothing is over. */
function holding(put: readonly string[], all: readonly Told[]): readonly string[] {
  const held = put.filter((key) => all.some((each) => each.key === key));
  return held.length === put.length ? put : held;
}

function heardNow(now_: number): Heard {
  const { on, held } = microphone.value;
  return {
    here: view.value,
    link: link.value.state,
    using: silencedSince.value === null ? using.value : { way: "none", silentSince: silencedSince.value },
    unlinked: unlinked.value,
    muffled: muffled.value,
    weak: weak.value,
    elsewhere: elsewhere.value,
    microphone: on ? (oneTap.value ? "waits" : "on") : held ? "held" : "off",
    camera: camera.value.on,
    capable: CAPABLE,
    now: now_,
    alone: alone.value,
    lostSince: lostSince.value,
    hourNow: now.value,
  };
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

// Sound and picture as a part of the room that is loaded after the table is drawn: it follows the view, and tells the server how it is.
import { effect } from "@preact/signals";
import { togglePlanB } from "../drops/planb.tsx";
import { watchReturns } from "../drops/return.ts";
import { followDrills, mayLink, staged } from "../drops/staged.ts";
import { listen } from "../keys.ts";
import { language, learn } from "../language.ts";
import { ask, link, onSignal, phase, slot, tell, view } from "../store.ts";
import type { Rung, View } from "../wire.gen.ts";
import { watchLink } from "./absence.ts";
import { Media } from "./media.ts";
import type { Signal } from "./mesh.ts";
import { CAPABLE, type Entrance, type Situation } from "./situation.ts";
import { QUIET } from "./way.ts";
import { begins } from "./wishes.ts";

export { Dictation } from "../drops/dictation.tsx";
export { Drill } from "../drops/drill.tsx";
export { PlanB } from "../drops/planb.tsx";
export { Report } from "../drops/report.tsx";
export { Buttons } from "./buttons.tsx";
export { Notes } from "./notes.tsx";
export { Ways } from "./ways.tsx";

type Catalogue = Promise<{ default: Readonly<Record<string, readonly string[]>> }>;

const catalogues: Readonly<Record<string, () => readonly Catalogue[]>> = {
  fr: () => [import("../../locale/fr/media.po"), import("../../locale/fr/drops.po")],
};

/** The controller of this page; null in a browser that carries no sound. */
export let media: Media | null = null;

/** Begins to follow the session. */
export async function begin(session: string): Promise<void> {
  for (const part of catalogues[language()]?.() ?? []) learn((await part).default);
  watchReturns(session);
  listen({ b: togglePlanB });
  watchLink();
  if (!CAPABLE) {
    effect(() => {
      const here = view.value;
      if (here?.me.may.includes("take-rung") && here.me.rung === null)
        queueMicrotask(() => void ask({ type: "take-rung", rung: "text" }));
    });
    return;
  }
  let made: Media | null = null;
  effect(() => {
    const here = view.value;
    if (!here) return;
    if (here.session.rehearsal) followDrills(here, performance.now());
    made ??= start(session, here.me.id);
    made.see(situation(here));
  });
  let seated = "";
  effect(() => {
    const { state } = link.value;
    if (state === seated) return;
    if (state === "closed") made?.sit(false);
    if (state === "live") {
      if (seated === "closed" && made) {
        made.sit(true);
        void begins(made);
      }
      made?.again();
    }
    seated = state;
  });
  for (const sign of ["online", "pageshow"]) window.addEventListener(sign, () => made?.hurry());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") made?.hurry();
  });
  window.addEventListener("pagehide", (event) => {
    if (!event.persisted) void made?.close();
  });
}

function start(session: string, me: string): Media {
  const made = new Media({
    me,
    enter: () => entrance(session),
    signal: (to, data) => tell({ t: "signal", to, data }),
    health: (own) => {
      const here = view.value;
      const { rung, flowing, quality } = here?.session.rehearsal ? staged(here) : own;
      tell({ t: "health", rung: rung as Rung, flowing, quality, voice: own.voice });
    },
  });
  media = made;
  onSignal.current = (from, data) => made.hear(from, data as Signal);
  void begins(made);
  return made;
}

/** Asks for a pass and the relays; null before the doors open, once all is closed, and when our server does not answer. */
async function entrance(session: string): Promise<Entrance | null> {
  const status = view.peek()?.session.status;
  if (!status || status === "planned" || status === "closed") return null;
  const answer = await fetch(`/video/${session}/pass`, { method: "POST", signal: AbortSignal.timeout(4000) });
  if (answer.status !== 200) return null;
  const { url, token, ice, lasts } = (await answer.json()) as {
    url?: string;
    token?: string;
    ice: RTCConfiguration;
    lasts: number;
  };
  return { pass: url && token ? { url, token } : null, ice, lasts };
}

function situation(here: View): Situation {
  const { me, ladder } = here;
  const others = here.seats.filter((seat) => seat.id !== me.id && seat.presence === "here");
  const reachable = others.filter((seat) => !QUIET.has(seat.rung) || ladder.silent.includes(seat.id));
  const audible = reachable.filter((seat) => !QUIET.has(seat.rung));
  const quiet = QUIET.has(ladder.rung);
  const carried = ladder.rung === "sfu" || ladder.rung === "sfu-audio";
  const { rehearsal } = here.session;
  return {
    group: rehearsal && !quiet ? "mesh" : ladder.rung,
    own: me.rung,
    livekit: here.media.livekit && !rehearsal,
    others: rehearsal && !mayLink(here) ? [] : reachable.map((seat) => seat.id),
    audible: audible.map((seat) => seat.id),
    simulated: rehearsal,
    stars:
      carried && !rehearsal ? reachable.filter((seat) => seat.rung === "mesh").map((seat) => seat.id) : [],
    speaks: here.media.speakers.includes(me.id),
    ruled: here.media.microphones === "voice-rule",
    moment: `${slot.value?.key ?? ""} ${here.floor.holder ?? ""} ${here.clock.state}`,
    myTurn: here.floor.holder === me.id || (phase.value?.voice === "client" && me.role === "client"),
  };
}

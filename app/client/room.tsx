// The participant's room: the table, one sentence, one action, a notebook.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { writesNow } from "./action.ts";
import { Bar } from "./bar.tsx";
import { Foot } from "./foot.tsx";
import { listen } from "./keys.ts";
import { _ } from "./language.ts";
import { Lazy, Live, later, loadLive, loadParts } from "./lazy.tsx";
import { middleKey, part, Request, Step } from "./middle.tsx";
import { LinkLine } from "./parts.tsx";
import { wide } from "./screen.ts";
import { ask, inWriting, link, phase, seat, view } from "./store.ts";
import { Table } from "./table.tsx";
import type { SeatView, View } from "./wire.gen.ts";

/** The seats from one's own chair, clockwise. */
export function fromMyChair(seats: readonly SeatView[], me: string): readonly SeatView[] {
  const at = seats.findIndex((each) => each.id === me);
  return at < 0 ? seats : [...seats.slice(at), ...seats.slice(0, at)];
}

export function Room({ session }: { session: string }): JSX.Element {
  const notebook = useSignal(wide.value);
  const deskNotebook = useSignal(false);
  const timeHidden = useSignal(remembers("ronde:time-hidden"));
  const here = view.value;
  const linked = link.value.state === "live";
  useEffect(() => void loadParts().then(() => loadLive(session)), [linked]);
  useEffect(() => {
    if (!wide.value && !document.activeElement?.closest("#notebook")) notebook.value = false; // room for the table
  }, [wide.value]);
  useEffect(
    () =>
      listen({
        h: () => void ask(seat(view.value?.me.id)?.hand ? { type: "lower-hand" } : { type: "raise-hand" }),
        Escape: () => {
          notebook.value = false;
          deskNotebook.value = false;
        },
      }),
    [],
  );
  if (link.value.state === "closed")
    return later() ? <Lazy part="closed" session={session} /> : <main class="closed">{link.value.say}</main>;
  if (!here)
    return (
      <main class="closed">
        <p>{_("The table is being set.")}</p>
        <LinkLine />
      </main>
    );
  const hide = () => {
    timeHidden.value = !timeHidden.value;
    remember("ronde:time-hidden", timeHidden.value);
  };
  const writes = writesNow(here, phase.value?.voice ?? "");
  const talks = !writes && inWriting(here) && here.session.status !== "ended";
  const Desk = writes || talks ? later()?.Desk : undefined; // until it is loaded, the table
  const frame = { onHide: hide, timeHidden: timeHidden.value };
  return (
    <>
      <Lazy part="announcer" />
      {Desk ? (
        <Desk here={here} notebook={deskNotebook} talks={talks} {...frame} />
      ) : (
        <div class="room">
          <Bar {...frame} session={session} />
          <main class="stage">
            <Live part="Notes" />
            <Round here={here} hidden={timeHidden.value} />
          </main>
          <Foot notebook={notebook} session={session} />
          {notebook.value ? <Lazy part="notebook" onClose={() => (notebook.value = false)} /> : null}
        </div>
      )}
    </>
  );
}

function Round({ here, hidden }: { here: View; hidden: boolean }): JSX.Element {
  const front = phase.value?.voice === "client" ? (here.request.person ?? null) : null;
  return (
    <Table
      seats={fromMyChair(here.seats, here.me.id)}
      me={here.me.id}
      holder={here.floor.holder}
      front={front}
      hidden={hidden}
      words={middleKey()}
    >
      <section class="core" aria-label={_("Now")}>
        <div class="core__head">
          <Step />
          <p class="part">{part()}</p>
          <LinkLine />
        </div>
        <Request />
      </section>
    </Table>
  );
}

function remembers(key: string): boolean {
  try {
    return localStorage.getItem(key) === "yes";
  } catch {
    return false;
  }
}

function remember(key: string, on: boolean): void {
  try {
    localStorage.setItem(key, on ? "yes" : "no");
  } catch {
    // the choice lasts as long as the page
  }
}

// One seat: a face or initials, a name with one word of state, collars for the client and the floor.
import { Hand } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { Icon } from "./icon.tsx";
import { _ } from "./language.ts";
import { heard, pictures } from "./media/state.ts";
import { short, view } from "./store.ts";
import type { SeatView } from "./wire.gen.ts";

const TINTS = ["clay", "moss", "mist", "sand"];
/** The simulated people of a rehearsal who have a portrait, by their plain first names. */
const PORTRAITS = ["awa", "claire", "helene", "karim", "luc", "nadia", "sophie", "thomas", "yasmine"];
const ENGLISH: Readonly<Record<string, string>> = { helen: "helene", luke: "luc" };

export function Seat({ seat, me, floor }: { seat: SeatView; me: boolean; floor: boolean }): JSX.Element {
  const marks = ["seat"];
  if (me) marks.push("me");
  if (seat.role === "client") marks.push("is-client");
  if (floor) marks.push("is-floor");
  if (seat.stage === "off") marks.push("is-off");
  if (seat.presence === "expected") marks.push("is-empty");
  if (seat.presence === "late") marks.push("is-late");
  if (seat.presence === "away" || seat.presence === "gone") marks.push("is-away");
  if (heard.value.has(seat.id)) marks.push("is-heard");
  const word = stateOf(seat, me, floor);
  return (
    <li class={marks.join(" ")} data-person={seat.id} style={{ "--tint": `var(--${tintOf(seat.id)})` }}>
      <div class="face" data-media>
        <Picture seat={seat} />
      </div>
      <p class="plate" title={seat.name}>
        <b>{me ? _("You") : <bdi>{shortened(short(seat.name))}</bdi>}</b>
        {word ? <span>{word}</span> : null}
        {pathOf(seat)}
        {me ? null : lineOf(seat)}
      </p>
      {seat.hand ? (
        <span class="hand">
          <Icon of={Hand} />
          <span class="hidden">{_("hand up, rank")} </span>
          {seat.hand}
        </span>
      ) : null}
    </li>
  );
}

const LONG = 14;
const COMPOUND = /^(.+)(-\p{L})(\p{L}+)$/u;

/** Where a long name may be divided on a small plate: Konstan-tinos. */
const SYLLABLE = /^(\p{L}{4,}?[aeiouy]\p{L}?)(?=[b-df-hj-np-tv-z][aeiouy]\p{L}{2})/iu;

/** A first name; of a long compound one, small plates keep an initial: Maximilien-A. */
function shortened(name: string): ComponentChildren {
  const [, head, joint, tail] = name.length > LONG ? (COMPOUND.exec(name) ?? []) : [];
  const whole = (head ?? name).replace(SYLLABLE, "$1\u00ad");
  return head ? [whole, <i class="joint">{joint}</i>, <i class="tail">{tail}</i>] : whole;
}

const PATHS: Readonly<Record<string, () => string>> = {
  "sfu-audio": () => _("sound only"),
  bridge: () => _("by phone"),
  text: () => _("in writing"),
};

/** How one is here, when it is another way than the group's. */
function pathOf(seat: SeatView): JSX.Element | null {
  const word = seat.rung !== view.value?.ladder.rung && seat.presence === "here" && PATHS[seat.rung]?.();
  return word ? <span class="path">{word}</span> : null;
}

/** For whoever conducts: when somebody else hears badly, or nothing. */
function lineOf(seat: SeatView): JSX.Element | null {
  const quality = view.value?.conduct?.quality[seat.id] ?? "good";
  return quality === "good" ? null : (
    <span class="line" data-line={quality}>
      {quality === "poor" ? _("weak line") : _("hears nothing")}
    </span>
  );
}

/** The picture's place; video attaches here. Simulated people of a rehearsal have a portrait. */
function Picture({ seat }: { seat: SeatView }): JSX.Element {
  const live = seat.presence === "here" && pictures.value.get(seat.id);
  if (live) return <video ref={(at) => attach(at, live)} autoplay playsInline muted />;
  const portrait = view.value?.session.rehearsal && isSeen(seat) ? portraitOf(seat.name) : "";
  return portrait ? (
    <img src={portrait} alt="" />
  ) : (
    <span class="initials" aria-hidden="true">
      {initials(seat.name)}
    </span>
  );
}

/** Whether a picture of somebody would arrive: portraits stop where pictures do. */
function isSeen(seat: SeatView): boolean {
  const { rung = "", why = "" } = view.value?.ladder ?? {};
  const stopped = rung !== "sfu" && why !== "" && why !== "no-video-server";
  return seat.presence === "here" && !stopped && !(seat.rung in PATHS);
}

function attach(at: HTMLVideoElement | null, track: MediaStreamTrack): void {
  if (!at) return;
  const now = at.srcObject as MediaStream | null;
  if (now?.getTracks()[0] !== track) at.srcObject = new MediaStream([track]);
}

function portraitOf(name: string): string {
  const first = name.trim().split(/\s+/)[0] ?? "";
  const plain = first.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const portrait = ENGLISH[plain] ?? plain;
  return PORTRAITS.includes(portrait) ? `/static/portraits/${portrait}.svg` : "";
}

/** Takes the first letters of the first and last names. */
export function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  const letters = parts.length > 1 ? [parts[0], parts[parts.length - 1]] : parts;
  return letters
    .map((part) => [...(part ?? "")][0] ?? "")
    .join("")
    .toLocaleUpperCase();
}

function tintOf(id: string): string {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return TINTS[sum % TINTS.length] as string;
}

/** One word of state for the plate. */
export function stateOf(seat: SeatView, me: boolean, floor: boolean): string {
  switch (seat.presence) {
    case "expected":
      return _("to come");
    case "late":
      return _("late");
    case "away":
      return seat.rung === "bridge" ? _("by phone") : _("coming back");
    case "gone":
      return _("has left");
  }
  if (seat.stage === "off") return _("off stage");
  if (floor && seat.role === "client") return me ? _("client, your turn") : _("client, speaks");
  if (floor) return me ? _("have the floor") : _("has the floor");
  switch (seat.role) {
    case "client":
      return _("client");
    case "facilitator":
      return me ? _("facilitate") : _("facilitates");
    case "co-facilitator":
      return me ? _("co-facilitate") : _("co-facilitates");
    case "timekeeper":
      return me ? _("keep time") : _("keeps time");
    case "scribe":
      return me ? _("take notes") : _("takes notes");
    case "observer":
      return me ? _("observe") : _("observes");
    default:
      return "";
  }
}

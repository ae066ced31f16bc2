/** What a note about sound, picture and the link is made of, and what is known when it is chosen. */
import { _ } from "../language.ts";
import { shortName } from "../store.ts";
import type { View } from "../wire.gen.ts";
import { QUIET, type Using } from "./way.ts";

export type Action =
  | "card"
  | "play"
  | "phone"
  | "write"
  | "back"
  | "along"
  | "not-now"
  | "rise"
  | "stay"
  | "here"
  | "pictures";

export interface Told {
  /** The same note is not shown again once it is put away, for as long as it holds. */
  readonly key: string;
  readonly icon: "sound" | "phone" | "help" | "question" | "words";
  readonly what: string;
  readonly still: string;
  readonly todo: string;
  readonly actions: readonly Action[];
  /** Whether it stays until what it says is over; others can be put away. */
  readonly lasting: boolean;
}

export interface Heard {
  readonly here: View | null;
  readonly link: string;
  readonly using: { readonly way: Using; readonly silentSince: number | null };
  /** Who is not heard for want of a link, although others are. */
  readonly unlinked: readonly string[];
  readonly muffled: boolean;
  readonly weak: "no" | "yes" | "held";
  /** Sound and picture are in another window. */
  readonly elsewhere: boolean;
  /** "held": closed because we listen; "waits": open, and heard by nobody before a tap. */
  readonly microphone: "on" | "off" | "held" | "waits";
  readonly camera: boolean;
  /** Whether this browser carries sound at all. */
  readonly capable: boolean;
  readonly now: number;
  /** Whether the page goes on by its own clock. */
  readonly alone: boolean;
  /** Since when our own server is out of reach. */
  readonly lostSince: number | null;
  /** The server's clock, as far as it is known. */
  readonly hourNow: number;
}

type Words = Pick<Told, "icon" | "what" | "still" | "todo"> & {
  actions?: readonly Action[];
  lasting?: boolean;
};

export const told = (key: string, words: Words): Told => ({ key, actions: [], lasting: false, ...words });

/** Says sentences one after the other; those that do not hold are left out. */
export function said(...sentences: readonly (string | false)[]): string {
  return sentences.filter(Boolean).join(" ");
}

/** So long something new is worth a note. */
const READ_FOR = 90_000;

/** Whether something that happened at this hour is news still. */
export function isNews(at: number | null, { hourNow }: Heard): boolean {
  return at !== null && hourNow - at <= READ_FOR;
}

/** Whether browsers carry nothing here: the group, or this person, is on the telephone or writes. */
export function isQuiet({ me, ladder }: View): boolean {
  return QUIET.has(me.rung ?? "") || QUIET.has(ladder.rung);
}

/** Where to call, as a sentence; empty where there is no such place. */
export function number({ bridge }: View): string {
  const { code } = bridge;
  const phone = bridge.phone.replaceAll(" ", "\u00a0"); // read out from one line
  if (phone) return code ? _("Call {phone}, code {code}.", { phone, code }) : _("Call {phone}.", { phone });
  return bridge.link ? _("Open the other meeting room.") : "";
}

/** That the facilitator suggests the telephone, where they do. */
export function suggestion({ me }: View): string | false {
  return me.asked_to_phone && _("The facilitator suggests the telephone.");
}

/** Nothing to do; whoever speaks may go on. */
export function goOn({ floor, me }: View): string {
  return floor.holder && floor.holder !== me.id
    ? _("Nothing to do. {name}, please continue.", { name: shortName(floor.holder) })
    : _("Nothing to do.");
}

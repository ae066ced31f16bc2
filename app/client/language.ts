// Says sentences in the reader's language; a sentence is known by its English words.
import { signal } from "@preact/signals";

type Catalogue = Readonly<Record<string, readonly string[]>>;
type Values = Readonly<Record<string, string | number>>;

const catalogues: Readonly<Record<string, () => Promise<{ default: Catalogue }>>> = {
  fr: () => import("../locale/fr/room.po"),
};
const VOWEL = /^[aeiouhàâéèêëîïôùûæœ]/i;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufefc]/;

let lang = "en";
/** A signal, so that what was said before a later part was there is said again. */
const sentences = signal<Catalogue>({});
let plural = new Intl.PluralRules("en");

/** Loads the only catalogue the reader needs. */
export async function speak(wanted: string): Promise<void> {
  lang = wanted;
  plural = new Intl.PluralRules(wanted);
  sentences.value = (await catalogues[wanted]?.())?.default ?? {};
}

/** Adds the sentences of a part that is loaded later. */
export function learn(more: Catalogue): void {
  sentences.value = { ...sentences.peek(), ...more };
}

/** Begins words with a capital, as a button or a line does. */
export function capital(words: string): string {
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

/** Names the reader's language. */
export function language(): string {
  return lang;
}

/** Says a sentence; `{name}` stands for a value. */
export function _(sentence: string, values?: Values): string {
  return fill(sentences.value[sentence]?.[0] || sentence, values);
}

/** Says a sentence that depends on a number, which it gets as `{n}`. */
export function _n(one: string, many: string, n: number, values?: Values): string {
  const single = plural.select(n) === "one";
  return fill(sentences.value[one]?.[single ? 0 : 1] || (single ? one : many), { ...values, n });
}

/** Joins names: "Awa, Luc and Inès". */
export function list(names: readonly string[]): string {
  return new Intl.ListFormat(lang, { type: "conjunction" }).format(names.map(isolate));
}

/** Writes an hour in the zone of the session as pages do: 15:15 or 3:15 in a list; in prose 15 h 15 or 3:15 pm. */
export function hour(ms: number, zone: string, prose = false): string {
  const text = new Intl.DateTimeFormat(lang === "fr" ? "fr-FR" : "en-GB", {
    hour: "numeric",
    minute: "2-digit",
    hour12: lang === "en",
    timeZone: zone,
  }).format(ms);
  if (!prose) return text.replace(/\s*[ap]m$/, "");
  const short = text.replace(/:00/, lang === "fr" ? ":" : "");
  return lang === "fr" ? short.replace(/^0?(\d+):/, "$1\u00a0h\u00a0").trim() : short;
}

function fill(text: string, values?: Values): string {
  if (!values) return text;
  return text.replace(/(\b[dD]e )?\{(\w+)\}/g, (_all, of: string | undefined, key: string) => {
    const value = String(values[key] ?? "");
    const elided = of && lang === "fr" && VOWEL.test(value); // « la main d’Awa »
    return (elided ? `${of[0]}’` : (of ?? "")) + isolate(value);
  });
}

/** Keeps a name written from right to left from turning the sentence round it. */
function isolate(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}

// Checks what is said of sound, picture and the link: the most important first, nothing hidden by what was put away, nothing untrue.
import assert from "node:assert/strict";
import { test } from "node:test";
import { view } from "../store.ts";
import type { View } from "../wire.gen.ts";
import { sentences } from "./sentences.ts";
import type { Heard, Told } from "./told.ts";

const NOW = 10_000_000;
const LONG_AGO = NOW - 200_000;

interface Case {
  group?: string;
  why?: string;
  /** When the group came to its way. */
  since?: number | null;
  own?: string | null;
  /** Where the server sees this person. */
  seen?: string;
  asked?: boolean;
  way?: Heard["using"]["way"];
  /** Milliseconds since it was noticed that nothing arrives. */
  silent?: number | null;
  microphone?: Heard["microphone"];
  camera?: boolean;
  weak?: Heard["weak"];
  unlinked?: readonly string[];
  muffled?: boolean;
  elsewhere?: boolean;
  capable?: boolean;
  link?: string;
  lost?: number | null;
  offer?: string | null;
  /** Who hears nothing. */
  silenced?: string[];
  /** When somebody who writes wrote something. */
  wrote?: number | null;
  people?: number;
  phone?: string;
  room?: string;
  rehearsal?: boolean;
  holder?: string | null;
}

function heard(of: Case): Heard {
  const { group = "sfu", own = null, phone = "01 23", people = 3, wrote = null, offer = null } = of;
  const seat = (id: string, rung: string) => ({ id, name: id, presence: "here", rung });
  const here = {
    session: { status: "running", rehearsal: of.rehearsal ?? false, zone: "Europe/Paris" },
    plan: [],
    clock: { state: "paused", ends_at: NOW },
    me: { id: "me", rung: own, asked_to_phone: of.asked ?? false },
    ladder: {
      rung: group,
      why: of.why ?? "facilitator",
      since: of.since === undefined ? LONG_AGO : of.since,
      silent: of.silenced ?? [],
    },
    bridge: { phone, code: phone && "9#", link: of.room ?? "" },
    seats: [
      seat("me", of.seen ?? own ?? group),
      seat("writer", "text"),
      ...Array.from({ length: people - 2 }, (_each, at) => seat(`other-${at}`, group)),
    ],
    entries:
      wrote === null
        ? {}
        : {
            said: {
              id: "said",
              kind: "speech",
              author: "writer",
              text: "Oui.",
              written_at: wrote,
              mine: false,
            },
          },
    floor: { holder: of.holder ?? null },
    conduct: offer ? { offer } : null,
  };
  return {
    here: here as unknown as View,
    link: of.link ?? "live",
    using: {
      way: of.way ?? (group.startsWith("sfu") && !own ? "sfu" : "none"),
      silentSince: of.silent == null ? null : NOW - of.silent,
    },
    unlinked: of.unlinked ?? [],
    muffled: of.muffled ?? false,
    weak: of.weak ?? "no",
    elsewhere: of.elsewhere ?? false,
    microphone: of.microphone ?? "on",
    camera: of.camera ?? true,
    capable: of.capable ?? true,
    now: NOW,
    alone: false,
    lostSince: of.lost == null ? null : NOW - of.lost,
    hourNow: NOW,
  };
}

/** Names the notes, each without the hour of its group's way. */
const keys = (of: Case) => sentences(heard(of)).map((each) => each.key.replace(/-\d+$/, ""));
const first = (of: Case): Told => {
  const [told] = sentences(heard(of));
  assert(told, "nothing is said");
  return told;
};
const all = ({ what, still, todo }: Told) => `${what} ${still} ${todo}`.replaceAll("\u00a0", " ");

// biome-ignore format: one case a line
const ORDERS: readonly (readonly [string, Case, readonly string[]])[] = [
  ["all is well", {}, []],
  ["our server is out of reach, and nothing else is known", { link: "reconnecting", lost: 20_000, silent: 20_000, asked: true }, ["alone"]],
  ["a short cut of the link is not told", { link: "reconnecting", lost: 2000, silent: 2000 }, []],
  ["a page open twice, before anything it does not carry", { elsewhere: true, asked: true }, ["elsewhere", "asked"]],
  ["a touch before the silence it explains", { muffled: true, silent: 20_000, way: "none" }, ["muffled", "lost"]],
  ["silence before the way of the group", { group: "mesh", since: NOW, silent: 1000 }, ["silent", "mesh"]],
  ["who was asked is told of the silence, and of the telephone in the same words", { silent: 20_000, asked: true, way: "none" }, ["lost", "asked"]],
  ["writing before what is only mine", { group: "text", own: "bridge" }, ["text", "own-bridge"]],
  ["who is asked while they write hears of it", { own: "text", asked: true }, ["asked", "own-text"]],
  ["who is asked while all phone is asked once", { group: "bridge", asked: true }, ["bridge"]],
  ["words to read aloud before an offer that waits, and both before one's own way", { own: "bridge", wrote: NOW - 1000, offer: "sfu" }, ["words-said", "offer", "own-bridge"]],
  ["words are read for a while", { wrote: NOW - 100_000 }, []],
  ["an offer before the way it leaves", { group: "mesh", since: NOW, way: "mesh", offer: "sfu" }, ["offer", "mesh"]],
  ["news of the group before a weak line", { since: NOW, weak: "yes" }, ["sfu", "weak-yes"]],
  ["a weak line is the media server's: not on direct links", { group: "mesh", way: "mesh", weak: "yes" }, []],
  ["… not on the telephone, nor in writing", { group: "bridge", weak: "held" }, ["bridge"]],
  ["… nor in writing", { group: "text", weak: "yes" }, ["text"]],
  ["… nor where the group sends no picture", { group: "sfu-audio", weak: "yes" }, []],
  ["whoever has no link with somebody, before the way that links them", { group: "mesh", way: "mesh", since: NOW, unlinked: ["other-0"] }, ["unlinked-other", "mesh"]],
  ["a line cut for one", { way: "mesh", seen: "mesh" }, ["star"]],
  ["a line cut for one just after the group came back", { way: "mesh", seen: "mesh", since: NOW }, ["star", "sfu"]],
  ["a rehearsal has no media server whose line could be cut", { way: "mesh", rehearsal: true }, []],
  ["… unless that is rehearsed", { way: "mesh", rehearsal: true, seen: "mesh" }, ["star"]],
  ["going up, direct links carry for a moment and nothing is cut", { way: "mesh", since: NOW }, ["sfu"]],
  ["nobody on the telephone or in writing misses sound, or a touch, or another window", { own: "bridge", silent: 60_000, muffled: true, elsewhere: true }, ["own-bridge"]],
  ["the group's writing says it for who writes anyway", { group: "text", own: "text" }, ["text"]],
  ["as it was from the beginning, nothing is told", { group: "mesh", way: "mesh", why: "no-video-server", since: NOW }, []],
  ["a server that has video after all is no return", { why: "video-server", since: NOW }, []],
];

for (const [why, of, expected] of ORDERS)
  test(`what comes first: ${why}`, () => assert.deepEqual(keys(of), expected));

test("news of a way goes by itself, the telephone and writing stay", () => {
  for (const group of ["sfu", "sfu-audio", "mesh"]) {
    const way = group === "mesh" ? "mesh" : "sfu";
    assert.equal(keys({ group, way, since: NOW - 80_000 }).length, 1, group);
    assert.deepEqual(keys({ group, way, since: NOW - 100_000 }), [], group);
  }
  for (const group of ["bridge", "text"]) assert.deepEqual(keys({ group }), [group]);
});

// biome-ignore format: one case a line
const EVERY: readonly (readonly [Case, string])[] = [
  [{ group: "sfu", since: NOW }, "We go back to sound and picture. Time goes on, and what was written stays. Nothing to do."],
  [{ group: "sfu-audio", since: NOW }, "We go on with sound alone. Voices and time go on. Nothing to do."],
  [{ group: "mesh", why: "video-unreachable", since: NOW }, "The video server no longer answers. Sound and picture now go straight between your browsers, and time goes on. Nothing to do."],
  [{ group: "mesh", why: "video-unreachable", since: NOW, people: 8 }, "The video server no longer answers. Sound now goes straight between your browsers, with the picture of whose turn it is; time goes on. Nothing to do."],
  [{ group: "mesh", why: "video-unreachable", since: NOW, rehearsal: true }, "The picture has stopped. Sound now goes straight between your browsers, and time goes on. Nothing to do."],
  [{ group: "mesh", why: "offer-accepted", since: NOW, microphone: "off", camera: false }, "We go on from browser to browser. Sound and picture now go straight between your browsers, and time goes on. Your microphone and your camera are closed: open them when you wish."],
  [{ group: "bridge" }, "We go on by telephone. This page still shows the time, whose turn it is, and what is written. Call 01 23, code 9#. Or write."],
  [{ group: "bridge", phone: "", room: "https://elsewhere.example" }, "We go on by telephone. This page still shows the time, whose turn it is, and what is written. Open the other meeting room. Or write."],
  [{ group: "text", why: "no-direct-links" }, "The sound no longer passes between us. We go on in writing. The steps and the time are the same; each writes when it is their turn. Call 01 23, code 9#. Writing is enough."],
  [{ group: "text", phone: "" }, "We go on in writing. The steps and the time are the same; each writes when it is their turn. Write when it is your turn."],
];

for (const [of, sentence] of EVERY)
  test(`each way says what happened, what still works, what to do: ${of.group} ${of.why ?? ""}`, () =>
    assert.equal(all(first(of)), sentence));

test("back from the telephone or from writing, one opens one's own microphone", () => {
  const back = { since: NOW, holder: "other-0" };
  assert.match(
    first({ ...back, microphone: "off", camera: false }).todo,
    /microphone and your camera are closed: open/,
  );
  assert.match(
    first({ ...back, microphone: "off" }).todo,
    /^Your microphone is closed: open it when you wish/,
  );
  assert.match(
    first({ ...back, microphone: "held" }).todo,
    /please continue/,
    "the rule of the phase closed it",
  );
  assert.match(first(back).todo, /please continue/);
  const down = { ...back, group: "mesh", why: "video-unreachable", microphone: "off" } as const;
  assert.match(first(down).todo, /please continue/, "going down closes nothing");
});

test("nobody is said to be heard with a closed microphone, or while nothing is sent", () => {
  const claims = /hear you|are heard/;
  const apart = { group: "mesh", way: "mesh", unlinked: ["other-0"] } as const;
  for (const one of [apart, { way: "mesh", seen: "mesh" }, { weak: "yes" }, { muffled: true }] as const) {
    assert.match(all(first(one)), claims);
    for (const microphone of ["off", "held", "waits"] as const)
      assert.doesNotMatch(all(first({ ...one, microphone })), claims);
  }
  assert.doesNotMatch(all(first({ muffled: true, way: "none" })), claims);
});

test("whoever is not heard is named, until that is so no longer", () => {
  const names = ["other-0", "other-1"];
  const seen = heard({ group: "mesh", way: "mesh", people: 8, unlinked: names });
  view.value = seen.here; // where names are looked up
  const told = sentences(seen)[0] as Told;
  view.value = null;
  assert.equal(
    all(told).replace(/[\u2068\u2069]/g, ""),
    "You do not hear other-0 and other-1, nor they you. You hear the others, and they hear you. We keep trying. Say it when you miss something.",
  );
  assert.equal(told.lasting, false);
  assert.deepEqual(keys({ group: "mesh", way: "mesh", unlinked: ["gone-0"] }), [], "who left is not missed");
});

test("who is asked to phone may say not now, with the silence as without, and in writing", () => {
  const asked = { asked: true } as const;
  assert.deepEqual(first(asked).actions, ["phone", "not-now"]);
  const lost = first({ ...asked, silent: 20_000, way: "none" });
  assert.deepEqual(lost.actions, ["phone", "write", "not-now"]);
  assert.equal(lost.what, "You no longer hear the others.");
  assert.match(all(lost), /suggests the telephone\. Call 01 23, code 9#\. Or write\.$/);
  assert.deepEqual(first({ ...asked, silent: 1000, way: "none" }).actions, ["phone", "not-now"]);
  const writes = first({ ...asked, group: "text" });
  assert.match(all(writes), /We go on in writing.*suggests the telephone/);
  assert.deepEqual(writes.actions, ["phone", "not-now"]);
});

test("who has no telephone writes while the group phones, and nobody is offered what cannot be", () => {
  assert.deepEqual(first({ group: "bridge" }).actions, ["phone", "write"]);
  assert.deepEqual(first({ group: "bridge", own: "bridge" }).actions, ["write"]);
  assert.deepEqual(first({ group: "bridge", own: "text" }).actions, ["phone"]);
  assert.match(all(first({ group: "bridge", own: "text" })), /Call 01 23/);
  assert.deepEqual(sentences(heard({ group: "text", own: "bridge" })).at(-1)?.actions, ["along"]);
  assert.deepEqual(first({ own: "bridge" }).actions, ["back"]);
  assert.deepEqual(first({ own: "bridge", capable: false }).actions, ["write"]);
  assert.deepEqual(first({ silent: 20_000, way: "none", phone: "" }).actions, ["write"]);
});

test("who stays on the telephone hears that the others came back", () => {
  assert.match(
    first({ own: "bridge", since: NOW }).what,
    /^The others go on with sound and picture\. You are/,
  );
  assert.equal(first({ own: "bridge" }).what, "You are on the phone.");
});

test("an offer says what goes on until it is taken", () => {
  const direct = { group: "mesh", way: "mesh", offer: "sfu" } as const;
  assert.match(first(direct).still, /Everybody hears/);
  assert.doesNotMatch(first({ ...direct, silenced: ["writer"] }).still, /Everybody hears/);
  assert.match(first({ group: "text", offer: "sfu" }).what, /writing/);
  const offers = (of: Case) => sentences(heard(of)).find((each) => each.key.startsWith("offer"));
  assert.match(offers({ group: "text", offer: "sfu" })?.still ?? "", /Writing goes on/);
  assert.match(offers({ group: "bridge", offer: "sfu" })?.still ?? "", /telephone goes on/);
  assert.match(offers({ group: "text", offer: "mesh" })?.what ?? "", /browser to browser/);
});

test("a note with nothing to tap can be put away, and what is below it is there", () => {
  const notes = sentences(heard({ group: "text", own: "bridge", asked: true, offer: "sfu" }));
  assert.deepEqual(
    notes.map((each) => each.key.replace(/-\d+$/, "")),
    ["text", "asked", "offer", "own-bridge"],
  );
  for (const [, order] of ORDERS)
    for (const each of sentences(heard(order)))
      assert(!each.lasting || each.actions.length || each.key === "own-text", `${each.key} stays for ever`);
});

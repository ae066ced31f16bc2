/** Chooses what to say about sound, picture and the link: always what happened, what still works, what to do. */
import { _, hour } from "../language.ts";
import { phaseWords, shortName } from "../store.ts";
import type { View } from "../wire.gen.ts";
import { CAPABLE } from "./situation.ts";
import { PATIENCE } from "./watchdog.ts";
import type { Using } from "./way.ts";

export type Action = "card" | "play" | "phone" | "write" | "back" | "rise" | "stay" | "here" | "pictures";

export interface Told {
  /** The same note is not shown again once it is put away. */
  readonly key: string;
  readonly icon: "sound" | "phone" | "help" | "question" | "words";
  readonly what: string;
  readonly still: string;
  readonly todo: string;
  readonly actions: readonly Action[];
  /** Whether it can be put away. */
  readonly lasting: boolean;
}

export interface Heard {
  readonly here: View | null;
  readonly link: string;
  readonly using: { readonly way: Using; readonly silentSince: number | null };
  readonly muffled: boolean;
  readonly weak: "no" | "yes" | "held";
  /** Sound and picture are in another window. */
  readonly elsewhere: boolean;
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

const told = (key: string, words: Words): Told => ({ key, actions: [], lasting: false, ...words });

/** The most important thing to say now, or nothing. */
export function sentences(heard: Heard): Told | null {
  const { here } = heard;
  if (!here || here.session.status === "closed") return null;
  if (heard.link !== "live") return ofLink(heard, here);
  return (
    ofElsewhere(heard) ??
    ofOwn(here) ??
    ofTouch(heard) ??
    ofSilence(heard, here) ??
    ofWeakLine(heard) ??
    ofOffer(here) ??
    ofWords(heard, here) ??
    ofGroup(heard, here)
  );
}

const ALONE_AFTER = 10_000;

/** The server is out of reach: the page goes on by the plan it holds and its own clock. */
function ofLink({ alone, lostSince, now, hourNow }: Heard, here: View): Told | null {
  const lost = alone || (lostSince !== null && now - lostSince >= ALONE_AFTER);
  if (!lost || here.session.status === "ended") return null;
  const at = here.plan.findLastIndex((slot) => slot.starts_at <= hourNow);
  const slot = here.plan[at];
  const until = here.plan[at + 1]?.starts_at ?? here.clock.ends_at;
  const title = phaseWords(slot)?.title;
  const running = here.clock.state === "running" && title && until > hourNow;
  return told("alone", {
    icon: "help",
    what: _("The server is out of reach."),
    still: running
      ? _(
          "This page goes on by its own clock: {phase} until about {hour}. What you write is kept on this device and sent later.",
          { phase: title, hour: hour(until, here.session.zone, true) },
        )
      : _("This page goes on by its own clock. What you write is kept on this device and sent later."),
    todo: here.bridge.phone
      ? `${_("Stay here, or meet the others by the plan B number.")} ${number(here)}`
      : _("Stay here; it returns by itself."),
    actions: ["card"],
    lasting: true,
  });
}

function ofOwn(here: View): Told | null {
  if (here.me.rung === "text" && here.ladder.rung === "text") return null; // the group's sentence says it
  switch (here.me.rung) {
    case "bridge":
      return told("own-bridge", {
        icon: "phone",
        what: _("You are on the phone."),
        still: _("This page still shows the time, whose turn it is, and what is written."),
        todo: number(here),
        actions: ["back"],
        lasting: true,
      });
    case "text":
      return told("own-text", {
        icon: "help",
        what: CAPABLE ? _("You take part in writing.") : _("This browser carries no sound and no picture."),
        still: _("You read what is written and write in your turn; the others see it at once."),
        todo: CAPABLE ? "" : _("Nothing to do: go on in writing, or call the plan B number."),
        actions: CAPABLE ? ["back"] : [],
        lasting: true,
      });
  }
  if (here.me.asked_to_phone)
    return told("asked", {
      icon: "phone",
      what: _("The facilitator suggests the telephone."),
      still: _("This page stays with you."),
      todo: number(here),
      actions: ["phone"],
      lasting: true,
    });
  return null;
}

function ofTouch({ muffled }: Heard): Told | null {
  if (!muffled) return null;
  return told("muffled", {
    icon: "sound",
    what: _("The browser waits for a touch before it plays the voices."),
    still: _("You are heard already."),
    todo: "",
    actions: ["play"],
    lasting: true,
  });
}

function ofElsewhere({ elsewhere }: Heard): Told | null {
  if (!elsewhere) return null;
  return told("elsewhere", {
    icon: "sound",
    what: _("Sound and picture are open in another window."),
    still: _("This page still shows the time, whose turn it is, and what is written."),
    todo: _("Close the other window, or take them here."),
    actions: ["here"],
    lasting: true,
  });
}

function ofWeakLine({ weak }: Heard): Told | null {
  if (weak === "no") return null;
  return told(`weak-${weak}`, {
    icon: "sound",
    what: _("Your line is weak: sound goes first."),
    still: _("You hear the others, and they hear you."),
    todo:
      weak === "yes"
        ? _("Pictures come back by themselves when the line is better.")
        : _("Pictures wait until you ask for them."),
    actions: weak === "yes" ? [] : ["pictures"],
  });
}

function ofSilence({ using, now }: Heard, here: View): Told | null {
  const silent = using.silentSince === null ? 0 : now - using.silentSince + PATIENCE.banner;
  if (silent < PATIENCE.banner || here.ladder.rung === "bridge" || here.ladder.rung === "text") return null;
  if (silent >= PATIENCE.card)
    return told("lost", {
      icon: "help",
      what: _("You no longer hear the others."),
      still: _("Time and writing go on, and your seat is kept."),
      todo: here.bridge.phone
        ? `${number(here)} ${_("Or write.")}`
        : _("Go on in writing; we keep trying to bring the sound back."),
      actions: here.bridge.phone ? ["phone", "write"] : ["write"],
      lasting: true,
    });
  return told("silent", {
    icon: "sound",
    what: _("The sound has stopped."),
    still: _("Time and writing go on."),
    todo: _("We are already trying another way. Nothing to do."),
  });
}

const READ_FOR = 90_000;
const SHOWN = 180;

/** What somebody without sound says in writing, while the others speak. */
function ofWords({ hourNow }: Heard, here: View): Told | null {
  if (here.ladder.rung === "text" || here.me.rung === "text") return null;
  const writes = (id: string | null) => here.seats.some((seat) => seat.id === id && seat.rung === "text");
  const last = Object.values(here.entries)
    .filter((each) => each.kind === "speech" && !each.mine && writes(each.author))
    .sort((a, b) => a.written_at - b.written_at)
    .at(-1);
  if (!last || hourNow - last.written_at > READ_FOR) return null;
  const text = last.text.length > SHOWN ? `${last.text.slice(0, SHOWN).trimEnd()}…` : last.text;
  return told(`words-${last.id}`, {
    icon: "words",
    what: _("{name} writes:", { name: shortName(last.author) }),
    still: _("“{text}”", { text }),
    todo: here.conduct ? _("Read it aloud.") : "",
  });
}

function ofOffer(here: View): Told | null {
  if (!here.conduct?.offer) return null;
  return told(`offer-${here.ladder.since}`, {
    icon: "question",
    what: _("The video server answers again."),
    still: _("Everybody hears each other as it is."),
    todo: _("You choose when to go back to pictures."),
    actions: ["rise", "stay"],
    lasting: true,
  });
}

function ofGroup({ using }: Heard, here: View): Told | null {
  const { rung, why, since } = here.ladder;
  const speaker = here.floor.holder && here.floor.holder !== here.me.id ? shortName(here.floor.holder) : "";
  const goOn = speaker
    ? _("Nothing to do. {name}, please continue.", { name: speaker })
    : _("Nothing to do.");
  switch (rung) {
    case "mesh":
      if (why === "no-video-server" || !why) return null;
      return told(`mesh-${since}`, {
        icon: "sound",
        what: _("The picture has stopped."),
        still: _("Sound now goes straight between your browsers, and time goes on."),
        todo: goOn,
      });
    case "sfu-audio":
      return told(`audio-${since}`, {
        icon: "sound",
        what: _("We go on with sound alone."),
        still: _("Voices and time go on."),
        todo: goOn,
      });
    case "bridge":
      return told(`bridge-${since}`, {
        icon: "phone",
        what: _("We go on by telephone."),
        still: _("This page still shows the time, whose turn it is, and what is written."),
        todo: number(here),
        actions: ["phone"],
        lasting: true,
      });
    case "text":
      return told(`text-${since}`, {
        icon: "help",
        what: _("We go on in writing."),
        still: _("The steps and the time are the same; each writes when it is their turn."),
        todo: here.bridge.phone
          ? `${number(here)} ${_("Writing is enough.")}`
          : _("Write when it is your turn."),
      });
  }
  if (using.way === "mesh")
    return told("star", {
      icon: "sound",
      what: _("Your line to the video server is cut."),
      still: _("The others hear you, and you hear them, by direct links."),
      todo: _("Nothing to do."),
    });
  return null;
}

/** Where to call, as a sentence. */
function number({ bridge }: View): string {
  if (bridge.phone && bridge.code)
    return _("Call {phone}, code {code}.", { phone: bridge.phone, code: bridge.code });
  if (bridge.phone) return _("Call {phone}.", { phone: bridge.phone });
  return bridge.link ? _("Open the other meeting room.") : "";
}

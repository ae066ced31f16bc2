/** Chooses what to say about sound, picture and the link: always what happened, what still works, what to do. */
import { _, hour } from "../language.ts";
import { phaseWords, shortName } from "../store.ts";
import type { View } from "../wire.gen.ts";
import { ofGroup, ofStar, ofUnlinked, ofWriting } from "./group_sentences.ts";
import {
  type Action,
  type Heard,
  isNews,
  isQuiet,
  number,
  said,
  suggestion,
  type Told,
  told,
} from "./told.ts";
import { PATIENCE } from "./watchdog.ts";

/** Most urgent first: what takes the sound away, what wants an answer, how one takes part, how the group does. */
const ORDER = [
  ofElsewhere,
  ofTouch,
  ofSilence,
  ofWriting,
  ofAsked,
  ofWords,
  ofOffer,
  ofOwn,
  ofUnlinked,
  ofStar,
  ofGroup,
  ofWeakLine,
] as const;

/** Everything there is to say now, the most important first: what is put away leaves room for the next. */
export function sentences(heard: Heard): readonly Told[] {
  const { here } = heard;
  if (!here || here.session.status === "closed") return [];
  const all = heard.link === "live" ? ORDER.map((of) => of(heard, here)) : [ofLink(heard, here)];
  return all.filter((each) => each !== null);
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

function ofElsewhere({ elsewhere }: Heard, here: View): Told | null {
  if (!elsewhere || isQuiet(here)) return null;
  return told("elsewhere", {
    icon: "sound",
    what: _("Sound and picture are open in another window."),
    still: _("This page still shows the time, whose turn it is, and what is written."),
    todo: _("Close the other window, or take them here."),
    actions: ["here"],
    lasting: true,
  });
}

function ofTouch({ muffled, microphone, using }: Heard, here: View): Told | null {
  if (!muffled || isQuiet(here)) return null;
  return told("muffled", {
    icon: "sound",
    what: _("The browser waits for a touch before it plays the voices."),
    still:
      microphone === "on" && using.way !== "none"
        ? _("You are heard already.")
        : _("Time and writing go on."),
    todo: "",
    actions: ["play"],
    lasting: true,
  });
}

/** No sound arrives; where the facilitator suggests the telephone, that is what there is to do. */
function ofSilence({ using, now }: Heard, here: View): Told | null {
  if (using.silentSince === null || isQuiet(here)) return null;
  const silent = now - using.silentSince + PATIENCE.banner;
  const [call, asked] = [number(here), suggestion(here)];
  const notNow: readonly Action[] = asked ? ["not-now"] : [];
  if (silent >= PATIENCE.card)
    return told("lost", {
      icon: "help",
      what: _("You no longer hear the others."),
      still: _("Time and writing go on, and your seat is kept."),
      todo: call
        ? said(asked, call, _("Or write."))
        : _("Go on in writing; we keep trying to bring the sound back."),
      actions: call ? ["phone", "write", ...notNow] : ["write"],
      lasting: true,
    });
  return told("silent", {
    icon: "sound",
    what: _("The sound has stopped."),
    still: _("Time and writing go on."),
    todo: asked ? said(asked, call) : _("We are already trying another way. Nothing to do."),
    actions: asked ? ["phone", ...notNow] : [],
  });
}

/** The group's own number says it already where all are to phone. */
function ofAsked(_heard: Heard, here: View): Told | null {
  const asked = suggestion(here);
  if (!asked || here.ladder.rung === "bridge") return null;
  return told("asked", {
    icon: "phone",
    what: asked,
    still: _("This page stays with you."),
    todo: number(here),
    actions: ["phone", "not-now"],
    lasting: true,
  });
}

const SHOWN = 180;

/** What somebody without sound says in writing, while the others speak. */
function ofWords(heard: Heard, here: View): Told | null {
  if (here.ladder.rung === "text" || here.me.rung === "text") return null;
  const writes = (id: string | null) => here.seats.some((seat) => seat.id === id && seat.rung === "text");
  const last = Object.values(here.entries)
    .filter((each) => each.kind === "speech" && !each.mine && writes(each.author))
    .sort((a, b) => a.written_at - b.written_at)
    .at(-1);
  if (!last || !isNews(last.written_at, heard)) return null;
  const text = last.text.length > SHOWN ? `${last.text.slice(0, SHOWN).trimEnd()}…` : last.text;
  return told(`words-${last.id}`, {
    icon: "words",
    what: _("{name} writes:", { name: shortName(last.author) }),
    still: _("“{text}”", { text }),
    todo: here.conduct ? _("Read it aloud.") : "",
  });
}

/** A better way may be taken; until then the group goes on as it is. */
function ofOffer(_heard: Heard, here: View): Told | null {
  const { rung, since, silent } = here.ladder;
  const offer = here.conduct?.offer;
  if (!offer) return null;
  const direct = offer === "mesh";
  return told(`offer-${since}`, {
    icon: "question",
    what: direct
      ? _("Sound from browser to browser can be tried again.")
      : _("The video server answers again."),
    still:
      rung === "text"
        ? _("Writing goes on until then.")
        : rung === "bridge"
          ? _("The telephone goes on until then.")
          : silent.length
            ? _("Voices and time go on.")
            : _("Everybody hears each other as it is."),
    todo: direct
      ? _("You choose when to try.")
      : isQuiet(here)
        ? _("You choose when to go back to sound and picture.")
        : _("You choose when to go back to pictures."),
    actions: ["rise", "stay"],
    lasting: true,
  });
}

/** How this person takes part, where it is not as the group does. */
function ofOwn(heard: Heard, here: View): Told | null {
  const { me, ladder } = here;
  if (me.rung !== "bridge" && me.rung !== "text") return null;
  if (me.rung === ladder.rung && me.rung === "text") return null; // the group's sentence says it
  const gone =
    ladder.rung === "sfu" &&
    ladder.why !== "video-server" &&
    isNews(ladder.since, heard) &&
    _("The others go on with sound and picture.");
  const together = ladder.rung === "bridge";
  if (me.rung === "bridge")
    return told("own-bridge", {
      icon: "phone",
      what: said(gone, _("You are on the phone.")),
      still: _("This page still shows the time, whose turn it is, and what is written."),
      todo: number(here),
      actions: [together || !heard.capable ? "write" : ladder.rung === "text" ? "along" : "back"],
      lasting: true,
    });
  return told("own-text", {
    icon: "help",
    what: heard.capable
      ? said(gone, _("You take part in writing."))
      : _("This browser carries no sound and no picture."),
    still: _("You read what is written and write in your turn; the others see it at once."),
    todo: together
      ? number(here)
      : heard.capable || !number(here)
        ? ""
        : _("Nothing to do: go on in writing, or call the plan B number."),
    actions: together ? ["phone"] : heard.capable ? ["back"] : [],
    lasting: true,
  });
}

/** Only the media server's line is felt, and only where the group sends pictures is one spared. */
function ofWeakLine({ weak, using, microphone }: Heard, here: View): Told | null {
  if (weak === "no" || using.way !== "sfu" || here.ladder.rung !== "sfu" || isQuiet(here)) return null;
  return told(`weak-${weak}`, {
    icon: "sound",
    what: _("Your line is weak: sound goes first."),
    still: microphone === "on" ? _("You hear the others, and they hear you.") : _("You hear the others."),
    todo:
      weak === "yes"
        ? _("Pictures come back by themselves when the line is better.")
        : _("Pictures wait until you ask for them."),
    actions: weak === "yes" ? [] : ["pictures"],
  });
}

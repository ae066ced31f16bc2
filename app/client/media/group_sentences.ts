/** Says how the group goes on: what happened, what still works, what to do; down and up the ladder. */
import { _, list } from "../language.ts";
import { shortName } from "../store.ts";
import type { View } from "../wire.gen.ts";
import { goOn, type Heard, isNews, isQuiet, number, said, suggestion, type Told, told } from "./told.ts";
import { sendsDirectly } from "./way.ts";

/** The group writes: said before what is only this person's, for everything changes with it. */
export function ofWriting(_heard: Heard, here: View): Told | null {
  const { rung, why, since } = here.ladder;
  if (rung !== "text") return null;
  const [call, asked] = [number(here), suggestion(here)];
  return told(`text-${since}`, {
    icon: "help",
    what: said(
      why === "no-direct-links" && _("The sound no longer passes between us."),
      _("We go on in writing."),
    ),
    still: _("The steps and the time are the same; each writes when it is their turn."),
    todo: call
      ? said(asked, call, asked ? _("Or write.") : _("Writing is enough."))
      : _("Write when it is your turn."),
    actions: asked ? ["phone", "not-now"] : [],
  });
}

/** The group's way: the telephone for as long as it lasts, the others while they are news. */
export function ofGroup(heard: Heard, here: View): Told | null {
  const { rung, since } = here.ladder;
  if (rung === "bridge")
    return told(`bridge-${since}`, {
      icon: "phone",
      what: _("We go on by telephone."),
      still: _("This page still shows the time, whose turn it is, and what is written."),
      todo: said(number(here), _("Or write.")),
      actions: ["phone", "write"],
      lasting: true,
    });
  if (!isNews(since, heard)) return null;
  switch (rung) {
    case "mesh":
      return ofDirectLinks(heard, here);
    case "sfu-audio":
      return told(`audio-${since}`, {
        icon: "sound",
        what: _("We go on with sound alone."),
        still: _("Voices and time go on."),
        todo: closed(heard) || goOn(here),
      });
    case "sfu":
      return ofReturn(heard, here);
  }
  return null;
}

/** A browser that the media server does not reach is heard all the same; while the group goes up, the links are only the old way. */
export function ofStar(heard: Heard, here: View): Told | null {
  const { rung, since } = here.ladder;
  if (heard.using.way !== "mesh" || (rung !== "sfu" && rung !== "sfu-audio")) return null;
  const seen = here.seats.find((seat) => seat.id === here.me.id)?.rung;
  const direct = here.session.rehearsal; // real people hear each other by links of their own, whatever is played
  if ((direct || isNews(since, heard)) && seen !== "mesh") return null;
  return told("star", {
    icon: "sound",
    what: _("Your line to the video server is cut."),
    still:
      heard.microphone === "on"
        ? _("The others hear you, and you hear them, by direct links.")
        : _("You hear the others by direct links."),
    todo: _("Nothing to do."),
  });
}

/** No link comes about with somebody, as behind some firewalls. */
export function ofUnlinked({ unlinked, microphone }: Heard, here: View): Told | null {
  const names = here.seats.filter((seat) => unlinked.includes(seat.id)).map((seat) => shortName(seat.id));
  if (!names.length || isQuiet(here)) return null;
  return told(`unlinked-${unlinked.join()}`, {
    icon: "sound",
    what: _("You do not hear {names}, nor they you.", { names: list(names) }),
    still: microphone === "on" ? _("You hear the others, and they hear you.") : _("You hear the others."),
    todo: _("We keep trying. Say it when you miss something."),
  });
}

function ofDirectLinks(heard: Heard, here: View): Told | null {
  const { why, since } = here.ladder;
  if (why === "no-video-server" || !why) return null; // as it has been from the beginning
  const down = why === "video-unreachable";
  return told(`mesh-${since}`, {
    icon: "sound",
    what: !down
      ? _("We go on from browser to browser.")
      : here.session.rehearsal
        ? _("The picture has stopped.")
        : _("The video server no longer answers."),
    still: linked(here),
    todo: (!down && closed(heard)) || goOn(here),
  });
}

/** What goes straight between browsers: among few people pictures too; portraits of simulated people stop. */
function linked({ session, seats, me }: View): string {
  if (session.rehearsal) return _("Sound now goes straight between your browsers, and time goes on.");
  const links = seats.filter((seat) => seat.id !== me.id && seat.presence === "here").length;
  return sendsDirectly(links, { speak: false, turn: false }).video
    ? _("Sound and picture now go straight between your browsers, and time goes on.")
    : _("Sound now goes straight between your browsers, with the picture of whose turn it is; time goes on.");
}

function ofReturn(heard: Heard, here: View): Told | null {
  const { why, since } = here.ladder;
  if (why === "video-server" || !why) return null; // a server that has one after all
  return told(`sfu-${since}`, {
    icon: "sound",
    what: _("We go back to sound and picture."),
    still: _("Time goes on, and what was written stays."),
    todo: closed(heard) || goOn(here),
  });
}

/** After writing and the telephone devices are closed, and only their owner opens them. */
function closed({ microphone, camera, capable }: Heard): string {
  if (microphone !== "off" || !capable) return "";
  return camera
    ? _("Your microphone is closed: open it when you wish.")
    : _("Your microphone and your camera are closed: open them when you wish.");
}

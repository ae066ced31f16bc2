// The words in the middle of the table: the phase, my part now, and the request once it is agreed.
import type { JSX } from "preact";
import { _, hour } from "./language.ts";
import { face, phase, shortName, slot, view } from "./store.ts";
import type { View } from "./wire.gen.ts";

/** The words of the middle as one string, for placing seats anew when they change. */
export function middleKey(): string {
  const here = view.value;
  return [
    here?.session.status,
    slot.value?.key,
    here?.me.role,
    here?.request.text,
    here?.clock.state === "paused",
    here?.seats.filter((each) => each.presence === "here").length === 1,
  ].join("|");
}

/** Tells the phase and where it stands among the steps. */
export function Step(): JSX.Element {
  const here = view.value;
  const time = face.value;
  const title = phase.value?.title;
  const over = here?.session.status === "ended" || here?.session.status === "closed";
  if (!here || !title || over)
    return <h1 class="step">{over ? _("The session is over") : _("In a moment")}</h1>;
  const place = _("{n} of {all}", { n: slot.value?.step ?? 1, all: here.clock.steps });
  const said =
    time?.phase === "paused"
      ? _("paused")
      : time?.phase === "last"
        ? _("last minute")
        : time?.phase === "over"
          ? _("a little more time")
          : place;
  return (
    <h1 class="step">
      {title} <span>{said}</span>
    </h1>
  );
}

/** Tells what is mine to do now. */
export function part(): string {
  const here = view.value;
  if (!here) return "";
  const others = here.seats.filter((each) => each.id !== here.me.id && each.presence === "here").length;
  switch (here.session.status) {
    case "planned":
      return _("The session begins at {hour}.", {
        hour: hour(here.session.starts_at, here.session.zone, true),
      });
    case "open":
      return others ? _("Welcome. The session begins in a moment.") : _("The others are arriving.");
    case "ended":
    case "closed":
      return _("Thank you. What you wrote for yourself waits on your page.");
  }
  if (here.clock.state === "paused") return pausedFor(here);
  if (here.floor.holder === here.me.id && phase.value?.voice !== "client")
    return _("You have the floor. Take your time.");
  const guidance = phase.value?.guidance ?? {};
  return guidance[here.me.role] ?? guidance.consultant ?? "";
}

function pausedFor({ clock: { reason }, request, me }: View): string {
  if (reason === "client-away" && request.person === me.id)
    return _("Time waited for you. It runs again in a moment.");
  if (reason === "client-away")
    return _("{name} is away. Time waits for them. Let us stay together a minute.", {
      name: shortName(request.person),
    });
  return reason || _("Time waits. So do we.");
}

export function Request(): JSX.Element | null {
  const here = view.value;
  const request = here?.request;
  if (!request?.text) return null;
  const agreed = request.client && request.consultants;
  const mine = request.person === here?.me.id;
  const whose = mine
    ? agreed
      ? _("Your request")
      : _("Your request, being agreed")
    : agreed
      ? _("{name}’s request", { name: shortName(request.person) })
      : _("{name}’s request, being agreed", { name: shortName(request.person) });
  const length = request.text.length > 320 ? "very-long" : request.text.length > 130 ? "long" : "";
  return (
    <p class={`request ${length}`}>
      <span class="whose">{whose}</span> <q>{request.text}</q>
    </p>
  );
}

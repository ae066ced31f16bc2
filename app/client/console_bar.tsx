// The console's bar: the words to say, nearest the camera, so that eyes stay with people.
import { Armchair, ArrowLeft, Keyboard, Menu, NotebookPen, PhoneOff } from "lucide";
import type { JSX } from "preact";
import { previousPhase } from "./controls.tsx";
import { Icon } from "./icon.tsx";
import { keysOn, setKeys } from "./keys.ts";
import { _ } from "./language.ts";
import { Live } from "./lazy.tsx";
import { Mark } from "./parts.tsx";
import { may, phase, view } from "./store.ts";

interface Props {
  session: string;
  onHelp: () => void;
  onEnd: () => void;
}

export function ConsoleBar({ session, onHelp, onEnd }: Props): JSX.Element {
  return (
    <header class="bar">
      <Mark />
      <Say />
      <div class="group">
        <Live part="Buttons" />
        <Live part="PlanB" />
        <details class="options">
          <summary class="btn bare">
            <Icon of={Menu} />
            {_("Menu")}
          </summary>
          <div class="sheet">
            <button type="button" class="btn bare" onClick={onHelp}>
              <Icon of={Keyboard} />
              {_("Keyboard shortcuts")}
            </button>
            <label class="tick">
              <input
                type="checkbox"
                checked={keysOn.value}
                onChange={(event) => setKeys(event.currentTarget.checked)}
              />
              {_("Shortcuts on")}
            </label>
            {view.value?.me.role === "facilitator" ? (
              <a class="btn bare" href={`/sessions/${session}`}>
                <Icon of={NotebookPen} />
                {_("Links and people")}
              </a>
            ) : (
              <a class="btn bare" href={`/room/${session}`}>
                <Icon of={Armchair} />
                {_("Back to the room")}
              </a>
            )}
            {may("back") && (view.value?.clock.at ?? 0) > 0 ? (
              <button type="button" class="btn bare" onClick={previousPhase}>
                <Icon of={ArrowLeft} />
                {_("Back to the phase before")}
              </button>
            ) : null}
            {may("end") ? (
              <button type="button" class="btn bare" onClick={onEnd}>
                <Icon of={PhoneOff} />
                {_("End the session")}
              </button>
            ) : null}
          </div>
        </details>
      </div>
    </header>
  );
}

/** The script of the phase, or what fits the moment. */
export function script(): string {
  const here = view.value;
  if (!here) return "";
  switch (here.session.status) {
    case "planned":
    case "open":
      return _("Welcome. We begin when everybody is here. What is said here stays here.");
    case "ended":
    case "closed":
      return _("Thank you, all of you. You each find what is yours on your own page.");
    default:
      return phase.value?.say ?? "";
  }
}

function Say(): JSX.Element {
  return (
    <div class="say">
      <b id="say">{_("To say")}</b>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse */}
      <section class="script" tabIndex={0} aria-labelledby="say">
        <q>{script()}</q>
      </section>
    </div>
  );
}

// The console's bar: the words to say, nearest the camera, so that eyes stay with people.
import { useSignal } from "@preact/signals";
import { Armchair, ArrowLeft, Keyboard, Menu, NotebookPen, PhoneOff, Undo2 } from "lucide";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { previousPhase } from "./controls.tsx";
import { Icon } from "./icon.tsx";
import { keysOn, setKeys } from "./keys.ts";
import { _ } from "./language.ts";
import { Live } from "./lazy.tsx";
import { Mark } from "./parts.tsx";
import { may, phase, view } from "./store.ts";
import { changed, undo, undoable } from "./undo.tsx";

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
            {undoable() ? (
              <button type="button" class="btn bare undo-here" onClick={undo}>
                <Icon of={Undo2} />
                <span class="two">
                  {_("Undo")} <small>{changed()}</small>
                </span>
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

/** The words; when they are longer than their place they fade out, and one button lays them over the table. */
function Say(): JSX.Element {
  const place = useRef<HTMLElement>(null);
  const longer = useSignal(false);
  const open = useSignal(false);
  const words = script();
  useEffect(() => {
    open.value = false;
  }, [words]);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const measure = () => {
      longer.value = element.scrollHeight > element.clientHeight + 4;
    };
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [words]);
  return (
    <div class={open.value ? "say open" : longer.value ? "say longer" : "say"}>
      <b id="say">{_("To say")}</b>
      <section class="script" ref={place} tabIndex={-1} aria-labelledby="say">
        <q>{words}</q>
      </section>
      {longer.value ? (
        <button
          type="button"
          class="as-link small"
          aria-expanded={open.value}
          onClick={() => (open.value = !open.value)}
        >
          {open.value ? _("Fold") : _("Read on")}
        </button>
      ) : null}
    </div>
  );
}

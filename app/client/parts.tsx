// Small parts of every screen: the mark, a refusal beside its control, a question before something final.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { _ } from "./language.ts";
import { alone, link, noted, refusal, waiting } from "./store.ts";

const DOTS = [
  [16, 5], [27, 16], [23.8, 23.8], [16, 27], [8.2, 23.8], [5, 16], [8.2, 8.2],
] as const; // biome-ignore format: seven people

export function Mark(): JSX.Element {
  return (
    <a class="mark tiny" href="/" aria-label="Ronde">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        {DOTS.map(([x, y]) => (
          <circle key={`${x} ${y}`} cx={x} cy={y} r="3.1" />
        ))}
        <circle class="one" cx="23.8" cy="8.2" r="3.6" />
      </svg>
      <span>Ronde</span>
    </a>
  );
}

/** Says why the last thing asked here was refused. */
export function Refused({ where }: { where: string | readonly string[] }): JSX.Element | null {
  const said = refusal.value;
  const here = typeof where === "string" ? [where] : where;
  return said && here.includes(said.where) ? (
    <p class="refused" role="alert">
      {said.say}
    </p>
  ) : null;
}

/** Says what the link is doing, when it is not simply there. */
export function LinkLine(): JSX.Element | null {
  const { state, why } = link.value;
  if (state === "live" && why)
    return (
      <p class="link-line" role="status">
        {_("The server was restored from a backup. What you see is what it holds now.")}
      </p>
    );
  if (state === "live" || state === "connecting" || (alone.value && noted.value)) return null;
  if (state === "reconnecting")
    return (
      <p class="link-line" role="status">
        {alone.value
          ? _(
              "The server is out of reach. This page goes on by its own clock; what you write is kept on this device and sent when it returns.",
            )
          : why === "restart"
            ? _("The server restarts. We will be back in a moment; nothing is lost.")
            : waiting.value
              ? _(
                  "The link is lost for a moment. What you do is kept on this device and sent when it returns.",
                )
              : _("The link is lost for a moment. It returns by itself; nothing is lost.")}
      </p>
    );
  return null;
}

interface Question {
  title: string;
  yes: string;
  onYes: () => void;
  onClose: () => void;
  children?: ComponentChildren;
}

/** Asks before something final; opens by itself. */
export function Confirm({ title, yes, onYes, onClose, children }: Question): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="sheet ask" ref={dialog} onClose={onClose} aria-labelledby="ask-title">
      <h2 id="ask-title">{title}</h2>
      {children}
      <form method="dialog" class="row">
        <button type="submit" class="btn main" onClick={onYes}>
          {yes}
        </button>
        <button type="submit" class="btn bare">
          {_("Not now")}
        </button>
      </form>
    </dialog>
  );
}

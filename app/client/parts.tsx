// Small parts of every screen: the mark, a refusal beside its control, a question before something final.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { _ } from "./language.ts";
import { link, refusal, takeOver, waiting } from "./store.ts";

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
  if (state === "live" || state === "connecting") return null;
  if (state === "reconnecting")
    return (
      <p class="link-line" role="status">
        {why === "restart"
          ? _("The server restarts. We will be back in a moment; nothing is lost.")
          : waiting.value
            ? _("The link is lost for a moment. What you do is kept on this device and sent when it returns.")
            : _("The link is lost for a moment. It returns by itself; nothing is lost.")}
      </p>
    );
  return null;
}

const REASONS: Readonly<Record<string, () => string>> = {
  bye: () => _("You have left the table. Your personal link brings you back."),
  "not-signed-in": () => _("Your seat is not known to this browser. Open your personal link again."),
  "not-your-session": () => _("This session has no seat for you."),
  "unknown-session": () => _("There is no such session, or it is no longer here."),
  "open-elsewhere": () => _("You have this table open in another window or on another device."),
  removed: () => _("The facilitator has removed this seat from the session."),
  "link-revoked": () => _("Your personal link has been replaced. Ask the facilitator for the new one."),
  "bad-message": () => _("This page and the server do not understand each other. Load the page again."),
  "session-closed": () => _("The session is over. What remains of it is on your own page."),
};

/** Everything stopped for a reason: say it, and what can be done. */
export function Closed({ session }: { session: string }): JSX.Element {
  const { why, say } = link.value;
  return (
    <main class="closed">
      <h1>{why === "open-elsewhere" ? _("Open elsewhere") : _("The table is closed to this page")}</h1>
      <p>{say || REASONS[why]?.() || _("The link has ended.")}</p>
      {why === "open-elsewhere" ? (
        <button type="button" class="btn main" onClick={takeOver}>
          {_("Take over here")}
        </button>
      ) : why === "session-closed" || why === "bye" ? (
        <a class="btn main" href={`/after/${session}`}>
          {_("Go to my page")}
        </a>
      ) : (
        <button type="button" class="btn main" onClick={() => location.reload()}>
          {_("Load the page again")}
        </button>
      )}
    </main>
  );
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

// What is left of the page when the table is closed to it: why, and what can be done.
import type { JSX } from "preact";
import { _ } from "./language.ts";
import { link, takeOver } from "./store.ts";

const REASONS: Readonly<Record<string, () => string>> = {
  bye: () => _("You have left the table. Your personal link brings you back."),
  "not-signed-in": () => _("Your seat is not known to this browser. Open your personal link again."),
  "not-your-session": () => _("This session has no seat for you."),
  "unknown-session": () => _("There is no such session, or it is no longer here."),
  "open-elsewhere": () => _("You have this table open in another window or on another device."),
  removed: () => _("The facilitator has removed this seat from the session."),
  "link-revoked": () => _("Your personal link has been replaced. Ask the facilitator for the new one."),
  "signed-out": () => _("You signed out in this browser. Sign in again to go on."),
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
      ) : why === "signed-out" ? (
        <a class="btn main" href={`/sign-in?next=${encodeURIComponent(location.pathname)}`}>
          {_("Sign in")}
        </a>
      ) : (
        <button type="button" class="btn main" onClick={() => location.reload()}>
          {_("Load the page again")}
        </button>
      )}
    </main>
  );
}

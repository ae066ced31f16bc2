// The conductor's console: the same table, the words to say, the whole clock, and what comes next.
import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Announcer } from "./announce.tsx";
import { Closed } from "./closed.tsx";
import { Conduct } from "./conduct.tsx";
import { ConsoleBar } from "./console_bar.tsx";
import { consoleKeys, Shortcuts } from "./console_keys.tsx";
import { Controls } from "./controls.tsx";
import { Clock } from "./controls_clock.tsx";
import { listen } from "./keys.ts";
import { _ } from "./language.ts";
import { Live, loadLive } from "./lazy.tsx";
import { middleKey, Request, Step } from "./middle.tsx";
import { Confirm, LinkLine } from "./parts.tsx";
import { Rail } from "./rail.tsx";
import { fromMyChair } from "./room.tsx";
import { narrow } from "./screen.ts";
import { ask, link, phase, view } from "./store.ts";
import { Table } from "./table.tsx";
import { Undo } from "./undo.tsx";

const PHONE_TABS = ["table", "floor", "group", "steps"] as const;

export function Console({ session }: { session: string }): JSX.Element {
  const tab = useSignal<string>("table");
  const help = useSignal(false);
  const asking = useSignal<"" | "end" | "reopen">("");
  const here = view.value;
  const late = useComputed(() => (view.value?.conduct?.proposals.length ?? 0) > 0);
  const linked = link.value.state === "live";
  useEffect(() => void loadLive(session), [linked]);
  useEffect(() => listen(consoleKeys(() => (help.value = !help.value))), []);
  useEffect(() => {
    if (here && !here.conduct && here.session.status === "running") location.replace(`/room/${session}`);
  }, [here?.conduct === null, here?.session.status]);
  if (link.value.state === "closed") return <Closed session={session} />;
  if (!here)
    return (
      <main class="closed">
        <p>{_("The table is being set.")}</p>
        <LinkLine />
      </main>
    );
  const names: Readonly<Record<string, string>> = {
    table: _("Table"),
    floor: _("Floor"),
    group: late.value ? _("Delay") : _("Group"),
    steps: _("Steps"),
  };
  const front = phase.value?.voice === "client" ? (here.request.person ?? null) : null;
  const controls = (
    <Controls
      session={session}
      onReopen={() => (asking.value = "reopen")}
      onEnd={() => (asking.value = "end")}
    />
  );
  return (
    <>
      <Announcer />
      <div class="room desk" data-tab={tab.value}>
        <ConsoleBar
          session={session}
          onHelp={() => (help.value = true)}
          onEnd={() => (asking.value = "end")}
        />
        <nav class="tabs" aria-label={_("Parts of the console")}>
          {PHONE_TABS.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={tab.value === each}
              onClick={() => {
                tab.value = each;
              }}
            >
              {names[each]}
            </button>
          ))}
        </nav>
        <main class="stage" tabIndex={-1}>
          <Live part="Notes" />
          <Table
            seats={fromMyChair(here.seats, here.me.id)}
            me={here.me.id}
            holder={here.floor.holder}
            front={front}
            words={middleKey()}
          >
            <section class="core" aria-label={_("Conducting time")}>
              <div class="core__head">
                <Step />
                <LinkLine />
              </div>
              <div class="core__now" data-centre>
                <Clock />
              </div>
              {narrow.value ? null : controls}
              <Request />
            </section>
          </Table>
        </main>
        <Conduct />
        <Rail />
        {narrow.value ? (
          <footer class="dock-here">
            <Undo />
            {controls}
          </footer>
        ) : null}
      </div>
      {help.value ? <Shortcuts onClose={() => (help.value = false)} /> : null}
      {asking.value === "end" ? (
        <Confirm
          title={_("End the session for everybody?")}
          yes={_("End the session")}
          onYes={() => void ask({ type: "end" }, "clock")}
          onClose={() => (asking.value = "")}
        >
          <p>
            {_(
              "You can reopen it for ten minutes. Then each person receives what is theirs, and the rest goes.",
            )}
          </p>
        </Confirm>
      ) : null}
      {asking.value === "reopen" ? (
        <Confirm
          title={_("Open the session again?")}
          yes={_("Reopen")}
          onYes={() => void ask({ type: "reopen" }, "clock")}
          onClose={() => (asking.value = "")}
        >
          <p>{_("Everybody still here comes back to the phase where it stopped.")}</p>
        </Confirm>
      ) : null}
    </>
  );
}

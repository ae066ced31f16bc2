// The bar on top: whose session, when it ends, whether time is shown.

import { useSignal } from "@preact/signals";
import { Armchair, Eye, EyeOff, Keyboard, LogOut, Menu } from "lucide";
import type { JSX } from "preact";
import { Icon } from "./icon.tsx";
import { keysOn, setKeys } from "./keys.ts";
import { _, hour } from "./language.ts";
import { Live } from "./lazy.tsx";
import { Confirm, Mark } from "./parts.tsx";
import { ask, stop, view } from "./store.ts";

interface Props {
  timeHidden: boolean;
  onHide: () => void;
  session: string;
}

export function Bar({ timeHidden, onHide, session }: Props): JSX.Element {
  const here = view.value;
  const leaving = useSignal(false);
  const time = (
    <button type="button" class="btn bare" onClick={onHide}>
      <Icon of={timeHidden ? Eye : EyeOff} />
      {timeHidden ? _("Show time") : _("Hide time")}
    </button>
  );
  const leave = async () => {
    await ask({ type: "leave", gone: true });
    stop();
    location.assign(`/door/${session}`);
  };
  return (
    <header class="bar">
      <Mark />
      <p class="where">
        <bdi>{here?.session.title}</bdi>
        {here?.session.number ? (
          <span class="wide">{_(", session {n}", { n: here.session.number })}</span>
        ) : null}
      </p>
      <div class="group push">
        {here && here.session.status !== "ended" ? (
          <p class="quiet wide">
            {_("Ends around {hour}", { hour: hour(here.clock.ends_at, here.session.zone, true) })}
          </p>
        ) : null}
        <span class="wide">{time}</span>
        <Live part="PlanB" />
        <details class="options">
          <summary class="btn bare">
            <Icon of={Menu} />
            {_("Menu")}
          </summary>
          <div class="sheet">
            {here ? (
              <p class="quiet small narrow">
                {_("Ends around {hour}", { hour: hour(here.clock.ends_at, here.session.zone, true) })}
              </p>
            ) : null}
            <span class="narrow">{time}</span>
            <label class="tick">
              <input
                type="checkbox"
                checked={keysOn.value}
                onChange={(event) => setKeys(event.currentTarget.checked)}
              />
              <span>
                <Icon of={Keyboard} />
                {_("Shortcuts: H hand, T time, B plan B, Esc notebook")}
              </span>
            </label>
            {here?.me.role === "co-facilitator" ? (
              <a class="btn bare" href={`/console/${session}`}>
                <Icon of={Armchair} />
                {_("Open the console")}
              </a>
            ) : null}
            <button type="button" class="btn bare" onClick={() => (leaving.value = true)}>
              <Icon of={LogOut} />
              {_("Leave the table")}
            </button>
          </div>
        </details>
      </div>
      {leaving.value ? (
        <Confirm
          title={_("Leave the table?")}
          yes={_("Leave")}
          onYes={leave}
          onClose={() => (leaving.value = false)}
        >
          <p>{_("Your seat is kept. Your personal link brings you back.")}</p>
        </Confirm>
      ) : null}
    </header>
  );
}

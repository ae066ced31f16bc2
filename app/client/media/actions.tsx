// What one can do about a note, in one tap.
import type { JSX } from "preact";
import { dial, togglePlanB } from "../drops/planb.tsx";
import { _ } from "../language.ts";
import { ask, may, view } from "../store.ts";
import { media } from "./live.tsx";
import type { Action, Told } from "./sentences.ts";

interface Props {
  told: Told;
  onPut: () => void;
}

export function Actions({ told, onPut }: Props): JSX.Element | null {
  if (!told.actions.length) return null;
  return (
    <p class="row">
      {told.actions.map((action) => (
        <One key={action} action={action} onPut={onPut} />
      ))}
    </p>
  );
}

function One({ action, onPut }: { action: Action; onPut: () => void }): JSX.Element | null {
  const bridge = view.value?.bridge;
  const take = (rung: "bridge" | "text" | null) => () => void ask({ type: "take-rung", rung });
  switch (action) {
    case "card":
      return <Button word={_("Plan B")} onClick={togglePlanB} />;
    case "play":
      return <Button word={_("Hear the others")} onClick={() => media?.unmuffle()} />;
    case "back":
      return <Button word={_("Come back to sound and picture")} onClick={take(null)} />;
    case "here":
      return <Button word={_("Sound and picture here")} onClick={() => media?.rejoin()} />;
    case "pictures":
      return <Button word={_("Pictures again")} onClick={() => media?.spare(false)} />;
    case "write":
      return <Button word={_("Go on in writing")} onClick={take("text")} />;
    case "rise":
      return may("force-rung") ? (
        <Button word={_("Go back to video")} onClick={() => void ask({ type: "force-rung", rung: "sfu" })} />
      ) : null;
    case "stay":
      return (
        <button type="button" class="btn bare" onClick={onPut}>
          {_("Stay as we are")}
        </button>
      );
    case "phone":
      return bridge?.phone || bridge?.link ? (
        <a
          class="btn"
          href={bridge.phone ? dial(bridge.phone) : bridge.link}
          rel="noreferrer"
          target={bridge.phone ? undefined : "_blank"}
          onClick={take("bridge")}
        >
          {bridge.phone ? _("Call now") : _("Open the other meeting room")}
        </a>
      ) : null;
  }
}

function Button({ word, onClick }: { word: string; onClick: () => void }): JSX.Element {
  return (
    <button type="button" class="btn" onClick={onClick}>
      {word}
    </button>
  );
}

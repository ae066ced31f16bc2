// What one can do about a note, in one tap.
import type { JSX } from "preact";
import { dial, togglePlanB } from "../drops/planb.tsx";
import { _ } from "../language.ts";
import { ask, may, view } from "../store.ts";
import type { Rung } from "../wire.gen.ts";
import { media } from "./live.tsx";
import type { Action, Told } from "./told.ts";

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
  const here = view.value;
  const { bridge, me, conduct } = here ?? {};
  const take = (rung: Rung | null) => () => void ask({ type: "take-rung", rung });
  switch (action) {
    case "card":
      return <Button word={_("Plan B")} onClick={togglePlanB} />;
    case "play":
      return <Button word={_("Hear the others")} onClick={() => media?.unmuffle()} />;
    case "back":
      return <Button word={_("Come back to sound and picture")} onClick={take(null)} />;
    case "along":
      return <Button word={_("Go on in writing")} onClick={take(null)} />;
    case "not-now": // how one takes part stays as it is
      return <Button bare word={_("Not now")} onClick={take((me?.rung ?? null) as Rung | null)} />;
    case "here":
      return <Button word={_("Sound and picture here")} onClick={() => media?.rejoin()} />;
    case "pictures":
      return <Button word={_("Pictures again")} onClick={() => media?.spare(false)} />;
    case "write":
      return <Button word={_("Go on in writing")} onClick={take("text")} />;
    case "rise": {
      const rung = conduct?.offer as Rung | null | undefined;
      return rung && may("force-rung") ? (
        <Button
          word={rung === "mesh" ? _("Try direct sound") : _("Go back to video")}
          onClick={() => void ask({ type: "force-rung", rung })}
        />
      ) : null;
    }
    case "stay":
      return <Button bare word={_("Stay as we are")} onClick={onPut} />;
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

function Button({ word, onClick, bare }: { word: string; onClick: () => void; bare?: boolean }): JSX.Element {
  return (
    <button type="button" class={bare ? "btn bare" : "btn"} onClick={onClick}>
      {word}
    </button>
  );
}

// The screen somebody shows: above the table, as large as it is useful, and away with one tap.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { _ } from "../language.ts";
import { shortName, view } from "../store.ts";
import { screen } from "./state.ts";

export function Screen(): JSX.Element | null {
  const away = useSignal<MediaStreamTrack | null>(null);
  const shared = screen.value;
  if (!shared || shared.person === view.value?.me.id || away.value === shared.track) return null;
  const show = (at: HTMLVideoElement | null) => {
    if (at && (at.srcObject as MediaStream | null)?.getTracks()[0] !== shared.track)
      at.srcObject = new MediaStream([shared.track]);
  };
  return (
    <figure class="sheet shared">
      <video ref={show} autoplay playsInline muted />
      <figcaption>
        {_("{name}’s screen", { name: shortName(shared.person) })}
        <button
          type="button"
          class="btn bare"
          onClick={() => {
            away.value = shared.track;
          }}
        >
          {_("Close")}
        </button>
      </figcaption>
    </figure>
  );
}

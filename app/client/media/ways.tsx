// The facilitator's card of ways: how the group is together, each person's own way, and how to change it.
import { SignalHigh, SignalLow, SignalZero } from "lucide";
import type { JSX } from "preact";
import { Icon } from "../icon.tsx";
import { _, capital } from "../language.ts";
import { Refused } from "../parts.tsx";
import { ask, may, view } from "../store.ts";
import type { Rung } from "../wire.gen.ts";

const WAYS: readonly Rung[] = ["sfu", "sfu-audio", "mesh", "bridge", "text"];
const NAMES: Readonly<Record<string, () => string>> = {
  sfu: () => _("sound and picture"),
  "sfu-audio": () => _("sound only"),
  mesh: () => _("browser to browser"),
  bridge: () => _("telephone"),
  text: () => _("writing"),
  alone: () => _("away"),
};

const LINES: Readonly<Record<string, readonly [unknown, () => string]>> = {
  good: [SignalHigh, () => _("good line")],
  poor: [SignalLow, () => _("weak line")],
  lost: [SignalZero, () => _("hears nothing")],
};

/** How somebody's line is, as their browser says: a mark and a word. */
function Line({ of }: { of: string | undefined }): JSX.Element | null {
  const line = LINES[of ?? ""];
  return line ? (
    <span class="line" data-line={of}>
      <Icon of={line[0]} />
      {line[1]()}
    </span>
  ) : null;
}

interface TellProps {
  word: string;
  /** The same with a name, for who hears the button alone. */
  whole: string;
  command: Parameters<typeof ask>[0];
}

function Tell({ word, whole, command }: TellProps): JSX.Element {
  return (
    <button type="button" class="btn bare" aria-label={whole} onClick={() => void ask(command, "ways")}>
      {word}
    </button>
  );
}

export function Ways(): JSX.Element | null {
  const here = view.value;
  if (!here?.conduct || !may("force-rung")) return null;
  const meets = here.bridge.phone || here.bridge.link;
  const ways = WAYS.filter((each) =>
    each === "bridge" ? meets : here.media.livekit || !each.startsWith("sfu"),
  );
  const all = here.ladder.rung === "bridge"; // then everybody is asked
  const isAsked = (person: string) => !all && here.conduct?.asked.includes(person);
  const apart = here.seats.filter(
    (seat) => (seat.presence === "here" || seat.rung === "bridge") && seat.id !== here.me.id,
  );
  return (
    <details class="sheet block rungs" data-part="group">
      <summary>
        <b>{_("Change the way")}</b>{" "}
        <span class="quiet">
          {NAMES[here.ladder.rung]?.()}
          {here.ladder.forced ? `, ${_("by choice")}` : null}
        </span>
      </summary>
      <p class="small quiet">
        {_("Everybody moves at once; time goes on.")}{" "}
        {here.ladder.forced && here.ladder.rung !== ways[0]
          ? _("This way was chosen: Ronde offers no better one by itself.")
          : null}
      </p>
      <div class="row">
        {ways.map((each) => (
          <button
            key={each}
            type="button"
            class="btn"
            aria-pressed={here.ladder.rung === each}
            onClick={() => void ask({ type: "force-rung", rung: each }, "ways")}
          >
            {capital(NAMES[each]?.() ?? each)}
          </button>
        ))}
      </div>
      <h3 class="small">{_("Each person’s way")}</h3>
      <ul class="turns">
        {apart.map((seat) => (
          <li key={seat.id}>
            <span>
              <bdi>{seat.name}</bdi>
              <small>
                {NAMES[seat.rung]?.()}
                {isAsked(seat.id) ? ` · ${_("asked to phone")}` : null}
                <Line of={here.conduct?.quality[seat.id]} />
              </small>
            </span>
            {seat.rung === "bridge" && !all ? (
              <Tell
                word={_("Off the phone")}
                whole={_("{name} is no longer on the telephone", { name: seat.name })}
                command={{ type: "place-person", person: seat.id, rung: null }}
              />
            ) : seat.rung === "bridge" || !meets ? null : isAsked(seat.id) ? (
              <Tell
                word={_("Take back")}
                whole={_("Ask {name} to phone no longer", { name: seat.name })}
                command={{ type: "place-person", person: seat.id, rung: null }}
              />
            ) : (
              <Tell
                word={_("Telephone")}
                whole={_("Ask {name} to phone", { name: seat.name })}
                command={{ type: "ask-to-phone", person: seat.id }}
              />
            )}
          </li>
        ))}
      </ul>
      {may("allow-screen") ? (
        <label class="tick">
          <input
            type="checkbox"
            checked={here.media.share}
            onChange={(event) => void ask({ type: "allow-screen", on: event.currentTarget.checked }, "ways")}
          />
          <span>{_("Let people show their screen")}</span>
        </label>
      ) : null}
      <Refused where={["ways", "force-rung", "ask-to-phone"]} />
    </details>
  );
}

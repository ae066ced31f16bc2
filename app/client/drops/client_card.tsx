// The card of a client who is away: whoever conducts chooses how to go on.
import { useSignal } from "@preact/signals";
import { Hourglass } from "lucide";
import type { JSX } from "preact";
import { _ } from "../language.ts";
import { may, seat, shortName } from "../store.ts";
import type { View } from "../wire.gen.ts";
import { Card, Do, given } from "./card.tsx";
import { substitution } from "./substitute.ts";

/** The clock waits for a client: whoever conducts chooses how to go on. */
export function clientCard(here: View): JSX.Element | null {
  const client = seat(here.request.person);
  if (!here.conduct || !may("resume") || !client) return null;
  if (here.clock.state !== "paused" || here.clock.reason !== "client-away") return null;
  return <ClientAway key={client.id} here={here} />;
}

function ClientAway({ here }: { here: View }): JSX.Element | null {
  const waits = useSignal(false);
  const client = seat(here.request.person);
  if (!client) return null;
  const who = { name: shortName(client.id) };
  const resume = { type: "resume" } as const;
  if (client.presence === "here")
    return (
      <Card id="client-back" icon={Hourglass} what={_("{name} is back.", who)} todo={_("Time waited.")}>
        <Do word={_("Let time run again")} onClick={given("client-back", resume)} />
      </Card>
    );
  const substitute = may("choose-client") ? substitution(here) : null;
  const { phone, link } = here.bridge;
  return (
    <Card
      id="client-away"
      icon={Hourglass}
      what={_("{name} is away.", who)}
      todo={
        waits.value
          ? _("Time waits. It runs again when you say so.")
          : _("Time waits. You choose how to go on.")
      }
    >
      {waits.value ? (
        <Do bare word={_("Another way")} onClick={() => (waits.value = false)} />
      ) : (
        <>
          <Do word={_("Wait a minute more")} onClick={() => (waits.value = true)} />
          {(phone || link) && may("place-person") ? (
            <Do
              word={phone ? _("{name} is on the telephone", who) : _("{name} is in the other room", who)}
              onClick={given(
                "client-away",
                { type: "place-person", person: client.id, rung: "bridge" },
                resume,
              )}
            />
          ) : null}
          {may("force-rung") ? (
            <Do
              word={_("Go on in writing")}
              onClick={given("client-away", { type: "force-rung", rung: "text" }, resume)}
            />
          ) : (
            <Do word={_("Let time run again")} onClick={given("client-away", resume)} />
          )}
          {substitute ? (
            <Do
              word={_("{name} becomes the client", { name: shortName(substitute.person) })}
              onClick={given("client-away", substitute, resume)}
            />
          ) : null}
          {phone ? (
            <p class="small quiet">
              {here.bridge.code
                ? _("They have this on their card: {phone}, code {code}.", { phone, code: here.bridge.code })
                : _("They have this on their card: {phone}.", { phone })}
            </p>
          ) : null}
        </>
      )}
    </Card>
  );
}

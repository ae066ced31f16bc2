// Plan B at hand: where to meet when nothing else works, who stands in, and the order of phases with their hours.
import { signal } from "@preact/signals";
import { LifeBuoy, Printer } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../icon.tsx";
import { _, hour } from "../language.ts";
import { name, phaseWords, view } from "../store.ts";

const open = signal(false);

/** Gives the address a telephone understands. */
export function dial(phone: string): string {
  return `tel:${phone.replace(/[^\d+]/g, "")}`;
}

/** Opens the panel, or closes it. */
export function togglePlanB(): void {
  open.value = !open.value;
}

export function PlanB(): JSX.Element | null {
  if (!view.value) return null;
  return (
    <>
      <button type="button" class="btn bare" aria-haspopup="dialog" onClick={togglePlanB}>
        <Icon of={LifeBuoy} />
        {_("Plan B")}
      </button>
      {open.value ? <Panel /> : null}
    </>
  );
}

function Panel(): JSX.Element | null {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    dialog.current?.focus(); // the card is read from its beginning; the number is not called by an Enter too many
  }, []);
  const here = view.value;
  if (!here) return null;
  const { phone, code, link, relay, facilitator } = here.bridge;
  return (
    <dialog
      class="sheet ask planb-panel"
      ref={dialog}
      tabIndex={-1}
      onClose={() => {
        open.value = false;
      }}
      aria-labelledby="planb-title"
    >
      <h2 id="planb-title">{_("Plan B")}</h2>
      <p class="quiet">
        {_("If everything stops: here is where we meet again, and in which order we go on.")}
      </p>
      {here.session.rehearsal ? (
        <p class="hint">{_("This is a rehearsal: the number is invented, nobody answers it.")}</p>
      ) : null}
      {phone || link ? (
        <dl class="ways-b">
          {phone ? (
            <div>
              <dt>{_("Telephone")}</dt>
              <dd class="num">
                <a href={dial(phone)}>{phone}</a>
              </dd>
            </div>
          ) : null}
          {code ? (
            <div>
              <dt>{_("Code")}</dt>
              <dd class="num">{code}</dd>
            </div>
          ) : null}
          {link ? (
            <div>
              <dt>{_("Meeting link")}</dt>
              <dd>
                <a href={link} rel="noreferrer noopener" target="_blank">
                  {link}
                </a>
              </dd>
            </div>
          ) : null}
        </dl>
      ) : (
        <p>{_("No number was given. If the connection breaks, stay in the room: it goes on in writing.")}</p>
      )}
      <dl class="ways-b">
        {facilitator ? (
          <div>
            <dt>{_("Facilitator")}</dt>
            <dd>
              <bdi>{name(facilitator)}</bdi>
            </dd>
          </div>
        ) : null}
        {relay ? (
          <div>
            <dt>{_("Relay")}</dt>
            <dd>
              <bdi>{name(relay)}</bdi>
            </dd>
          </div>
        ) : null}
      </dl>
      <h3>{_("Order and hours")}</h3>
      <ol class="times num">
        {here.plan.map((each, index) => (
          <li
            key={each.key}
            class={index === here.clock.at ? "now" : each.done ? "done" : ""}
            aria-current={index === here.clock.at ? "step" : undefined}
          >
            <span>{hour(each.starts_at, here.session.zone)}</span>
            <b>{phaseWords(each)?.title ?? each.key}</b>
          </li>
        ))}
        <li>
          <span>{hour(here.clock.ends_at, here.session.zone)}</span>
          <b>{_("End")}</b>
        </li>
      </ol>
      <form method="dialog" class="row">
        <button type="submit" class="btn main">
          {_("Close")}
        </button>
        <a class="btn" href={`/planb/${here.session.id}`} target="_blank" rel="noreferrer">
          {_("Keep the card")}
        </a>
        <a class="btn bare" href={`/planb/${here.session.id}.pdf`} target="_blank" rel="noreferrer">
          <Icon of={Printer} />
          {_("Print")}
        </a>
      </form>
    </dialog>
  );
}

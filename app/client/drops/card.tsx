// A card above the table: what happened, and what one can do about it.
import type { ComponentChildren, JSX } from "preact";
import { Icon } from "../icon.tsx";
import { Refused } from "../parts.tsx";
import { ask } from "../store.ts";

interface CardProps {
  icon: unknown;
  what: string;
  todo?: string;
  children?: ComponentChildren;
  id: string;
}

export function Card({ icon, what, todo, children, id }: CardProps): JSX.Element {
  return (
    <div class="note" data-card={id}>
      <Icon of={icon} />
      <div>
        <p>
          <b>{what}</b> {todo}
        </p>
        {children ? <div class="row">{children}</div> : null}
        <Refused where={id} />
      </div>
    </div>
  );
}

export function Do({
  word,
  onClick,
  bare,
}: {
  word: string;
  onClick: () => void;
  bare?: boolean;
}): JSX.Element {
  return (
    <button type="button" class={bare ? "btn bare" : "btn"} onClick={onClick}>
      {word}
    </button>
  );
}

/** Gives commands one after the other, until one is refused; the card says why. */
export const given = (card: string, ...commands: readonly Parameters<typeof ask>[0][]) =>
  async function inOrder(): Promise<void> {
    for (const command of commands) if (!(await ask(command, card)).ok) return;
  };

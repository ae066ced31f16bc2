// Draws one icon from lucide's nodes; only those named in a screen are bundled.
import { h, type JSX } from "preact";

type Nodes = readonly (readonly [string, Readonly<Record<string, string | number | undefined>>])[];

export function Icon({ of }: { of: unknown }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      {(of as Nodes).map(([tag, shape]) => h(tag, { ...shape }))}
    </svg>
  );
}

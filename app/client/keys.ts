// Keyboard shortcuts of one letter: off while typing, and off altogether when the person says so.
import { signal } from "@preact/signals";

const SETTING = "ronde:keys";

/** Whether letters act; remembered on this device. */
export const keysOn = signal(remembered());

function remembered(): boolean {
  try {
    return localStorage.getItem(SETTING) !== "off";
  } catch {
    return true;
  }
}

export function setKeys(on: boolean): void {
  keysOn.value = on;
  try {
    localStorage.setItem(SETTING, on ? "on" : "off");
  } catch {
    // the choice lasts as long as the page
  }
}

/** Listens for keys; a handler is found by `event.key`, letters in lower case. Escape always works. */
export function listen(handlers: Readonly<Record<string, () => void>>): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
    const target = event.target as HTMLElement | null;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const handler = handlers[key];
    if (!handler) return;
    if (document.querySelector("dialog[open]")) return; // Escape is the dialog's then
    if (key !== "Escape") {
      if (!keysOn.value) return;
      if (target?.closest("input, textarea, select, [contenteditable]")) return;
      if ((key === " " || key === "Enter") && target?.closest("button, a, summary")) return;
    }
    event.preventDefault();
    handler();
  };
  addEventListener("keydown", onKey);
  return () => removeEventListener("keydown", onKey);
}

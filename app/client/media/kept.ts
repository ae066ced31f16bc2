/** What a person chose for their devices, kept on this device as long as the browser allows. */
import type { Kind } from "./devices.ts";

/** The device the person chose here or at the door. */
export function preferred(kind: Kind): string | undefined {
  return kept(`ronde:${kind}`) || undefined;
}

export function kept(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // the choice lasts as long as the page
  }
}

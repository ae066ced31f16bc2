/** What a person wishes for their microphone and camera, kept on this device from the door to the room. */
import { kept } from "./kept.ts";
import type { Media } from "./media.ts";

/** Opens what was open at the door, or what the browser has long been allowed. */
export async function begins(media: Media): Promise<void> {
  for (const [kind, name] of [
    ["audio", "microphone"],
    ["video", "camera"],
  ] as const) {
    const wish = kept(`ronde:${kind}-on`);
    if (wish === "no") continue;
    if (wish === "yes" || (await allowed(name))) await media.turn(kind, true);
  }
}

async function allowed(name: "microphone" | "camera"): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: name as PermissionName })).state === "granted";
  } catch {
    return false;
  }
}

/** How to allow microphone and camera, in the browser at hand. */
import { _ } from "../language.ts";

/** Says where this very browser hides its permission. */
export function unblock(agent: string = navigator.userAgent): string {
  if (/iPhone|iPad/.test(agent))
    return _(
      "In the address bar touch “aA”, then Website Settings, and allow microphone and camera; load the page again.",
    );
  if (/Firefox/.test(agent))
    return _(
      "At the left of the address, click the crossed-out microphone or camera and remove the block; then try again.",
    );
  if (/Chrome|Chromium|Edg/.test(agent))
    return _(
      "At the left of the address, click the settings icon and allow microphone and camera; then try again.",
    );
  if (/Safari/.test(agent))
    return _(
      "In Safari’s menu choose Settings for this website, and allow microphone and camera; then try again.",
    );
  return _("Allow microphone and camera for this site in the browser’s settings; then try again.");
}

// The check at the door: one sees oneself, sees that one is heard, and hears a soft note; nothing leaves the browser.
import { type Kind, listen, open } from "../media/devices.ts";
import { keep } from "../media/kept.ts";

/** Shows the check and makes it work; without a script the door says in words what the room will ask. */
export function checkDevices(): void {
  const box = document.querySelector<HTMLElement>("[data-check]");
  if (!box) return;
  box.hidden = false;
  const line = (kind: string) => box.querySelector<HTMLElement>(`[data-line="${kind}"]`);
  const say = (kind: string, state: string) => {
    const at = line(kind);
    const told = at?.querySelector("small");
    if (told) told.textContent = at?.dataset[state] ?? "";
  };
  const echo = box.querySelector<HTMLButtonElement>("[data-echo]");
  let stop = () => {};
  let voice: MediaStreamTrack | null = null;
  const look = async (kind: Kind) => {
    try {
      const track = await open(kind);
      keep(`ronde:${kind}-on`, "yes");
      say(kind, "well");
      if (kind === "video") show(box, track);
      else {
        voice = track;
        if (echo) echo.hidden = false;
        stop();
        stop = listen(track, (level) => (level ?? 0) > 0.02 && say("audio", "heard"));
      }
    } catch (trouble) {
      keep(`ronde:${kind}-on`, "no");
      say(kind, trouble === "denied" ? "denied" : "absent");
    }
  };
  box.querySelector("[data-try]")?.addEventListener("click", async () => {
    await look("audio");
    await look("video");
  });
  echo?.addEventListener("click", () => {
    if (voice) echoed(voice);
  });
  box.querySelector("[data-listen]")?.addEventListener("click", () => void note());
}

function show(box: HTMLElement, track: MediaStreamTrack): void {
  const picture = box.querySelector("video");
  if (!picture) return;
  picture.hidden = false;
  picture.srcObject = new MediaStream([track]);
  void picture.play().catch(() => {});
}

const ECHO_LATER_S = 1.5;
const ECHO_LASTS_MS = 8000;

/** Lets one hear what one says, a moment later, for eight seconds; nothing leaves the browser. */
function echoed(track: MediaStreamTrack): void {
  const context = new AudioContext();
  const later = context.createDelay(ECHO_LATER_S);
  later.delayTime.value = ECHO_LATER_S;
  context
    .createMediaStreamSource(new MediaStream([track]))
    .connect(later)
    .connect(context.destination);
  setTimeout(() => void context.close(), ECHO_LASTS_MS);
}

/** Plays a soft note for two seconds. */
async function note(): Promise<void> {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const gain = context.createGain();
  tone.frequency.value = 440;
  gain.gain.setValueAtTime(0, context.currentTime);
  gain.gain.linearRampToValueAtTime(0.15, context.currentTime + 0.3);
  gain.gain.linearRampToValueAtTime(0, context.currentTime + 2);
  tone.connect(gain).connect(context.destination);
  tone.onended = () => void context.close();
  tone.start();
  tone.stop(context.currentTime + 2);
}

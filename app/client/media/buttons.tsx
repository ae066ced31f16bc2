// Microphone and camera in the bottom bar, each with its word; devices, screen and sound first behind one button.
import { useSignal } from "@preact/signals";
import { Mic, MicOff, MonitorUp, Settings2, Video, VideoOff } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../icon.tsx";
import { _ } from "../language.ts";
import { view } from "../store.ts";
import { type Kind, list, type Trouble } from "./devices.ts";
import { unblock } from "./help.ts";
import { keep, preferred } from "./kept.ts";
import { media } from "./live.tsx";
import { camera, device, microphone, mute, oneTap, screen, soundFirst, using, weak } from "./state.ts";
import { QUIET } from "./way.ts";

export function Buttons(): JSX.Element | null {
  const open = useSignal(false);
  const here = view.value;
  if (!media || QUIET.has(here?.me.rung ?? "") || QUIET.has(here?.ladder.rung ?? "")) return null;
  return (
    <div class="devices">
      <Toggle kind="audio" />
      <Toggle kind="video" />
      <button
        type="button"
        class="btn bare"
        aria-expanded={open.value}
        aria-label={_("Sound and picture")}
        title={_("Sound and picture")}
        onClick={() => (open.value = !open.value)}
      >
        <Icon of={Settings2} />
      </button>
      {open.value ? <Panel onClose={() => (open.value = false)} /> : null}
      {mute.value ? (
        <p class="hint" role="status">
          {_("Nothing comes from your microphone. Is it the right one, and is its own switch on?")}
        </p>
      ) : null}
      <Withheld kind={microphone.value.trouble ? "audio" : "video"} />
    </div>
  );
}

function turn(kind: Kind, on: boolean): void {
  keep(`ronde:${kind}-on`, on ? "yes" : "no");
  void media?.turn(kind, on);
}

function Toggle({ kind }: { kind: Kind }): JSX.Element {
  const { on, held } = device(kind).value;
  const waiting = kind === "audio" && on && oneTap.value;
  const speaks = view.value?.media.speakers.includes(view.value.me.id) ?? true;
  const word =
    kind === "video"
      ? on
        ? _("Camera on")
        : _("Camera off")
      : waiting
        ? _("Mic: one tap to speak")
        : held
          ? speaks
            ? _("Open my mic again")
            : _("Mic closed: we listen")
          : on
            ? _("Mic on")
            : _("Mic off");
  const icon = kind === "audio" ? (on && !waiting ? Mic : MicOff) : on ? Video : VideoOff;
  return (
    <button
      type="button"
      class="btn"
      data-device={kind}
      aria-pressed={on && !waiting}
      onClick={() => turn(kind, waiting || !on)}
    >
      <Icon of={icon} />
      <span>{word}</span>
    </button>
  );
}

const TROUBLES: Readonly<Record<Trouble, Readonly<Record<Kind, () => string>>>> = {
  denied: {
    audio: () => _("The browser keeps the microphone closed."),
    video: () => _("The browser keeps the camera closed."),
  },
  absent: { audio: () => _("No microphone was found."), video: () => _("No camera was found.") },
  busy: {
    audio: () => _("Another program holds the microphone. Close it there, then try again."),
    video: () => _("Another program holds the camera. Close it there, then try again."),
  },
  unsupported: {
    audio: () => _("This browser gives no microphone here."),
    video: () => _("This browser gives no camera here."),
  },
};

/** Says why a device is not to be had, and how to allow it in this very browser. */
function Withheld({ kind }: { kind: Kind }): JSX.Element | null {
  const { trouble } = device(kind).value;
  if (!trouble) return null;
  return (
    <div class="note trouble" role="status">
      <p>
        <b>{TROUBLES[trouble][kind]()}</b> {trouble === "denied" ? unblock() : null}{" "}
        {_("You can stay without it: you see, hear and write as before.")}
      </p>
      <p>
        <button type="button" class="btn" onClick={() => turn(kind, true)}>
          {_("Try again")}
        </button>{" "}
        <button
          type="button"
          class="btn bare"
          onClick={() => {
            for (const each of [microphone, camera]) each.value = { ...each.value, trouble: null };
          }}
        >
          {_("Go on without")}
        </button>
      </p>
    </div>
  );
}

function Panel({ onClose }: { onClose: () => void }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector<HTMLElement>("select, input")?.focus();
    const away = (event: KeyboardEvent) => event.key === "Escape" && onClose();
    addEventListener("keydown", away);
    return () => removeEventListener("keydown", away);
  }, []);
  return (
    <div class="sheet device-panel" ref={box}>
      <Choice kind="audio" label={_("Microphone")} />
      <Choice kind="video" label={_("Camera")} />
      <label class="tick">
        <input
          type="checkbox"
          checked={soundFirst.value || weak.value !== "no"}
          onChange={(event) => media?.spare(event.currentTarget.checked)}
        />
        <span>{_("Sound first: send no picture, and spare a weak line")}</span>
      </label>
      {view.value?.media.share && using.value.way === "sfu" ? <Share /> : null}
      <button type="button" class="btn bare" onClick={onClose}>
        {_("Close")}
      </button>
    </div>
  );
}

function Choice({ kind, label }: { kind: Kind; label: string }): JSX.Element {
  const devices = useSignal<readonly MediaDeviceInfo[]>([]);
  const on = (kind === "audio" ? microphone : camera).value.on;
  useEffect(() => {
    const look = () =>
      void list(kind).then((found) => {
        devices.value = found;
      });
    look();
    navigator.mediaDevices?.addEventListener("devicechange", look);
    return () => navigator.mediaDevices?.removeEventListener("devicechange", look);
  }, [on]);
  return (
    <label class="field">
      <span class="label">{label}</span>
      <select
        class="input"
        value={preferred(kind) ?? ""}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          keep(`ronde:${kind}`, chosen);
          if (on) void media?.turn(kind, true, chosen);
        }}
      >
        {devices.value.length ? null : <option value="">{_("None found")}</option>}
        {devices.value.map((each, at) => (
          <option key={each.deviceId} value={each.deviceId}>
            {each.label || _("{device} {n}", { device: label, n: at + 1 })}
          </option>
        ))}
      </select>
    </label>
  );
}

function Share(): JSX.Element {
  const mine = screen.value?.person === view.value?.me.id;
  const share = async () => {
    if (mine) return media?.share(null);
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: true }).catch(() => null);
    const track = stream?.getVideoTracks()[0];
    if (!track) return;
    track.onended = () => void media?.share(null);
    await media?.share(track);
  };
  return (
    <button type="button" class="btn" onClick={() => void share()}>
      <Icon of={MonitorUp} />
      {mine ? _("Stop showing my screen") : _("Show my screen")}
    </button>
  );
}

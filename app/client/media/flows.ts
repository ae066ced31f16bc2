/** Decides by which way one person is heard: by the packets that come, and never by two ways at once. */

export type Carrier = "sfu" | "mesh";

/** Since when one way of a person has carried packets without a pause, and when the last one came (milliseconds). */
export interface Flow {
  readonly packets: number;
  readonly since: number;
  readonly last: number;
}

/** A way that brought nothing for so long is no longer one; a pause of speech sends a packet every 400 ms. */
export const DRY = 1500;
/** The media server is believed again only after it has carried for a moment. */
const STEADY = 1000;

/** Counts the packets a receiver got so far. */
export async function packetsOf(receiver: RTCRtpReceiver | undefined): Promise<number> {
  const reports = await receiver?.getStats().catch(() => null);
  for (const report of reports?.values() ?? [])
    if (report.type === "inbound-rtp") return report.packetsReceived ?? 0;
  return 0;
}

/** Takes in a counter of packets. */
export function flowed(before: Flow | undefined, packets: number, now: number): Flow {
  if (!before) return { packets, since: now, last: Number.NEGATIVE_INFINITY };
  if (packets === before.packets) return before;
  return { packets, since: now - before.last > DRY ? now : before.since, last: now };
}

/** Says by which of two ways to hear somebody; the media server goes first when both carry. */
export function heardBy(
  before: Carrier | undefined,
  sfu: Flow | undefined,
  mesh: Flow | undefined,
  now: number,
): Carrier {
  const wet = (flow: Flow | undefined) => flow !== undefined && now - flow.last <= DRY;
  if (sfu && wet(sfu) && (before !== "mesh" || !wet(mesh) || now - sfu.since >= STEADY)) return "sfu";
  if (wet(mesh)) return "mesh";
  return before ?? "sfu";
}

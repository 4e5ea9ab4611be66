/** What this browser can decode, whether the media server can be reached, and how one real picture plays. */

import type { HdLive } from "./hd-live";
import { playable } from "./live-buffer";
import type { Picture } from "./self-test-verdict";
import { countOf } from "./tile-counts";

const H264 = "avc1.640028";
const HEVC = "hvc1.1.6.L120.90";
const PATIENCE_MS = 5000;
const FIRST_WITHIN_MS = 10_000;
const WATCHED_MS = 6000;

export interface Decoders { h264: boolean; hevc: boolean; hardware: boolean | null }

export async function measureDecoders(): Promise<Decoders> {
  const video = { contentType: `video/mp4; codecs="${H264}"`, width: 1920, height: 1080, bitrate: 4_000_000, framerate: 25 };
  const told = await navigator.mediaCapabilities?.decodingInfo({ type: "media-source", video }).catch(() => null);
  return { h264: playable(H264), hevc: playable(HEVC), hardware: told?.powerEfficient ?? null };
}

/** Whether the media server itself answers there: what a network puts in its place sends no permission for our page. */
export async function reachable(address: string): Promise<boolean> {
  try {
    return (await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) })).ok;
  } catch {
    return false;
  }
}

export async function measurePicture(live: HdLive, stream: "main" | "sub"): Promise<Picture> {
  const began = performance.now();
  live.dataset["stream"] = stream;
  live.resume();
  while (live.dataset["picture"] !== "shown") {
    if (performance.now() - began > FIRST_WITHIN_MS) return { firstMs: null, perSecond: 0, droppedPercent: 0 };
    await pause(50);
  }
  const [firstMs, before, from] = [performance.now() - began, countOf(live), performance.now()];
  await pause(WATCHED_MS);
  const after = countOf(live);
  const total = Math.max(0, after.total - before.total);
  const dropped = Math.max(0, after.dropped - before.dropped);
  const seconds = (performance.now() - from) / 1000;
  return { firstMs, perSecond: (total - dropped) / seconds, droppedPercent: total > 0 ? (dropped / total) * 100 : 0 };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

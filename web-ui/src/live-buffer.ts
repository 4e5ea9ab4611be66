/**
 * Fragments into a video element through Media Source Extensions.
 *
 * Laws: appends wait in one queue, in order; the queue has a limit, and what passes it waits for the next key fragment
 * of a new connection; each file's times are moved so that they follow what was played before, even when the recorder
 * began to count anew.
 */

import { decodeTime90k } from "./fragment-time";
import { followEdge, type Range } from "./live-edge";

const QUEUE_LIMIT = 200;
const RATE_90K = 90_000;
/** A file whose times are farther than this from the end of the buffer is moved to it. */
const JOIN_WITHIN_S = 1;

type Source = typeof MediaSource;
const source = (): Source | undefined =>
  globalThis.MediaSource ?? (globalThis as { ManagedMediaSource?: Source }).ManagedMediaSource;

export const playable = (codecs: string): boolean => source()?.isTypeSupported(mime(codecs)) ?? false;
const mime = (codecs: string): string => `video/mp4; codecs="${codecs}"`;

type Step = { kind: "type"; codecs: string; offset90k: number } | { kind: "bytes"; bytes: Uint8Array<ArrayBuffer> };

export class LiveBuffer {
  private media: MediaSource | null = null;
  private buffer: SourceBuffer | null = null;
  private queue: Step[] = [];
  private codecs = "";
  private offset90k = 0;
  private movedS = 0;
  private joining = false;

  /** `failed`: the element could not go on with these pictures and is empty again; begin anew. */
  constructor(private readonly video: HTMLVideoElement, private readonly failed: () => void) {}

  begin(codecs: string, offset90k: number): void {
    this.push({ kind: "type", codecs, offset90k });
    if (!this.media) this.open();
  }

  append(bytes: Uint8Array<ArrayBuffer>): void {
    this.push({ kind: "bytes", bytes });
  }

  close(): void {
    this.queue = [];
    this.buffer = null;
    this.media = null;
    this.movedS = 0;
    if (!this.video.src) return;
    URL.revokeObjectURL(this.video.src);
    this.video.removeAttribute("src");
    this.video.load();
  }

  get ranges(): Range[] {
    const buffered = this.video.buffered;
    return Array.from({ length: buffered.length }, (_, i) => ({ start: buffered.start(i), end: buffered.end(i) }));
  }

  /** Keeps the player near the newest picture; called a few times a second. */
  keepUp(): void {
    const { seekTo, rate, removeBefore } = followEdge(this.ranges, this.video.currentTime, this.video.playbackRate);
    if (seekTo !== null) this.video.currentTime = seekTo;
    if (this.video.playbackRate !== rate) this.video.playbackRate = rate;
    if (removeBefore !== null && this.buffer && !this.buffer.updating) this.buffer.remove(0, removeBefore);
    // A refused play() (a tab in the background, a load in between) is asked for again at the next call.
    if (this.video.paused && this.ranges.length > 0) this.video.play().catch(() => undefined);
  }

  private fail(): void {
    this.close();
    this.failed();
  }

  private push(step: Step): void {
    if (this.queue.length >= QUEUE_LIMIT) return this.fail();
    this.queue.push(step);
    this.drain();
  }

  private open(): void {
    const Kind = source();
    if (!Kind) return this.fail();
    const media = new Kind();
    this.media = media;
    media.addEventListener("sourceopen", () => this.drain(), { once: true });
    this.video.src = URL.createObjectURL(media);
  }

  private drain(): void {
    while (this.media?.readyState === "open" && !this.buffer?.updating) {
      const step = this.queue.shift();
      if (!step) return;
      try {
        if (step.kind === "type") this.apply(step.codecs, step.offset90k);
        else this.feed(step.bytes);
      } catch {
        // QuotaExceededError, or a decoder that gave up: nothing here can be saved, the next connection starts clean.
        return this.fail();
      }
    }
  }

  private apply(codecs: string, offset90k: number): void {
    if (!this.buffer) {
      const buffer = this.media?.addSourceBuffer(mime(codecs)) ?? null;
      buffer?.addEventListener("updateend", () => this.drain());
      buffer?.addEventListener("error", () => this.fail());
      this.buffer = buffer;
    } else if (codecs !== this.codecs) {
      this.buffer.changeType(mime(codecs));
    }
    this.codecs = codecs;
    this.offset90k = offset90k;
    this.joining = true;
  }

  private feed(bytes: Uint8Array<ArrayBuffer>): void {
    if (!this.buffer) return;
    const time = this.joining ? decodeTime90k(bytes) : null;
    if (time !== null) {
      this.join((time + this.offset90k) / RATE_90K);
      this.buffer.timestampOffset = this.offset90k / RATE_90K + this.movedS;
      this.joining = false;
    }
    this.buffer.appendBuffer(bytes);
  }

  private join(startS: number): void {
    const end = this.ranges.at(-1)?.end;
    if (end === undefined) this.movedS = -startS;
    else if (Math.abs(startS + this.movedS - end) > JOIN_WITHIN_S) this.movedS = end - startS;
  }
}

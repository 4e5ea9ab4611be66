/**
 * hls.js around one playlist at a time: loads it, goes to an instant, and says plainly how that ended.
 *
 * hls.js itself is fetched when somebody plays back for the first time: a live picture must not wait for it.
 * A failure is "nothing" (no recording there), "codec" (this browser cannot) or "over" (the session, or the line): what
 * to do then is the caller's.
 */

import type { ErrorData, HlsConfig, default as Hls } from "hls.js";
import { type Piece, mediaTimeOf } from "./playback-position";

export type Failure = "nothing" | "codec" | "over";

export interface PlayerEvents {
  ready(): void;
  failed(why: Failure): void;
}

const CONFIG: Partial<HlsConfig> = {
  autoStartLoad: false,
  enableWorker: false, // the pages' CSP starts no worker from a blob
  maxBufferLength: 20,
  maxMaxBufferLength: 40,
  backBufferLength: 60,
  xhrSetup: (request) => { request.withCredentials = true; },
};

export class HlsPlayer {
  private hls: Hls | null = null;
  private loads = 0;

  constructor(private readonly video: HTMLVideoElement) {}

  get pieces(): readonly Piece[] {
    return this.hls?.levels[0]?.details?.fragments ?? [];
  }

  /** `ready` is called with the video standing at the instant, or at what follows it. */
  async load(address: string, atMs: number, events: PlayerEvents): Promise<void> {
    this.destroy();
    const load = this.loads;
    const { default: Kind } = await import("hls.js");
    if (load !== this.loads) return;
    const hls = new Kind(CONFIG);
    this.hls = hls;
    hls.on(Kind.Events.ERROR, (_event, error) => {
      if (error.fatal) events.failed(failureOf(error));
    });
    hls.once(Kind.Events.MANIFEST_PARSED, () => {
      // The address is a media playlist, so its pieces are known here: loading can begin with the wanted one.
      const media = mediaTimeOf(this.pieces, atMs);
      if (media === null) return events.failed("nothing");
      hls.startLoad(media);
      this.whenLoaded(() => {
        this.video.currentTime = media;
        events.ready();
      });
    });
    hls.loadSource(address);
    hls.attachMedia(this.video);
  }

  destroy(): void {
    this.loads += 1;
    this.hls?.destroy();
    this.hls = null;
  }

  private whenLoaded(act: () => void): void {
    const hls = this.hls;
    const once = (): void => {
      if (hls === this.hls) act();
    };
    this.video.addEventListener("loadedmetadata", once, { once: true });
  }
}

const CANNOT_PLAY = new Set(["bufferAddCodecError", "bufferIncompatibleCodecsError", "manifestIncompatibleCodecsError"]);

function failureOf(error: ErrorData): Failure {
  if (CANNOT_PLAY.has(error.details)) return "codec";
  const missing = error.type === "networkError" && error.response?.code === 404;
  return missing || error.details === "levelEmptyError" ? "nothing" : "over";
}

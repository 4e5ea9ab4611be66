/**
 * Recorded pictures of one camera by the hour: playlists of the gateway, played by hls.js.
 *
 * `open(atMs)` goes to an instant and plays. Emits `hd-position` {atMs}, `hd-skipped` {fromMs, toMs} when a gap was
 * passed, `hd-nothing` {atMs}, `hd-caught-up` when it has reached now.
 */

import { type Failure, HlsPlayer } from "./hls-player";
import type { StreamName } from "./live-messages";
import { PictureElement } from "./picture-element";
import { covers, instantOf, mediaTimeOf, passedGap } from "./playback-position";
import { PlaybackSession } from "./playback-session";
import { SECOND_MS, stampText } from "./local-time";
import { serverNow } from "./server-clock";
import { text } from "./texts";

const AT_NOW_MS = 15 * SECOND_MS;
const FRAME_S = 1 / 25;

export class HdPlayback extends PictureElement {
  private session: PlaybackSession | null = null;
  private readonly player = new HlsPlayer(this.video);
  private opening = 0;
  private last: { media: number; atMs: number } | null = null;
  private wantedMs: number | null = null;
  private stream: StreamName = "main";
  private retried = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.session = new PlaybackSession(this.dataset["tickets"] ?? "", this.dataset["purpose"]);
    this.stream = this.dataset["stream"] === "sub" ? "sub" : "main";
    this.video.ontimeupdate = () => this.moved();
    this.video.onended = () => void this.goOn();
    this.video.onseeked = () => { this.last = null; };
    this.video.oncanplay = () => this.show("shown");
    this.video.onplay = this.video.onpause = () => this.tell("hd-paused", this.paused);
  }

  get atMs(): number | null {
    return this.wantedMs ?? instantOf(this.player.pieces, this.video.currentTime);
  }

  get paused(): boolean {
    return this.video.paused;
  }

  set speed(rate: number) {
    Object.assign(this.video, { defaultPlaybackRate: rate, playbackRate: rate });
  }

  async open(atMs: number, play = true): Promise<void> {
    if (this.stopped) return;
    const media = covers(this.player.pieces, atMs) ? mediaTimeOf(this.player.pieces, atMs) : null;
    const run = (this.opening += 1);
    this.wantedMs = media === null ? atMs : null;
    if (media !== null) {
      this.video.currentTime = media;
      return play ? this.play() : undefined;
    }
    this.show("waiting", text("loading"));
    try {
      const playlist = await this.session?.playlist(atMs, this.stream);
      if (playlist && run === this.opening) this.load(playlist.address, atMs, play);
    } catch (error) {
      if (run === this.opening) this.show("none", error instanceof Error ? error.message : text("offline"));
    }
  }

  play(): void {
    // A play() that a later load interrupts is asked for again by that load.
    this.video.play().catch(() => undefined);
  }

  pause(): void {
    this.video.pause();
  }

  step(frames: number): void {
    this.pause();
    this.video.currentTime = Math.max(0, this.video.currentTime + frames * FRAME_S);
  }

  choose(stream: "auto" | StreamName): void {
    this.stream = stream === "sub" ? "sub" : "main";
    const at = this.atMs;
    const play = !this.paused;
    this.player.destroy();
    if (at !== null && !this.hidden) void this.open(at, play);
  }

  halt(): void {
    this.opening += 1;
    this.wantedMs = null;
    this.last = null;
    this.player.destroy();
  }

  private load(address: string, atMs: number, play: boolean): void {
    void this.player.load(address, atMs, {
      ready: () => {
        this.retried = false;
        this.wantedMs = null;
        if (play) this.play();
      },
      failed: (why) => this.fail(why, this.atMs ?? atMs, play),
    });
  }

  private fail(why: Failure, atMs: number, play: boolean): void {
    this.player.destroy();
    if (why === "codec") return this.toSub(atMs, play);
    if (why === "nothing") {
      this.wantedMs = atMs;
      this.show("none", text("nothing_here", { at: stampText(atMs) }));
      return this.tell("hd-nothing", { atMs });
    }
    if (this.retried) return this.show("none", text("offline"));
    this.retried = true;
    this.session?.forget(); // over, or gone with a restart: one new ticket, then say so
    void this.open(atMs, play);
  }

  /** The browser plays no H.265: the sub stream, if there is one that is not playing already. */
  private toSub(atMs: number, play: boolean): void {
    if (this.stream === "sub" || !this.has("sub")) return this.show("none", text("hevc_only"));
    this.stream = "sub";
    this.tell("hd-note", text("hevc"));
    void this.open(atMs, play);
  }

  private moved(): void {
    const atMs = instantOf(this.player.pieces, this.video.currentTime);
    if (atMs === null || this.video.seeking || this.wantedMs !== null) return;
    const now = { media: this.video.currentTime, atMs };
    const passed = this.last && passedGap(this.last, now);
    if (passed) this.tell("hd-skipped", passed);
    this.last = now;
    this.tell("hd-position", { atMs });
  }

  /** The playlist is at its end: the next hour, or now. */
  private async goOn(): Promise<void> {
    const atMs = this.atMs;
    if (atMs !== null && serverNow() - atMs < AT_NOW_MS) return this.tell("hd-caught-up", {});
    if (atMs !== null) await this.open(atMs + SECOND_MS);
  }
}

customElements.define("hd-playback", HdPlayback);

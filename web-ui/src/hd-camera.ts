/**
 * The camera page: joins the live picture, playback and the timeline. One of the two pictures is shown at a time;
 * `data-mode` says which. Enhances what the server wrote; its buttons, fields and keys are in camera-controls.
 */

import { type Deck, listenToControls, nameDay } from "./camera-controls";
import { gapAt, nextRecorded } from "./timeline-spans";
import { serverNow, setServerNow } from "./server-clock";
import { CameraWords } from "./camera-words";
import { HdLive } from "./hd-live";
import { HdPlayback } from "./hd-playback";
import { HdTimeline } from "./hd-timeline";
import type { StreamName } from "./live-messages";
import type { View } from "./timeline-geometry";
import { dayOf, stampText } from "./local-time";
import { hideWhenIdle } from "./idle-chrome";
import { aimHold, sayKept } from "./keeping";
import { text } from "./texts";

const DRAG_EVERY_MS = 250;

export class HdCamera extends HTMLElement implements Deck {
  private readonly stop = new AbortController();
  private readonly words = new CameraWords(this);
  private draggedAt = 0;
  private speed = 1;

  private readonly heard: Record<string, (detail: never) => void> = {
    "hd-seek": ({ atMs, settled }: { atMs: number; settled: boolean }) => this.seek(atMs, settled),
    "hd-view": () => nameDay(this, this.timeline?.shownMs ?? serverNow()),
    "hd-position": ({ atMs }: { atMs: number }) => this.showPosition(atMs),
    "hd-caught-up": () => this.goLive(),
    "hd-note": (words: string) => this.say(words),
    "hd-skipped": ({ fromMs, toMs }: View) => this.words.skipped(fromMs, toMs, this.timeline?.recorded.gaps ?? []),
    "hd-nothing": ({ atMs }: { atMs: number }) => this.nothing(atMs),
    "hd-paused": (paused: boolean) => this.drawPlay(paused),
  };

  connectedCallback(): void {
    setServerNow(Date.parse(this.dataset["now"] ?? ""));
    const signal = this.stop.signal;
    listenToControls(this, signal);
    for (const [kind, act] of Object.entries(this.heard)) {
      this.addEventListener(kind, (event) => act((event as CustomEvent<never>).detail), { signal });
    }
    hideWhenIdle(signal);
    aimHold(this, () => this.atMs, signal);
    const day = dayOf(this.dataset["day"] ?? "");
    if (day !== null) this.timeline?.showDay(day);
    if (this.dataset["mode"] === "playback") this.playAt(Date.parse(this.dataset["at"] ?? ""));
    else this.goLive();
  }

  disconnectedCallback(): void {
    this.stop.abort();
  }

  get atMs(): number {
    return (this.playing ? this.playback?.atMs : null) ?? serverNow();
  }

  get paused(): boolean {
    return this.playing && (this.playback?.paused ?? false);
  }

  playAt(atMs: number): void {
    if (!this.playback || !Number.isFinite(atMs)) return;
    this.mode("playback");
    this.live?.hold();
    this.playback.speed = this.speed;
    void this.playback.open(atMs);
    this.timeline?.reveal(atMs);
    this.showPosition(atMs);
  }

  goLive(): void {
    if (!this.live) return;
    this.mode("live");
    this.playback?.halt();
    this.live.resume();
    if (this.timeline) this.timeline.headMs = null;
    this.timeline?.reveal(serverNow());
    this.words.live();
    history.replaceState(null, "", location.pathname);
  }

  play(): void { if (this.playing) this.playback?.play(); }
  pause(): void { if (this.playing) this.playback?.pause(); }
  step(frames: number): void { if (this.playing) this.playback?.step(frames); }
  showDay(atMs: number): void { this.timeline?.showDay(atMs); }
  zoomBy(factor: number): void { this.timeline?.zoomBy(factor); }
  say(words: string): void { this.words.say(words); }

  setSpeed(speed: number): void {
    this.speed = speed;
    if (this.playback) this.playback.speed = speed;
  }

  choose(stream: "auto" | StreamName): void {
    this.live?.choose(stream);
    this.playback?.choose(stream);
  }

  private get live(): HdLive | null { return this.querySelector<HdLive>("hd-live"); }
  private get playback(): HdPlayback | null { return this.querySelector<HdPlayback>("hd-playback"); }
  private get timeline(): HdTimeline | null { return this.querySelector<HdTimeline>("hd-timeline"); }
  private get playing(): boolean { return this.dataset["mode"] === "playback"; }

  private mode(mode: "live" | "playback"): void {
    this.dataset["mode"] = mode;
    if (this.live) this.live.hidden = mode !== "live";
    if (this.playback) this.playback.hidden = mode !== "playback";
    this.querySelector<HTMLElement>('[data-part="refusal"]')?.toggleAttribute("hidden", mode === "playback");
  }

  private seek(atMs: number, settled: boolean): void {
    const now = performance.now();
    if (!settled && now - this.draggedAt < DRAG_EVERY_MS) return;
    this.draggedAt = now;
    const gap = settled ? gapAt(this.timeline?.recorded.gaps ?? [], atMs, serverNow()) : undefined;
    this.playAt(atMs);
    if (gap && this.timeline) this.say(this.timeline.gapWords(gap));
  }

  /** Nothing at or after the instant in that playlist: to the next span that the timeline knows, or say so. */
  private nothing(atMs: number): void {
    const next = nextRecorded(this.timeline?.recorded.spans ?? [], atMs);
    if (next !== null && next > atMs) this.playAt(next + 1);
    this.say(text("nothing_here", { at: stampText(atMs) }));
  }

  private showPosition(atMs: number): void {
    if (this.timeline) this.timeline.headMs = atMs;
    this.words.playback(atMs);
    sayKept(this, this.timeline?.recorded, atMs);
  }

  private drawPlay(paused: boolean): void {
    const button = this.querySelector('[data-do="play"]');
    button?.querySelector("use")?.setAttribute("href", paused ? "#i-play" : "#i-pause");
    button?.setAttribute("aria-label", text(paused ? "play" : "pause"));
  }
}

customElements.define("hd-camera", HdCamera);

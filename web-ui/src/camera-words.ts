/** The sentences of the camera page: what is on screen now, and what just happened (for a few seconds). */

import { sinceText } from "./local-time";
import { type Gap, gapAt } from "./timeline-spans";
import { lengthText, text } from "./texts";
import { serverNow } from "./server-clock";

const WORDS_MS = 7000;

export class CameraWords {
  private timer = 0;

  constructor(private readonly root: Element) {}

  say(words: string): void {
    const line = this.root.querySelector('[data-part="words"]');
    if (!line) return;
    clearTimeout(this.timer);
    line.textContent = words;
    this.timer = window.setTimeout(() => line.replaceChildren(), WORDS_MS);
  }

  live(): void {
    this.mode(text("live"));
  }

  playback(atMs: number): void {
    this.mode(text("playback_at", { at: sinceText(atMs, serverNow()) }));
  }

  skipped(fromMs: number, toMs: number, gaps: readonly Gap[]): void {
    const length = lengthText(toMs - fromMs);
    const gap = gapAt(gaps, (fromMs + toMs) / 2, serverNow());
    this.say(gap ? text("skipped_gap", { length, reason: gap.text }) : text("skipped", { length }));
  }

  private mode(words: string): void {
    const line = this.root.querySelector('[data-part="mode"]');
    if (line && line.textContent !== words) line.textContent = words;
  }
}

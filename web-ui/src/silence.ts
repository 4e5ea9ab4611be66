/**
 * Since when nothing has come. The first moment of a loss stays put while the loss lasts, however often it is told.
 *
 * Times are given in: the browser's monotonic clock for lengths, the server's for what people read.
 */

import { sinceText } from "./local-time";

export class Silence {
  private heardAt: number;
  private lostMs: number | null = null;

  constructor(private readonly ticking: () => number, private readonly serverNow: () => number) {
    this.heardAt = ticking();
  }

  /** Something came. */
  heard(): void {
    this.heardAt = this.ticking();
  }

  /** Pictures are shown again: the next loss is another one. */
  over(): void {
    this.lostMs = null;
  }

  get seconds(): number {
    return (this.ticking() - this.heardAt) / 1000;
  }

  /** `toldMs`: the server knows better since when. */
  since(toldMs: number | null = null): number {
    this.lostMs = toldMs ?? this.lostMs ?? this.serverNow() - (this.ticking() - this.heardAt);
    return this.lostMs;
  }

  /** The same as people read it. */
  words(toldMs: number | null = null): string {
    return sinceText(this.since(toldMs), this.serverNow());
  }
}

/**
 * What is recorded around the view, loaded as people look around and again while the newest part is on screen.
 *
 * One request at a time; what a later view needs is asked when the earlier answer is there.
 */

import { loadRecordings } from "./api";
import { DAY_MS, MINUTE_MS } from "./local-time";
import { NOTHING, type Recorded } from "./timeline-spans";
import { serverNow, setServerNow } from "./server-clock";
import { type View, widthMs } from "./timeline-geometry";

const MOST_MS = 31 * DAY_MS - 1;
const REFRESH_MS = 10_000;
/** Where seconds can be told apart, the newest ones are waited for. */
const CLOSE_REFRESH_MS = 2_000;
const CLOSE_MS = 5 * MINUTE_MS;
const RETRY_MS = 5_000;

export class RecordingsCache {
  recorded: Recorded = NOTHING;
  private loaded: View = { fromMs: 0, toMs: 0 };
  private wanted: View | null = null;
  private busy = false;
  private timer = 0;

  constructor(private readonly camera: string, private readonly onChange: (failure: boolean) => void) {}

  show(view: View): void {
    this.wanted = view;
    const covered = view.fromMs >= this.loaded.fromMs && Math.min(view.toMs, serverNow()) <= this.loaded.toMs;
    if (!covered && !this.busy) void this.load();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.wanted = null;
  }

  private async load(): Promise<void> {
    const view = this.wanted;
    if (!view) return;
    this.busy = true;
    clearTimeout(this.timer);
    const margin = Math.max(0, Math.min(widthMs(view) / 2, (MOST_MS - widthMs(view)) / 2));
    const range = { fromMs: view.fromMs - margin, toMs: view.toMs + margin };
    let failed = false;
    try {
      const answer = await loadRecordings(this.camera, range.fromMs, range.toMs);
      setServerNow(answer.nowMs);
      this.recorded = answer;
      this.loaded = { fromMs: range.fromMs, toMs: Math.min(range.toMs, answer.nowMs) };
    } catch {
      // Told to the person by onChange; the next try is already planned below.
      failed = true;
    }
    this.busy = false;
    this.onChange(failed);
    this.timer = window.setTimeout(() => void this.load(), failed ? RETRY_MS : widthMs(view) < CLOSE_MS ? CLOSE_REFRESH_MS : REFRESH_MS);
    if (!failed && this.wanted) this.show(this.wanted);
  }
}

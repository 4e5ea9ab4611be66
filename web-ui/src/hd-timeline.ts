/**
 * One camera's time, from 30 days to 10 seconds: recorded, gaps with their reason, now, and where playback stands.
 *
 * A slider for people who do not see it; gaps are buttons (Enter: to the end of the gap). Emits `hd-seek`
 * {atMs, settled}. The page moves it with `headMs`, `showDay`, `reveal`, `zoomBy`.
 */

import { LitElement, type PropertyDeclarations, type TemplateResult, html, svg } from "lit";
import { clockText, dateText, dayStart, sinceText, stampText } from "./local-time";
import { RecordingsCache } from "./recordings-cache";
import { listenToGestures } from "./timeline-gestures";
import { type View, before, dayView, pan, reveal, timeAt, widthMs, zoom } from "./timeline-geometry";
import { type Scene, drawGaps, drawMarks, drawTrack, hatch } from "./timeline-drawing";
import { stretchWords } from "./keeping";
import { type Gap, type Recorded, NOTHING, gapAt } from "./timeline-spans";
import { lengthText, text } from "./texts";
import { serverNow } from "./server-clock";

const REDRAW_MS = 1000;

export class HdTimeline extends LitElement {
  static override properties: PropertyDeclarations = { view: { state: true }, headMs: { state: true }, hoverX: { state: true }, tip: { state: true } };
  declare view: View;
  declare headMs: number | null;
  declare hoverX: number | null;
  declare tip: { words: string; x: number } | null;
  private cache: RecordingsCache | null = null;
  private readonly stop = new AbortController();
  private readonly sized = new ResizeObserver(() => this.requestUpdate());
  private timer = 0;
  private failed = false;

  constructor() {
    super();
    this.view = dayView(serverNow());
    this.headMs = null;
    this.hoverX = null;
    this.tip = null;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.cache = new RecordingsCache(this.dataset["camera"] ?? "", (failed) => {
      this.failed = failed;
      this.requestUpdate();
    });
    listenToGestures(this, {
      zoom: (factor, x) => this.zoomBy(factor, this.timeOf(x)),
      pan: (share) => this.look(pan(this.view, share)),
      seek: (x, settled) => this.seek(this.timeOf(x), settled),
      hover: (x) => { this.hoverX = x; },
    }, this.stop.signal);
    this.sized.observe(this);
    this.timer = window.setInterval(() => this.requestUpdate(), REDRAW_MS);
    this.look(this.view);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop.abort();
    this.sized.disconnect();
    this.cache?.stop();
    clearInterval(this.timer);
  }

  get recorded(): Recorded {
    return this.cache?.recorded ?? NOTHING;
  }

  /** The instant that the view is about: the playhead, or now, when it is in sight; else the middle. */
  get shownMs(): number {
    const { fromMs, toMs } = this.view;
    const about = this.headMs ?? serverNow();
    return fromMs <= about && about <= toMs ? about : (fromMs + toMs) / 2;
  }

  showDay(atMs: number): void { this.look(dayView(atMs)); }
  zoomBy(factor: number, aboutMs = this.shownMs): void { this.look(zoom(this.view, factor, aboutMs)); }

  reveal(atMs: number): void {
    const view = reveal(this.view, atMs);
    if (view !== this.view) this.look(view);
  }

  gapWords(gap: Gap): string {
    const now = serverNow();
    const values = { from: sinceText(gap.fromMs, this.view.fromMs), to: sinceText(gap.toMs ?? now, gap.fromMs), reason: gap.text || text("reason_unknown"),
      length: lengthText((gap.toMs ?? now) - gap.fromMs) };
    return text(gap.toMs === null ? "gap_open" : "gap", values);
  }

  private look(view: View): void {
    this.view = before(view, dayView(serverNow()).toMs);
    this.cache?.show(this.view);
    this.dispatchEvent(new CustomEvent("hd-view", { detail: this.view, bubbles: true }));
  }

  private timeOf(x: number): number {
    return timeAt(this.view, Math.max(1, this.clientWidth), x);
  }

  private seek(atMs: number, settled: boolean): void {
    const at = Math.min(atMs, serverNow());
    this.headMs = at;
    this.dispatchEvent(new CustomEvent("hd-seek", { detail: { atMs: at, settled }, bubbles: true }));
  }

  private get shownTip(): { words: string; x: number } | null {
    const failure = this.failed ? { words: text("timeline_failed"), x: this.clientWidth / 2 } : null;
    return this.tip ?? this.hoverTip() ?? failure;
  }

  private hoverTip(): { words: string; x: number } | null {
    if (this.hoverX === null) return null;
    const at = this.timeOf(this.hoverX);
    const gap = gapAt(this.recorded.gaps, at, serverNow());
    const words = dayStart(at) === dayStart(this.view.fromMs) ? clockText(at) : `${dateText(at, false)} ${clockText(at)}`;
    const more = gap ? this.gapWords(gap) : stretchWords(this.recorded, at);
    return { words: more ? `${words} · ${more}` : words, x: this.hoverX };
  }

  protected override render(): TemplateResult {
    const scene: Scene = {
      view: this.view, widthPx: this.clientWidth, recorded: this.recorded, nowMs: serverNow(), headMs: this.headMs, hoverX: this.hoverX,
      gapWords: (gap) => this.gapWords(gap),
      onGap: (gap) => this.seek(gap.toMs ?? gap.fromMs, true),
      onGapShown: (gap, x) => { this.tip = gap ? { words: this.gapWords(gap), x } : null; },
    };
    const value = text("timeline_value", { at: stampText(this.shownMs), length: lengthText(widthMs(this.view)) });
    return html`<svg role="group" aria-label=${text("timeline")}>${hatch}
      <g role="slider" tabindex="0" aria-label=${text("timeline")} aria-valuemin=${this.view.fromMs} aria-valuemax=${this.view.toMs}
        aria-valuenow=${Math.round(this.shownMs)} aria-valuetext=${value}>${drawTrack(scene)}${svg`<rect class="tl-focus" x="0" y="10" width=${scene.widthPx} height="30" rx="3"></rect>`}</g>
      ${drawGaps(scene)}<g aria-hidden="true">${drawMarks(scene)}</g></svg><div class="tl-tip">${this.shownTip?.words ?? ""}</div>`;
  }

  protected override updated(): void {
    const tip = this.querySelector<HTMLElement>(".tl-tip");
    const shown = this.shownTip;
    if (!tip || !shown) return;
    const half = tip.offsetWidth / 2;
    tip.style.left = `${Math.min(Math.max(shown.x, half), Math.max(half, this.clientWidth - half))}px`;
  }
}

customElements.define("hd-timeline", HdTimeline);

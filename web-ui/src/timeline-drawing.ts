/** The timeline as SVG: recorded solid, gaps hatched, the future dimmed, ticks, playhead, now. One drawing unit = 1 px. */

import { type TemplateResult, nothing, svg } from "lit";
import { type Tick, type View, ticks, xOf } from "./timeline-geometry";
import { type Bar, type Gap, type Recorded, gapBars, spanBars } from "./timeline-spans";

export interface Scene {
  view: View;
  widthPx: number;
  recorded: Recorded;
  nowMs: number;
  headMs: number | null;
  hoverX: number | null;
  gapWords(gap: Gap): string;
  onGap(gap: Gap): void;
  onGapShown(gap: Gap | null, x: number): void;
}

const TOP = 10;
const BOTTOM = 40;
const LABEL_Y = 58;

/** Red where something failed, grey where there is simply no recording (before the camera came, say). */
export const hatch = svg`<defs>
  <pattern id="tl-hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
    <rect class="tl-hatch-ground" width="7" height="7"/><path class="tl-hatch-line" d="M1 0v7"/></pattern>
  <pattern id="tl-hatch-quiet" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
    <path class="tl-hatch-quiet-line" d="M1 0v9"/></pattern></defs>`;

export const drawTrack = (scene: Scene): TemplateResult => {
  const { view, widthPx, recorded } = scene;
  const future = Math.max(0, xOf(view, widthPx, scene.nowMs));
  return svg`
    <rect class="tl-track" x="0" y=${TOP} width=${widthPx} height=${BOTTOM - TOP} rx="3"></rect>
    ${spanBars(recorded.expired, view, widthPx).map((bar) => rect("tl-expired", bar))}
    ${spanBars(recorded.spans, view, widthPx).map((bar) => rect("tl-span", bar))}
    ${spanBars(recorded.held, view, widthPx).map(bracket)}
    ${future < widthPx ? rect("tl-future", { x: future, width: widthPx - future }) : nothing}
    ${ticks(view, widthPx).map((tick) => drawTick(tick, scene))}`;
};

export const drawGaps = (scene: Scene): TemplateResult[] =>
  gapBars(scene.recorded.gaps, scene.view, scene.widthPx, scene.nowMs).map(({ gap, ...bar }) => svg`
    <rect class=${gap.known ? "tl-gap" : "tl-gap tl-gap-quiet"} x=${bar.x} y=${TOP} width=${bar.width} height=${BOTTOM - TOP} tabindex="0" role="button"
      aria-label=${scene.gapWords(gap)}
      @keydown=${(event: KeyboardEvent) => { if (event.key === "Enter") scene.onGap(gap); }}
      @pointerenter=${() => scene.onGapShown(gap, bar.x + bar.width / 2)}
      @pointerleave=${() => scene.onGapShown(null, 0)}
      @focus=${() => scene.onGapShown(gap, bar.x + bar.width / 2)}
      @blur=${() => scene.onGapShown(null, 0)}></rect>
    <rect class=${gap.known ? "tl-gap-edge" : "tl-gap-edge tl-gap-edge-quiet"} x=${bar.x + 0.5} y=${TOP + 0.5} width=${Math.max(1, bar.width - 1)} height=${BOTTOM - TOP - 1}></rect>`);

export const drawMarks = (scene: Scene): TemplateResult => svg`
  ${mark("tl-now", xOf(scene.view, scene.widthPx, scene.nowMs), scene)}
  ${scene.hoverX === null ? nothing : mark("tl-hover", scene.hoverX, scene)}
  ${scene.headMs === null ? nothing : drawHead(xOf(scene.view, scene.widthPx, scene.headMs), scene)}`;

const rect = (kind: string, { x, width }: Bar): TemplateResult =>
  svg`<rect class=${kind} x=${x} y=${TOP} width=${width} height=${BOTTOM - TOP}></rect>`;

/** A hold: a blue bracket above what it keeps. */
const bracket = ({ x, width }: Bar): TemplateResult => {
  const end = Math.max(x + 3, x + width - 1);
  return svg`<path class="tl-held" d="M${x + 1} ${TOP - 1}V${TOP - 6}H${end}V${TOP - 1}"></path>`;
};

const mark = (kind: string, x: number, scene: Scene): TemplateResult | typeof nothing =>
  x < 0 || x > scene.widthPx ? nothing : svg`<path class=${kind} d="M${x} ${TOP - 4}V${BOTTOM + 4}"></path>`;

const drawHead = (x: number, scene: Scene): TemplateResult | typeof nothing =>
  x < -1 || x > scene.widthPx + 1 ? nothing : svg`
    <path class="tl-head" d="M${x} ${TOP - 4}V${BOTTOM + 4}"></path>
    <path class="tl-head-cap" d="M${x - 6} ${TOP - 10}h12l-6 8z"></path>`;

function drawTick(tick: Tick, scene: Scene): TemplateResult {
  const x = xOf(scene.view, scene.widthPx, tick.atMs);
  const anchor = x < 24 ? "start" : x > scene.widthPx - 24 ? "end" : "middle";
  return svg`<path class=${tick.major ? "tl-tick-major" : "tl-tick"} d="M${x} ${BOTTOM}v6"></path>
    <text class=${tick.major ? "tl-label tl-label-major" : "tl-label"} x=${x} y=${LABEL_Y} text-anchor=${anchor}>${tick.label}</text>`;
}

/**
 * Why a picture is poor, from what was measured: a list of findings, the gravest first; none while all is well.
 *
 * Pure. The page holds a sentence for each key (`self_test.html`). `act`: somebody must do something; `note`: worth knowing.
 */

export interface Picture { firstMs: number | null; perSecond: number; droppedPercent: number }
export interface Measures {
  kbps: number | null;
  roundTripMs: number | null;
  clockOffsetMs: number | null;
  gateway: boolean;
  h264: boolean;
  hevc: boolean;
  /** The decoder is a chip of its own; null: the browser does not say. */
  hardware: boolean | null;
  /** Cameras that the account may watch at once. */
  tiles: number;
  mainKbps: number | null;
  subKbps: number | null;
  picture: Picture | null;
}
export type Key = "gateway_unreachable" | "no_decoder" | "line_unmeasured" | "line_below_sub" | "line_below_main"
  | "line_below_wall" | "way_long" | "clock_off" | "picture_none" | "picture_late" | "picture_dropped" | "picture_few"
  | "software_decoder" | "no_hevc" | "no_camera";
export interface Finding { key: Key; level: "act" | "note"; values: Record<string, number> }

/** What streams take where none was recorded lately to say it. */
const USUAL_MAIN_KBPS = 4000;
const USUAL_SUB_KBPS = 500;
/** Packets, acknowledgements and uneven pictures on top. */
const OVERHEAD = 1.15;
const LONG_WAY_MS = 300;
const CLOCK_OFF_MS = 5000;
const LATE_MS = 2000;
const MANY_DROPPED_PERCENT = 10;
const FEW_PER_SECOND = 8;

export function judge(m: Measures): Finding[] {
  const found: Finding[] = [];
  const act = (key: Key, values: Record<string, number> = {}): unknown => found.push({ key, level: "act", values });
  const note = (key: Key, values: Record<string, number> = {}): unknown => found.push({ key, level: "note", values });
  if (!m.gateway) act("gateway_unreachable");
  if (!m.h264) act("no_decoder");
  found.push(...lineFindings(m));
  if (m.roundTripMs !== null && m.roundTripMs > LONG_WAY_MS) act("way_long", { ms: Math.round(m.roundTripMs) });
  if (m.clockOffsetMs !== null && Math.abs(m.clockOffsetMs) > CLOCK_OFF_MS) {
    act("clock_off", { seconds: Math.round(Math.abs(m.clockOffsetMs) / 1000) });
  }
  if (m.gateway && m.h264) found.push(...pictureFindings(m.picture));
  if (m.hardware === false) note("software_decoder");
  if (!m.hevc) note("no_hevc");
  return found.sort((a, b) => Number(a.level === "note") - Number(b.level === "note"));
}

function lineFindings(m: Measures): Finding[] {
  if (m.kbps === null) return [{ key: "line_unmeasured", level: "note", values: {} }];
  const [main, sub] = [(m.mainKbps ?? USUAL_MAIN_KBPS) * OVERHEAD, (m.subKbps ?? USUAL_SUB_KBPS) * OVERHEAD];
  const line = mbit(m.kbps);
  if (m.kbps < sub) return [{ key: "line_below_sub", level: "act", values: { line, need: mbit(sub) } }];
  const found: Finding[] = [];
  if (m.kbps < main) found.push({ key: "line_below_main", level: "act", values: { line, need: mbit(main) } });
  if (m.kbps < sub * m.tiles) {
    found.push({ key: "line_below_wall", level: "act", values: { line, fits: Math.floor(m.kbps / sub), tiles: m.tiles } });
  }
  return found;
}

function pictureFindings(picture: Picture | null): Finding[] {
  if (picture === null) return [{ key: "no_camera", level: "note", values: {} }];
  if (picture.firstMs === null) return [{ key: "picture_none", level: "act", values: {} }];
  const found: Finding[] = [];
  if (picture.firstMs > LATE_MS) found.push({ key: "picture_late", level: "act", values: { seconds: tenth(picture.firstMs / 1000) } });
  if (picture.droppedPercent > MANY_DROPPED_PERCENT) {
    found.push({ key: "picture_dropped", level: "act", values: { percent: Math.round(picture.droppedPercent) } });
  } else if (picture.perSecond < FEW_PER_SECOND) {
    found.push({ key: "picture_few", level: "act", values: { rate: tenth(picture.perSecond) } });
  }
  return found;
}

/** The stream to try the line with: the clear one only where the line carries it. */
export const streamFor = (kbps: number | null, mainKbps: number | null): "main" | "sub" =>
  kbps !== null && kbps >= (mainKbps ?? USUAL_MAIN_KBPS) * OVERHEAD ? "main" : "sub";

const mbit = (kbps: number): number => tenth(kbps / 1000);
const tenth = (value: number): number => Math.round(value * 10) / 10;

/**
 * Measuring the line to our own server: how fast bytes come, how long a question takes, how far the clock is off.
 *
 * What the server sends is random and never kept (`web/byte_budget.py` bounds it). null: it could not be measured now.
 */

export interface Pulse { roundTripMs: number; clockOffsetMs: number; serverNowMs: number }

const PATIENCE_MS = 12_000;
const options = (): RequestInit => ({ cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE_MS) });

/** Kilobits a second over one download; the time before the first bytes is the way's, not the line's. */
export async function measureLine(address: string, kib: number): Promise<number | null> {
  try {
    const response = await fetch(`${address}?kib=${kib}`, options());
    const reader = response.ok ? response.body?.getReader() : undefined;
    if (!reader) return null;
    const first = await reader.read();
    const began = performance.now();
    let bytes = 0;
    for (let next = await reader.read(); !next.done; next = await reader.read()) bytes += next.value.byteLength;
    const whole = first.value?.byteLength ?? 0;
    return rate(bytes, performance.now() - began) ?? rate(whole, 1);
  } catch {
    return null; // a line that is down, or a download longer than our patience: not measured
  }
}

const rate = (bytes: number, tookMs: number): number | null => (bytes > 0 ? (bytes * 8) / Math.max(tookMs, 0.5) : null);

/** A short download first: on a weak line it is enough, on a good one it is too short to tell. */
export async function measureLineWell(address: string): Promise<number | null> {
  const rough = await measureLine(address, 256);
  return rough !== null && rough > 3000 ? ((await measureLine(address, 4096)) ?? rough) : rough;
}

/** The quickest of `times` questions: its way is the shortest, so its clock is the truest. */
export async function measurePulse(address: string, times: number): Promise<Pulse | null> {
  let best: Pulse | null = null;
  for (let n = 0; n < times; n += 1) {
    const asked = await ask(address);
    if (asked && (!best || asked.roundTripMs < best.roundTripMs)) best = asked;
  }
  return best;
}

async function ask(address: string): Promise<Pulse | null> {
  try {
    const began = performance.now();
    const response = await fetch(address, options());
    if (!response.ok) return null;
    const { now } = (await response.json()) as { now: number };
    const roundTripMs = performance.now() - began;
    return { roundTripMs, clockOffsetMs: Date.now() - roundTripMs / 2 - now, serverNowMs: now + roundTripMs / 2 };
  } catch {
    return null;
  }
}

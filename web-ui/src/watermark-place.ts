/** Where the watermark stands next: never twice the same place, never where a name or a control stands. */

export interface Place { leftPercent: number; topPercent: number }

const COLUMNS = [4, 26, 48];
const ROWS = [12, 30, 48, 66];

export function nextPlace(step: number, seed: number): Place {
  const cells = COLUMNS.length * ROWS.length;
  // 5 is prime to 12: every cell is visited before one returns, and neighbours in time are far apart.
  const cell = (step * 5 + seed) % cells;
  return {
    leftPercent: COLUMNS[cell % COLUMNS.length] ?? 4,
    topPercent: ROWS[Math.floor(cell / COLUMNS.length)] ?? 12,
  };
}

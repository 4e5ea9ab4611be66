/** Whether a line is too weak for the main stream: three skips within half a minute say so. */

const SKIPS = 3;
const MEMORY_MS = 30_000;

export class WeakLine {
  private skips: number[] = [];

  reset(): void {
    this.skips = [];
  }

  skippedAt(nowMs: number): boolean {
    this.skips = [...this.skips.filter((at) => nowMs - at < MEMORY_MS), nowMs];
    return this.skips.length >= SKIPS;
  }
}

/**
 * A duty screen: tells its health every minute, renews its key every hour, and keeps itself on.
 *
 * Law: one request to the server at a time. A late request with the old key would otherwise look like a copy of it
 * (`accounts/actions/terminal.py`). The page is loaded again only when the server has answered: a reload while it is
 * away would leave the browser's own error page on the screen.
 */

import { cookie } from "./api";
import { measureLine, measurePulse } from "./line-measures";
import { reloadOnce } from "./reload-once";
import { setServerNow } from "./server-clock";
import { type Look, healthOf } from "./terminal-health";
import { text } from "./texts";
import { countOf } from "./tile-counts";

const FIRST_REPORT_MS = 8000;
const REPORT_MS = 60_000;
const RENEW_MS = 3_600_000;
const PROBE_KIB = 256;
const PATIENCE_MS = 20_000;

export class HdTerminal extends HTMLElement {
  private timers: number[] = [];
  private turn: Promise<void> = Promise.resolve();
  private earlier: Look | null = null;
  private readonly gone = new AbortController();

  connectedCallback(): void {
    this.earlier = this.look();
    this.timers = [
      window.setTimeout(() => this.inTurn(() => this.report()), FIRST_REPORT_MS),
      window.setInterval(() => this.inTurn(() => this.report()), REPORT_MS),
      window.setInterval(() => this.inTurn(() => this.renew()), RENEW_MS),
    ];
    this.stayOn();
    document.addEventListener("visibilitychange", () => this.stayOn(), { signal: this.gone.signal });
  }

  disconnectedCallback(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
    this.gone.abort();
  }

  private inTurn(work: () => Promise<void>): void {
    this.turn = this.turn.then(work, work);
  }

  private look(): Look {
    return { atMs: performance.now(), tiles: [...this.querySelectorAll<HTMLElement>("hd-live")].map(countOf) };
  }

  private async report(): Promise<void> {
    const pulse = await measurePulse(this.dataset["pulse"] ?? "", 1);
    if (pulse) setServerNow(pulse.serverNowMs);
    const kbps = await measureLine(this.dataset["bytes"] ?? "", PROBE_KIB);
    const after = this.look();
    const line = { kbps, roundTripMs: pulse?.roundTripMs ?? null, clockOffsetMs: pulse?.clockOffsetMs ?? null };
    const answer = await this.post(this.dataset["health"] ?? "", healthOf(this.earlier ?? after, after, line));
    this.earlier = after;
    const { words, cameras } = (answer ?? {}) as { words?: string[]; cameras?: string };
    if (words) this.say(words.join(" · "));
    if (cameras !== undefined && cameras !== this.dataset["cameras"]) reloadOnce();
  }

  private async renew(): Promise<void> {
    await this.post(this.dataset["key"] ?? "", {});
  }

  /** The answer; null when there is none. A session or key that is over leads to the page that says so. */
  private async post(address: string, body: object): Promise<unknown> {
    try {
      const response = await fetch(address, {
        method: "POST", credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE_MS), body: JSON.stringify(body),
        headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("hd_csrf") },
      });
      if (response.ok && !response.redirected) return await response.json();
      if (response.redirected || response.status === 401 || response.status === 403) reloadOnce();
    } catch {
      this.say(text("offline"));
    }
    return null;
  }

  private say(words: string): void {
    const line = this.querySelector('[data-part="status"]');
    if (line && line.textContent !== words) line.textContent = words;
  }

  /** Browsers that can keep the screen lit; the others are set so by hand (docs/guide/terminals.md). */
  private stayOn(): void {
    if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => undefined);
  }
}

customElements.define("hd-terminal", HdTerminal);

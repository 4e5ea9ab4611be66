/**
 * The self-test's page: measures one thing after the other, writes each figure where it belongs, then shows the findings.
 *
 * Sentences stand in the page, one for each finding, hidden until they are true; this fills in the figures.
 */

import { type Decoders, measureDecoders, measurePicture, reachable } from "./decoder-measures";
import { HdLive } from "./hd-live";
import { measureLineWell, measurePulse } from "./line-measures";
import { type Finding, type Measures, judge, streamFor } from "./self-test-verdict";
import { fill } from "./texts";

const PULSES = 6;
/** What is faster than anybody needs is not told to the digit. */
const FAST_KBPS = 100_000;

export class HdSelfTest extends HTMLElement {
  connectedCallback(): void {
    this.querySelector('[data-do="again"]')?.addEventListener("click", () => location.reload());
    void this.run();
  }

  private async run(): Promise<void> {
    const pulse = await measurePulse(this.dataset["pulse"] ?? "", PULSES);
    this.figure("way", pulse && `${Math.round(pulse.roundTripMs)} ms`);
    this.figure("clock", pulse && `${this.number(Math.abs(pulse.clockOffsetMs) / 1000)} s`);
    const kbps = await measureLineWell(this.dataset["bytes"] ?? "");
    this.figure("line", kbps === null ? null : this.lineWords(kbps));
    const [gateway, decoders] = await Promise.all([reachable(this.dataset["gateway"] ?? ""), measureDecoders()]);
    this.figure("gateway", this.yes(gateway));
    this.figure("decoder", this.decoderWords(decoders));
    const mainKbps = this.given("mainKbps");
    const live = this.querySelector<HdLive>("hd-live");
    const picture = live ? await measurePicture(live, streamFor(kbps, mainKbps)) : null;
    this.figure("first", picture?.firstMs ? `${this.number(picture.firstMs / 1000)} s` : null);
    this.figure("rate", picture?.firstMs ? this.number(picture.perSecond) : null);
    this.figure("dropped", picture?.firstMs ? `${this.number(picture.droppedPercent)} %` : null);
    this.tell({
      kbps, roundTripMs: pulse?.roundTripMs ?? null, clockOffsetMs: pulse?.clockOffsetMs ?? null, gateway, ...decoders,
      tiles: this.given("tiles") ?? 0, mainKbps, subKbps: this.given("subKbps"), picture,
    });
  }

  private tell(measures: Measures): void {
    const found = judge(measures);
    const list = this.querySelector(".findings");
    for (const finding of found) {
      const item = this.querySelector<HTMLElement>(`[data-finding="${finding.key}"]`);
      if (!item || !list) continue;
      this.fillIn(item, finding);
      list.append(item);
    }
    const verdict = found.some((finding) => finding.level === "act") ? "poor" : "well";
    for (const words of this.querySelectorAll<HTMLElement>("[data-verdict]")) words.hidden = words.dataset["verdict"] !== verdict;
    this.dataset["done"] = verdict;
  }

  private fillIn(item: HTMLElement, finding: Finding): void {
    const values = Object.fromEntries(Object.entries(finding.values).map(([name, value]) => [name, this.number(value)]));
    for (const part of item.querySelectorAll("strong, p")) part.textContent = fill(part.textContent ?? "", values);
    item.dataset["level"] = finding.level;
    item.hidden = false;
  }

  private figure(name: string, words: string | null): void {
    const place = this.querySelector(`[data-measure="${name}"]`);
    if (place) place.textContent = words ?? "–";
  }

  private lineWords(kbps: number): string {
    return kbps > FAST_KBPS ? `> ${FAST_KBPS / 1000} Mbit/s` : `${this.number(kbps / 1000)} Mbit/s`;
  }

  private decoderWords({ h264, hevc, hardware }: Decoders): string {
    const kinds = [h264 ? "H.264" : "", hevc ? "H.265" : ""].filter(Boolean).join(", ");
    return `${kinds || "–"}${hardware ? ` (${this.dataset["hardware"] ?? ""})` : ""}`;
  }

  private yes(value: boolean): string {
    return (value ? this.dataset["yes"] : this.dataset["no"]) ?? "";
  }

  private given(name: string): number | null {
    const value = Number.parseFloat(this.dataset[name] ?? "");
    return Number.isFinite(value) ? value : null;
  }

  private number(value: number): string {
    return value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
  }
}

customElements.define("hd-self-test", HdSelfTest);

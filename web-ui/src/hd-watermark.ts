/**
 * Name, unit and time over the picture, faint, elsewhere every few seconds: who photographs the screen is named in the
 * photograph. It lies inside the player, so full screen has it; the player stops when it is gone (`intact`).
 */

import { stampText } from "./local-time";
import { nextPlace } from "./watermark-place";
import { serverNow } from "./server-clock";

const MOVE_EVERY_S = 6;
const LEAST_OPACITY = 0.15;

export class HdWatermark extends HTMLElement {
  private readonly words = document.createElement("span");
  private timer = 0;
  private step = 0;
  private readonly seed = Math.floor(Math.random() * 12);

  connectedCallback(): void {
    this.setAttribute("aria-hidden", "true");
    if (!this.words.isConnected) this.append(this.words);
    this.show();
  }

  disconnectedCallback(): void {
    clearTimeout(this.timer);
  }

  /** Whether it is where it belongs, says what it must, and can be seen. */
  intact(host: Element): boolean {
    if (this.parentElement !== host || this.words.parentElement !== this) return false;
    if (!this.words.textContent?.startsWith(this.dataset["mark"] ?? "")) return false;
    return [this, this.words].every((part) => {
      const style = getComputedStyle(part);
      return style.display !== "none" && style.visibility !== "hidden" && Number(style.opacity || 1) >= LEAST_OPACITY;
    });
  }

  private show(): void {
    this.words.textContent = `${this.dataset["mark"] ?? ""}\n${stampText(serverNow())}`;
    if (this.step % MOVE_EVERY_S === 0) {
      const place = nextPlace(Math.floor(this.step / MOVE_EVERY_S), this.seed);
      this.words.style.left = `${place.leftPercent}%`;
      this.words.style.top = `${place.topPercent}%`;
    }
    this.step += 1;
    this.timer = window.setTimeout(() => this.show(), 1000);
  }
}

customElements.define("hd-watermark", HdWatermark);

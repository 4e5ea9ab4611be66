/** The running hour of the site, from the server's clock; `data-short` leaves the date out. */

import { serverNow, setServerNow } from "./server-clock";
import { clockText, stampText } from "./local-time";

export class HdClock extends HTMLElement {
  private timer = 0;

  connectedCallback(): void {
    if (this.dataset["now"]) setServerNow(Date.parse(this.dataset["now"]));
    this.show();
  }

  disconnectedCallback(): void {
    clearTimeout(this.timer);
  }

  private show(): void {
    const now = serverNow();
    this.textContent = "short" in this.dataset ? clockText(now) : stampText(now);
    this.timer = window.setTimeout(() => this.show(), 1000 - (now % 1000));
  }
}

customElements.define("hd-clock", HdClock);

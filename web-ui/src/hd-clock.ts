/** The running hour of the site, from the server's clock. */

import { serverNow, setServerNow } from "./server-clock";
import { stampText } from "./local-time";

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
    this.textContent = stampText(now);
    this.timer = window.setTimeout(() => this.show(), 1000 - (now % 1000));
  }
}

customElements.define("hd-clock", HdClock);

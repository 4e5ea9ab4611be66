/** Seconds of a lockout, counted down in words; then the form is offered again. */

import { lengthText, text } from "./texts";

export class HdCountdown extends HTMLElement {
  private timer = 0;

  connectedCallback(): void {
    const until = performance.now() + Number(this.dataset["seconds"] ?? 0) * 1000;
    const button = this.closest("form")?.querySelector<HTMLButtonElement>("button:not([type=button])");
    if (button) button.disabled = true;
    const show = (): void => {
      const left = until - performance.now();
      if (left <= 0) {
        if (button) button.disabled = false;
        this.parentElement?.parentElement?.remove();
        return;
      }
      this.textContent = text("try_again_in", { length: lengthText(Math.ceil(left / 1000) * 1000) });
      this.timer = window.setTimeout(show, 1000);
    };
    show();
  }

  disconnectedCallback(): void {
    clearTimeout(this.timer);
  }
}

customElements.define("hd-countdown", HdCountdown);

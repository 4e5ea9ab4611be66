/** Ticks the rules of a new password while it is typed. The server decides; this only spares a round trip. */

import { kept } from "./password-rules";

export class HdPassword extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("input", () => this.check());
    this.check();
  }

  private check(): void {
    const password = this.querySelector<HTMLInputElement>('input[name="new"]')?.value ?? "";
    const name = this.querySelector<HTMLInputElement>('input[name="username"]')?.value ?? "";
    this.querySelectorAll<HTMLElement>(".rules > li").forEach((rule, index) => {
      const judged = kept(index + 1, password, name);
      if (judged !== null) rule.dataset["kept"] = judged ? "yes" : "no";
    });
  }
}

customElements.define("hd-password", HdPassword);

/**
 * A passkey made or shown (WebAuthn Level 3), sent as JSON in the form that stands in the element.
 *
 * The server drew the challenge and decides; a browser without WebAuthn, and an authenticator's refusal, are said in words.
 */

import { answerJson, creationOptions, requestOptions, type OptionsJson } from "./passkey-json";
import { text } from "./texts";

export class HdPasskey extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector<HTMLButtonElement>("button[type=button]");
    if (!button) return;
    if (!("PublicKeyCredential" in window)) {
      button.disabled = true;
      this.say(text("passkey_none"));
      return;
    }
    button.addEventListener("click", () => void this.ask(button));
  }

  private async ask(button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    this.say("");
    try {
      const answer = await this.credential();
      const field = this.querySelector<HTMLInputElement>("input[name=answer]");
      if (!answer || !field) throw new Error("no answer");
      field.value = JSON.stringify(answerJson(answer as PublicKeyCredential));
      this.querySelector("form")?.requestSubmit();
    } catch (error) {
      // The kinds of error that WebAuthn names: "held already" helps a person, of the rest browsers tell nothing apart.
      this.say(text(error instanceof DOMException && error.name === "InvalidStateError" ? "passkey_known" : "passkey_failed"));
      button.disabled = false;
    }
  }

  private credential(): Promise<Credential | null> {
    const options = document.getElementById(this.dataset["options"] ?? "")?.textContent ?? "{}";
    const asked = JSON.parse(options) as OptionsJson;
    return this.dataset["do"] === "create"
      ? navigator.credentials.create({ publicKey: creationOptions(asked) })
      : navigator.credentials.get({ publicKey: requestOptions(asked) });
  }

  private say(words: string): void {
    const note = this.querySelector<HTMLElement>(".note");
    if (!note) return;
    note.textContent = words;
    note.hidden = words === "";
  }
}

customElements.define("hd-passkey", HdPasskey);

/**
 * What a live and a playback player have in common: a video, the watermark over it, words when something is not well.
 *
 * Law: no picture without the watermark. Whoever takes it away, or hides it, ends the picture.
 */

import "./hd-watermark";
import { HdWatermark } from "./hd-watermark";
import { text } from "./texts";

/** waiting: not yet; shown; lost: the last picture, dimmed; none: nothing to dim. */
export type PictureState = "waiting" | "shown" | "lost" | "none";

const CHECK_EVERY_MS = 1000;

export abstract class PictureElement extends HTMLElement {
  protected readonly video = document.createElement("video");
  private readonly watermark = document.createElement("hd-watermark") as HdWatermark;
  private readonly delay = document.createElement("p");
  private readonly guard = new MutationObserver(() => this.checkWatermark());
  private checking = 0;
  /** Ends what subclasses listen to. */
  protected readonly gone = new AbortController();
  private stoppedForGood = false;

  /** Ends every stream and forgets the pictures. */
  abstract halt(): void;

  connectedCallback(): void {
    if (this.stoppedForGood) return;
    this.prepareVideo();
    this.watermark.dataset["mark"] = this.dataset["mark"] ?? "";
    this.delay.className = "picture-delay";
    this.prepend(this.video, this.watermark, this.delay);
    this.guard.observe(this, { childList: true, subtree: true, attributes: true, attributeFilter: ["style", "class", "hidden"] });
    this.checking = window.setInterval(() => this.checkWatermark(), CHECK_EVERY_MS);
  }

  disconnectedCallback(): void {
    this.guard.disconnect();
    this.gone.abort();
    clearInterval(this.checking);
    this.halt();
  }

  get stopped(): boolean {
    return this.stoppedForGood;
  }

  /** The decoder holds one that can be shown. */
  protected get hasPicture(): boolean {
    return this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  }

  protected has(stream: "main" | "sub"): boolean {
    return (this.dataset["streams"] ?? "main").split(" ").includes(stream);
  }

  protected tell(kind: string, detail: object | boolean | string): void {
    this.dispatchEvent(new CustomEvent(kind, { detail, bubbles: true }));
  }

  protected show(state: PictureState, words = ""): void {
    if (this.stoppedForGood) return;
    if (this.dataset["picture"] !== state) this.dataset["picture"] = state;
    this.say(words);
  }

  protected showDelay(words: string): void {
    if (this.delay.textContent !== words) this.delay.textContent = words;
  }

  private say(words: string): void {
    const line = this.querySelector(":scope > .picture-words");
    if (!line || line.textContent?.trim() === words) return;
    if (!words) return line.replaceChildren();
    const span = document.createElement("span");
    span.textContent = words;
    line.replaceChildren(span);
  }

  private prepareVideo(): void {
    const video = this.video;
    video.className = "picture";
    video.muted = true;
    video.playsInline = true;
    video.disablePictureInPicture = true;
    video.disableRemotePlayback = true;
    video.setAttribute("aria-label", this.dataset["name"] ?? "");
    this.oncontextmenu = (event) => event.preventDefault();
  }

  private checkWatermark(): void {
    if (this.stoppedForGood || !this.isConnected || this.hidden || this.watermark.intact(this)) return;
    this.show("none", text("watermark_gone"));
    this.stoppedForGood = true;
    this.halt();
    this.video.remove();
  }
}

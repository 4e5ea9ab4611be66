/**
 * A live picture. Never frozen as if live: when nothing comes, the last picture is dimmed and the words say since when.
 *
 * Plays from `resume()` to `hold()`, while the tab is seen. data-tickets, data-stream (auto|main|sub), data-streams,
 * data-purpose, data-mark, data-name. Emits `hd-note` with a sentence for the page.
 */

import { LiveBuffer, playable } from "./live-buffer";
import { LiveLink } from "./live-link";
import type { LiveMessage, StreamName } from "./live-messages";
import { PictureElement, type PictureState } from "./picture-element";
import { Silence } from "./silence";
import { WeakLine } from "./weak-line";
import { delayOf } from "./live-edge";
import { judge } from "./live-state";
import { serverNow } from "./server-clock";
import { text } from "./texts";

const TICK_MS = 250;

export class HdLive extends PictureElement {
  private link: LiveLink | null = null;
  private buffer: LiveBuffer | null = null;
  private ticking = 0;
  private stream: StreamName = "main";
  private readonly line = new WeakLine();
  private readonly silence = new Silence(() => performance.now(), serverNow);
  private lossTold = false;
  private deaf = false;
  private wanted = false;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", () => this.seenOrNot(), { signal: this.gone.signal });
  }

  /** `auto` is the main stream, until the browser or the line cannot. */
  choose(stream: "auto" | StreamName): void {
    this.dataset["stream"] = stream;
    this.line.reset();
    const chosen = stream === "sub" && this.has("sub") ? "sub" : "main";
    if (this.wanted) this.link ? this.change(chosen) : this.start(chosen);
  }

  resume(): void {
    this.wanted = true;
    if (!this.stopped && !document.hidden && !this.link) this.choose((this.dataset["stream"] ?? "auto") as "auto" | StreamName);
  }

  hold(): void {
    this.wanted = false;
    this.halt();
  }

  halt(): void {
    clearInterval(this.ticking);
    this.link?.stop();
    this.link = null;
    this.buffer?.close();
    this.buffer = null;
  }

  private seenOrNot(): void {
    if (document.hidden) this.halt();
    else if (this.wanted) this.resume();
  }

  private start(stream: StreamName): void {
    this.halt();
    this.stream = stream;
    this.silence.heard();
    this.buffer = new LiveBuffer(this.video, () => this.link?.renew());
    this.link = new LiveLink(this.dataset["tickets"] ?? "", this.dataset["purpose"], {
      message: (message) => this.hear(message),
      bytes: (bytes) => this.take(bytes),
      broken: (words) => this.lose(words || text("link_lost", { since: this.silence.words() })),
      final: (words) => this.end(words),
    });
    this.link.start(stream);
    this.ticking = window.setInterval(() => this.tick(), TICK_MS);
  }

  /** The picture stays until the other stream's first one is there. */
  private change(stream: StreamName): void {
    if (stream === this.stream) return;
    this.stream = stream;
    this.link?.change(stream);
  }

  private hear(message: LiveMessage): void {
    if (message.type === "init") {
      this.deaf = !playable(message.codecs);
      if (this.deaf) return this.toSub(text("hevc"), text("hevc_only"));
      this.buffer?.begin(message.codecs, message.offset90k);
    } else if (message.type === "gap") {
      this.lose(text("lost_since", { since: this.silence.words(message.sinceMs) }));
    } else if (message.type === "skipped") {
      if (this.line.skippedAt(performance.now()) && this.dataset["stream"] !== "main") this.toSub("");
    }
  }

  private take(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.deaf) return;
    this.silence.heard();
    this.lossTold = false;
    this.buffer?.append(bytes);
  }

  private tick(): void {
    if (!this.buffer) return;
    this.buffer.keepUp();
    const [silentS, hasPicture] = [this.silence.seconds, this.hasPicture];
    const delayS = delayOf(this.buffer.ranges, this.video.currentTime, silentS > 1 ? silentS : 0);
    const picture = this.dataset["picture"] as PictureState;
    const { show, delayShownS } = judge({ lossTold: this.lossTold, silentS, hasPicture, picture, delayS });
    if (show === "lost") return this.lose(text("lost_since", { since: this.silence.words() }));
    if (show === "connecting") this.show("waiting", text("connecting"));
    if (show === "shown") {
      this.silence.over();
      this.link?.settled();
      this.show("shown");
    }
    this.showDelay(delayShownS ? text("delay", { seconds: delayShownS }) : "");
  }

  /** Told until pictures come again; silence is not judged meanwhile. */
  private lose(words: string): void {
    this.lossTold = true;
    this.showDelay("");
    this.show(this.hasPicture ? "lost" : "none", words);
  }

  private end(words: string): void {
    this.halt();
    this.show("none", words);
  }

  private toSub(note: string, otherwise = ""): void {
    const can = this.stream !== "sub" && this.has("sub");
    if (can) this.change("sub");
    // The connection stays: a camera that sends H.264 again is shown again.
    else if (otherwise) this.lose(otherwise);
    if (can && note) this.tell("hd-note", note);
  }
}

customElements.define("hd-live", HdLive);

/**
 * One live stream kept going: a ticket, a WebSocket, and again from the start when the line breaks.
 *
 * Laws: every connection takes a new ticket; waiting between attempts grows to 15 s, with jitter; what the server says
 * is final (right ended, refused) is not tried again.
 */

import { Refused, askTicket } from "./api";
import { type LiveMessage, type StreamName, readLiveMessage } from "./live-messages";
import { text } from "./texts";

export interface LiveEvents {
  message(message: LiveMessage): void;
  bytes(bytes: Uint8Array<ArrayBuffer>): void;
  /** The line broke and will be tried again; `words` when there is more to say than that. */
  broken(words: string): void;
  final(words: string): void;
}

const RIGHT_ENDED = 4403;
const SERVER_FULL = 1013;
const LONGEST_WAIT_MS = 15_000;

/** Milliseconds before attempt `n` (0 = the first retry); `random` from 0 to 1. */
export const backoffMs = (n: number, random: number): number =>
  Math.min(LONGEST_WAIT_MS, 500 * 2 ** Math.min(n, 10)) * (0.75 + random / 2);

export class LiveLink {
  private socket: WebSocket | null = null;
  private timer = 0;
  private attempts = 0;
  private run = 0;
  private stream: StreamName = "main";

  constructor(private readonly tickets: string, private readonly purpose: string | undefined,
    private readonly events: LiveEvents) {}

  start(stream: StreamName): void {
    this.stop();
    this.attempts = 0;
    this.stream = stream;
    void this.connect(this.run);
  }

  /** Another stream over the same connection; the gateway begins it at its next keyframe. */
  change(stream: StreamName): void {
    this.stream = stream;
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type: "stream", stream }));
  }

  /** What came could not be played: a new connection, after a wait. */
  renew(): void {
    this.stop();
    this.again(this.run, "");
  }

  stop(): void {
    this.run += 1;
    clearTimeout(this.timer);
    this.socket?.close();
    this.socket = null;
  }

  /** Pictures come: the next break is a first one again. */
  settled(): void {
    this.attempts = 0;
  }

  private async connect(run: number): Promise<void> {
    try {
      const ticket = await askTicket(this.tickets, { action: "view_live", purpose: this.purpose });
      if (run === this.run) this.listen(new URL(ticket.url, location.href), run);
    } catch (error) {
      if (run !== this.run) return;
      if (error instanceof Refused && error.status !== 429) this.events.final(error.message);
      else this.again(run, error instanceof Error ? error.message : "");
    }
  }

  private listen(url: URL, run: number): void {
    url.searchParams.set("stream", this.stream);
    const socket = new WebSocket(url);
    let ended = "";
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (run !== this.run) return;
      if (typeof data !== "string") return this.events.bytes(new Uint8Array(data));
      const message = readLiveMessage(data);
      if (message?.type === "end") ended = message.reason;
      if (message) this.events.message(message);
    };
    socket.onclose = ({ code }) => {
      if (run !== this.run) return;
      if (code === RIGHT_ENDED) this.events.final(text("ended_right"));
      else this.again(run, code === SERVER_FULL || ended === "full" ? text("full") : "");
    };
    this.socket = socket;
  }

  private again(run: number, words: string): void {
    this.events.broken(words);
    this.timer = window.setTimeout(() => void this.connect(run), backoffMs(this.attempts, Math.random()));
    this.attempts += 1;
  }
}

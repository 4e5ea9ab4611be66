/**
 * The right to play back one camera over a window of time: a ticket, redeemed once, then playlists of up to an hour.
 *
 * A playlist inside the window needs no new ticket; outside it, or when the session is over, the next `playlist` takes one.
 */

import type { StreamName } from "./live-messages";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./local-time";
import { Refused, Unreachable, askTicket, iso } from "./api";
import { serverNow } from "./server-clock";
import { text } from "./texts";

export interface Playlist { address: string; fromMs: number; toMs: number }

const BEFORE_MS = MINUTE_MS;
const LENGTH_MS = HOUR_MS - 2 * MINUTE_MS;

export class PlaybackSession {
  private address = "";
  private fromMs = 0;
  private toMs = 0;
  private endsMs = 0;

  constructor(private readonly tickets: string, private readonly purpose: string | undefined) {}

  /** Address of a playlist that begins a little before the instant. */
  async playlist(atMs: number, stream: StreamName): Promise<Playlist> {
    const fromMs = atMs - BEFORE_MS;
    const within = fromMs >= this.fromMs && atMs < this.toMs - SECOND_MS;
    if (!this.address || !within || serverNow() > this.endsMs) await this.open(atMs);
    const address = new URL(this.address);
    const toMs = Math.min(fromMs + LENGTH_MS, this.toMs);
    address.search = new URLSearchParams({ from: iso(fromMs), to: iso(toMs), stream }).toString();
    return { address: address.href, fromMs, toMs };
  }

  /** The next playlist takes a new ticket. */
  forget(): void {
    this.address = "";
  }

  private async open(atMs: number): Promise<void> {
    this.fromMs = atMs - DAY_MS;
    // A second before now: the server cuts a window that reaches into its future.
    this.toMs = Math.min(atMs + DAY_MS, serverNow() - SECOND_MS);
    const ticket = await askTicket(this.tickets, {
      action: "view_playback", purpose: this.purpose, from: iso(this.fromMs), to: iso(this.toMs),
    });
    const redeem = new URL(ticket.url, location.href);
    redeem.search = new URLSearchParams({ from: iso(Math.max(this.fromMs, atMs - MINUTE_MS)), to: iso(Math.min(atMs + MINUTE_MS, this.toMs)) }).toString();
    this.address = await follow(redeem.href);
    this.endsMs = ticket.endsMs ?? Infinity;
  }
}

/** Redeems the ticket and returns the session's own address, which the redirect led to. */
async function follow(address: string): Promise<string> {
  let response: Response;
  try {
    response = await fetch(address, { credentials: "include" });
  } catch (error) {
    throw new Unreachable(text("offline"), { cause: error });
  }
  const led = new URL(response.url);
  if (response.ok || response.status === 404) return `${led.origin}${led.pathname}`;
  const problem = (await response.json().catch(() => ({}))) as { detail?: string; code?: string };
  throw new Refused(problem.detail ?? text("refused"), response.status, problem.code ?? "");
}

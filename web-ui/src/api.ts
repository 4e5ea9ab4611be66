/**
 * Calls to `/api/v1` with the page's session (docs/design/pages.md): tickets and recordings.
 *
 * A refusal carries the server's sentence, already in the page's language; a line that is down is Unreachable.
 */

import type { Recorded, Span } from "./timeline-spans";
import { reloadOnce } from "./reload-once";
import { text } from "./texts";

export class Refused extends Error {
  constructor(message: string, readonly status: number, readonly code: string) {
    super(message);
  }
}

export class Unreachable extends Error {}

export interface Ticket { url: string; endsMs: number | null }
export interface TicketWish {
  action: "view_live" | "view_playback";
  purpose?: string | undefined;
  from?: string;
  to?: string;
}
export interface Recordings extends Recorded { nowMs: number }

export async function askTicket(address: string, wish: TicketWish): Promise<Ticket> {
  const body = (await call(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("hd_csrf") },
    body: JSON.stringify(wish),
  })) as { url: string; ends_at?: string };
  return { url: body.url, endsMs: body.ends_at ? Date.parse(body.ends_at) : null };
}

interface Stretch { from: string; to: string }
interface RecordingsBody {
  now: string;
  retention_days: number | null;
  spans: Stretch[];
  expired: Stretch[];
  holds: Stretch[];
  gaps: { from: string; to: string | null; reason: string; text: string }[];
}

export async function loadRecordings(camera: string, fromMs: number, toMs: number): Promise<Recordings> {
  const query = new URLSearchParams({ camera, from: iso(fromMs), to: iso(toMs) });
  const body = (await call(`/api/v1/recordings?${query}`, {})) as RecordingsBody;
  return {
    nowMs: Date.parse(body.now),
    keptDays: body.retention_days,
    spans: body.spans.map(spanOf),
    expired: body.expired.map(spanOf),
    held: body.holds.map(spanOf),
    gaps: body.gaps.map((gap) => ({
      fromMs: Date.parse(gap.from), toMs: gap.to === null ? null : Date.parse(gap.to), text: gap.text,
      known: gap.reason !== "",
    })),
  };
}

const spanOf = ({ from, to }: Stretch): Span => ({ fromMs: Date.parse(from), toMs: Date.parse(to) });

export const iso = (atMs: number): string => new Date(Math.round(atMs)).toISOString();

async function call(address: string, init: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(address, { credentials: "same-origin", ...init,
      headers: { Accept: "application/json", ...init.headers } });
  } catch (error) {
    throw new Unreachable(text("offline"), { cause: error });
  }
  if (response.ok) return response.json();
  if (response.status >= 500) throw new Unreachable(text("offline"));
  if (response.status === 401) reloadOnce();
  const problem = (await response.json().catch(() => ({}))) as { detail?: string; title?: string; code?: string };
  throw new Refused(problem.detail || problem.title || text("refused"), response.status, problem.code ?? "");
}

export function cookie(name: string): string {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

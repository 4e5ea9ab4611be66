/**
 * Text messages of the live WebSocket (docs/design/contracts.md, "Gateway"), checked where they arrive.
 *
 * A message that is not understood is null, and skipped: a newer gateway may say more than this page knows.
 */

export type StreamName = "main" | "sub";

export type LiveMessage =
  | { type: "init"; codecs: string; startedMs: number | null; offset90k: number }
  | { type: "gap"; reason: string; sinceMs: number | null }
  | { type: "skipped"; fragments: number }
  | { type: "end"; reason: string };

export function readLiveMessage(text: string): LiveMessage | null {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof data !== "object" || data === null) return null;
  const fields = data as Record<string, unknown>;
  switch (fields["type"]) {
    case "init":
      return typeof fields["codecs"] === "string" && Number.isFinite(fields["offset_90k"])
        ? { type: "init", codecs: fields["codecs"], startedMs: instantOf(fields["started_at"]),
            offset90k: fields["offset_90k"] as number }
        : null;
    case "gap":
      return { type: "gap", reason: word(fields["reason"]), sinceMs: instantOf(fields["since"]) };
    case "skipped":
      return { type: "skipped", fragments: Number(fields["fragments"]) || 0 };
    case "end":
      return { type: "end", reason: word(fields["reason"]) };
    default:
      return null;
  }
}

const word = (value: unknown): string => (typeof value === "string" ? value : "");

/** RFC 3339 text or microseconds since 1970. */
export function instantOf(value: unknown): number | null {
  if (typeof value === "number" && Number.isFinite(value)) return value / 1000;
  if (typeof value !== "string") return null;
  const parsed = Date.parse(value);
  return Number.isNaN(parsed) ? null : parsed;
}

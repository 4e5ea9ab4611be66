/** Keys of the camera page, as commands. Keys typed into a field, or held with a modifier, are the browser's. */

export type Command =
  | { do: "skip"; seconds: number } | { do: "step"; frames: number } | { do: "pause" } | { do: "play" } | { do: "faster" }
  | { do: "goto" } | { do: "day-start" } | { do: "day-end" } | { do: "zoom"; factor: number } | { do: "full" } | { do: "live" };

export const SPEEDS = [0.5, 1, 2, 4, 8] as const;

const COMMANDS: Record<string, Command> = {
  j: { do: "skip", seconds: -10 },
  k: { do: "pause" },
  l: { do: "faster" },
  " ": { do: "play" },
  ArrowLeft: { do: "skip", seconds: -5 },
  ArrowRight: { do: "skip", seconds: 5 },
  ",": { do: "step", frames: -1 },
  ".": { do: "step", frames: 1 },
  g: { do: "goto" },
  Home: { do: "day-start" },
  End: { do: "day-end" },
  "+": { do: "zoom", factor: 2 },
  "=": { do: "zoom", factor: 2 },
  "-": { do: "zoom", factor: 0.5 },
  f: { do: "full" },
  v: { do: "live" },
};

export interface Press { key: string; ctrlKey: boolean; altKey: boolean; metaKey: boolean; inField: boolean; onButton: boolean }

export function commandOf(press: Press): Command | null {
  if (press.inField || press.ctrlKey || press.altKey || press.metaKey) return null;
  if (press.onButton && (press.key === " " || press.key === "Enter")) return null;
  return COMMANDS[press.key.length === 1 ? press.key.toLowerCase() : press.key] ?? null;
}

/** The next speed up, and back to even from the fastest. */
export const fasterThan = (speed: number): number => SPEEDS.find((next) => next > speed) ?? 1;

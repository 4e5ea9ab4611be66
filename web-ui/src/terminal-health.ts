/**
 * What a duty screen tells of itself, from two looks at its tiles a minute apart.
 *
 * Pure. A player that began anew counts from zero again: what it shows now is then what is new. Whole numbers where the
 * server wants them; null where nothing could be measured.
 */

export interface TileCount { playing: boolean; total: number; dropped: number }
export interface Look { atMs: number; tiles: readonly TileCount[] }
export interface Line { kbps: number | null; roundTripMs: number | null; clockOffsetMs: number | null }

export interface Health {
  bandwidth_kbps: number | null;
  round_trip_ms: number | null;
  clock_offset_ms: number | null;
  pictures_per_s: number | null;
  dropped_percent: number | null;
  tiles: number;
  tiles_playing: number;
}

export function healthOf(before: Look, after: Look, line: Line): Health {
  const seconds = (after.atMs - before.atMs) / 1000;
  const playing = after.tiles.map((tile, index) => ({ tile, was: before.tiles[index] })).filter(({ tile }) => tile.playing);
  const total = sum(playing.map(({ tile, was }) => grown(was?.total, tile.total)));
  const dropped = sum(playing.map(({ tile, was }) => grown(was?.dropped, tile.dropped)));
  const measured = playing.length > 0 && seconds > 0 && total > 0;
  return {
    bandwidth_kbps: whole(line.kbps),
    round_trip_ms: whole(line.roundTripMs),
    clock_offset_ms: whole(line.clockOffsetMs),
    pictures_per_s: measured ? tenth((total - dropped) / seconds / playing.length) : null,
    dropped_percent: measured ? tenth((dropped / total) * 100) : null,
    tiles: after.tiles.length,
    tiles_playing: playing.length,
  };
}

const grown = (was: number | undefined, is: number): number => (was === undefined || is < was ? is : is - was);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
const whole = (value: number | null): number | null => (value === null ? null : Math.round(value));
const tenth = (value: number): number => Math.round(value * 10) / 10;

/**
 * How many columns the wall has: the largest pictures that show every camera at once; below a least width it scrolls.
 *
 * Pure. Sites stay in rows of their own (with their names) when that costs little of the pictures' size.
 */

export interface Room { width: number; height: number; headPx: number; headingPx: number }
/** `headPx`: room kept free for the bar; 0 when the pictures need it and the bar lies over them. */
export interface WallLayout { columns: number; tilePx: number; grouping: "sites" | "flat"; headPx: number }

const GAP_PX = 2;
const LEAST_TILE_PX = 240;
const GROUPING_WORTH = 0.85;
const RATIO = 16 / 9;

export function chooseLayout(room: Room, sites: readonly number[]): WallLayout {
  const cameras = sites.reduce((sum, n) => sum + n, 0);
  const flat = best(room, [cameras], 0, 0);
  if (flat.tilePx < LEAST_TILE_PX) {
    const columns = Math.max(1, Math.floor(room.width / LEAST_TILE_PX));
    return { columns, tilePx: tileWidth(room, columns), grouping: "sites", headPx: room.headPx };
  }
  const grouped = best(room, sites, room.headPx, room.headingPx);
  if (grouped.tilePx >= flat.tilePx * GROUPING_WORTH) return { ...grouped, grouping: "sites", headPx: room.headPx };
  const left = room.height - Math.ceil(cameras / flat.columns) * (flat.tilePx / RATIO + GAP_PX);
  return { ...flat, grouping: "flat", headPx: left >= room.headPx ? room.headPx : 0 };
}

const tileWidth = (room: Room, columns: number): number => Math.floor((room.width - GAP_PX * (columns - 1)) / columns);

function best(room: Room, sites: readonly number[], headPx: number, headingPx: number): { columns: number; tilePx: number } {
  const most = Math.max(1, ...sites);
  let found = { columns: 1, tilePx: 0 };
  for (let columns = 1; columns <= most; columns += 1) {
    const rows = sites.reduce((sum, n) => sum + Math.ceil(n / columns), 0);
    const height = room.height - headPx - headingPx * sites.length - GAP_PX * rows;
    const tilePx = Math.min(tileWidth(room, columns), Math.floor((height / Math.max(1, rows)) * RATIO));
    if (tilePx > found.tilePx) found = { columns, tilePx };
  }
  return found;
}

/** The tile that an arrow key leads to: the nearest one in that direction, by where the tiles really stand. */
export interface Box { left: number; top: number; width: number; height: number }

export function neighbourOf(boxes: readonly Box[], from: number, key: string): number {
  const here = boxes[from];
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!here || !step) return from;
  const [dx = 0, dy = 0] = step;
  if (dx !== 0) return Math.min(boxes.length - 1, Math.max(0, from + dx));
  let chosen = from;
  let nearest = Infinity;
  boxes.forEach((box, index) => {
    const down = (box.top - here.top) * dy;
    if (down <= here.height / 2) return;
    const distance = down * 10 + Math.abs(box.left - here.left);
    if (distance < nearest) [nearest, chosen] = [distance, index];
  });
  return chosen;
}

/**
 * Decode time of a fragment, read from its moof: `traf/tfdt` baseMediaDecodeTime (ISO/IEC 14496-12 §8.8.12).
 *
 * Null when the bytes are no moof with a tfdt.
 */

const CONTAINERS = new Set(["moof", "traf"]);

export function decodeTime90k(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return find(view, 0, bytes.byteLength);
}

function find(view: DataView, from: number, to: number): number | null {
  for (let at = from; at + 8 <= to; ) {
    const size = view.getUint32(at);
    if (size < 8 || at + size > to) return null;
    const name = String.fromCharCode(...[4, 5, 6, 7].map((n) => view.getUint8(at + n)));
    if (name === "tfdt") return readTfdt(view, at, size);
    if (CONTAINERS.has(name)) {
      const found = find(view, at + 8, at + size);
      if (found !== null) return found;
    }
    at += size;
  }
  return null;
}

function readTfdt(view: DataView, at: number, size: number): number | null {
  const wide = size >= 20 && view.getUint8(at + 8) === 1;
  if (wide) return view.getUint32(at + 12) * 2 ** 32 + view.getUint32(at + 16);
  return size >= 16 ? view.getUint32(at + 12) : null;
}

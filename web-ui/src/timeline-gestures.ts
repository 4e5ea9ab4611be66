/**
 * Wheel, pinch, drag and click over the timeline, turned into three wishes: zoom about a place, move, go to a place.
 *
 * A drag asks for places while it lasts (`settled` false) and once more at its end.
 */

export interface Wishes {
  zoom(factor: number, x: number): void;
  pan(shareOfWidth: number): void;
  seek(x: number, settled: boolean): void;
  hover(x: number | null): void;
}

const WHEEL_STEP = 0.0022;

export function listenToGestures(target: Element, wishes: Wishes, signal: AbortSignal): void {
  const fingers = new Map<number, number>();
  let pinched = false;
  const xIn = (event: MouseEvent): number => event.clientX - target.getBoundingClientRect().left;
  const width = (): number => Math.max(1, target.getBoundingClientRect().width);
  const on = <K extends keyof HTMLElementEventMap>(kind: K, act: (event: HTMLElementEventMap[K]) => void): void =>
    target.addEventListener(kind, act as EventListener, { signal, passive: false });

  on("wheel", (event) => {
    event.preventDefault();
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) {
      wishes.pan((event.deltaX || event.deltaY) / width());
    } else {
      wishes.zoom(Math.exp(-event.deltaY * WHEEL_STEP), xIn(event));
    }
  });
  on("pointerdown", (event) => {
    if (event.button !== 0) return;
    (target as HTMLElement).setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, xIn(event));
    pinched = fingers.size > 1;
  });
  on("pointermove", (event) => {
    const x = xIn(event);
    const before = fingers.get(event.pointerId);
    if (event.pointerType === "mouse") wishes.hover(x);
    if (before === undefined) return;
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, x);
    if (other === undefined) {
      if (!pinched && x !== before) wishes.seek(x, false);
      return;
    }
    const [was, is] = [Math.abs(before - other), Math.abs(x - other)];
    if (was > 8 && is > 8) wishes.zoom(is / was, (x + other) / 2);
    wishes.pan((before - x) / 2 / width());
  });
  const lift = (event: PointerEvent): void => {
    if (!fingers.delete(event.pointerId) || fingers.size > 0) return;
    if (!pinched && event.type === "pointerup") wishes.seek(xIn(event), true);
    pinched = false;
  };
  on("pointerup", lift);
  on("pointercancel", lift);
  on("pointerleave", () => wishes.hover(null));
}

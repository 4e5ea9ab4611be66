/** The server's clock, kept with the browser's monotonic one: a wrong clock at a desk must not date what people see. */

let offsetMs = 0;

const ticking = (): number => performance.timeOrigin + performance.now();

export const setServerNow = (nowMs: number): void => {
  if (Number.isFinite(nowMs)) offsetMs = nowMs - ticking();
};

export const serverNow = (): number => ticking() + offsetMs;

/**
 * Loads the page again when it has outlived what it came from: its login (the server then shows the login page and why),
 * or the server's version of its script. Not more than once a minute, so that nothing can turn in circles.
 */

const KEY = "hd-reloaded-at";
const NOT_WITHIN_MS = 60_000;

export const mayReload = (nowMs: number, lastMs: number): boolean => nowMs - lastMs > NOT_WITHIN_MS;

export function reloadOnce(): void {
  const now = Date.now();
  if (!mayReload(now, Number(sessionStorage.getItem(KEY) ?? 0))) return;
  sessionStorage.setItem(KEY, String(now));
  location.reload();
}

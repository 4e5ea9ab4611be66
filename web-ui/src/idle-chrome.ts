/**
 * Bars go away when nobody has moved for a while, so that pictures have the whole screen; any sign of a person brings
 * them back. `data-chrome` on the body is "shown" or "hidden".
 *
 * Kept while the keyboard stands in a bar, a menu is open, or the pointer rests on a bar.
 */

const IDLE_MS = 3000;
const SIGNS = ["pointermove", "pointerdown", "keydown", "focusin", "touchstart"] as const;

export function hideWhenIdle(stop: AbortSignal): void {
  let timer = 0;
  const hide = (): void => {
    if (inUse()) return wake();
    document.body.dataset["chrome"] = "hidden";
  };
  const wake = (): void => {
    document.body.dataset["chrome"] = "shown";
    clearTimeout(timer);
    timer = window.setTimeout(hide, IDLE_MS);
  };
  for (const sign of SIGNS) document.addEventListener(sign, wake, { signal: stop, passive: true });
  stop.addEventListener("abort", () => clearTimeout(timer));
  wake();
}

const inUse = (): boolean =>
  document.querySelector('[data-part="chrome"]:is(:hover, :has(:focus-visible), :has(details[open]))') !== null;

/** Full screen of the whole page: the watermark comes along. */
export async function toggleFullScreen(): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await document.documentElement.requestFullscreen();
}

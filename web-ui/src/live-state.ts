/**
 * What a live picture may be shown as, from how long nothing has come: never frozen as if it were live.
 *
 * Pure. `keep`: leave what is on screen.
 */

import type { PictureState } from "./picture-element";

export interface LiveSigns {
  /** The page says that the picture is lost, and nothing has come since. */
  lossTold: boolean;
  silentS: number;
  /** The decoder holds a picture. */
  hasPicture: boolean;
  picture: PictureState;
  delayS: number;
}
export interface LiveVerdict { show: "shown" | "lost" | "connecting" | "keep"; delayShownS: number }

const SILENT_S = 3;
const FRESH_S = 1;
const DELAY_SHOWN_S = 2;

export function judge({ lossTold, silentS, hasPicture, picture, delayS }: LiveSigns): LiveVerdict {
  const delayShownS = delayS > DELAY_SHOWN_S ? Math.round(delayS) : 0;
  if (lossTold) return { show: "keep", delayShownS: 0 };
  if (silentS > SILENT_S) return { show: picture === "waiting" ? "connecting" : "lost", delayShownS: 0 };
  return silentS < FRESH_S && hasPicture ? { show: "shown", delayShownS } : { show: "keep", delayShownS };
}

/** What a live player has decoded and let fall so far, as the browser counts it. */

import type { TileCount } from "./terminal-health";

export function countOf(live: HTMLElement): TileCount {
  const quality = live.querySelector("video")?.getVideoPlaybackQuality();
  return {
    playing: live.dataset["picture"] === "shown",
    total: quality?.totalVideoFrames ?? 0,
    dropped: quality?.droppedVideoFrames ?? 0,
  };
}

/** One camera on the wall. It plays only while it can be seen: a tile scrolled away or filtered out costs no line. */

import { HdLive } from "./hd-live";

export class HdTile extends HTMLElement {
  private readonly seen = new IntersectionObserver(([entry]) => {
    const live = this.querySelector<HdLive>("hd-live");
    if (entry?.isIntersecting) live?.resume();
    else live?.hold();
  }, { rootMargin: "120px" });

  connectedCallback(): void {
    this.seen.observe(this);
  }

  disconnectedCallback(): void {
    this.seen.disconnect();
  }
}

customElements.define("hd-tile", HdTile);

/**
 * The wall: fits the tiles to the window, filters by site (kept in the address), and is walked with the arrow keys.
 *
 * It enhances what the server wrote: sections with `data-site`, and one button for each.
 */

import { chooseLayout, neighbourOf } from "./wall-layout";
import { hideWhenIdle, toggleFullScreen } from "./idle-chrome";

const HEADING_PX = 32;
const SCROLLS_BELOW_PX = 900;
const SITE_PARAMETER = "khu-vuc";

export class HdWall extends HTMLElement {
  private readonly stop = new AbortController();

  connectedCallback(): void {
    const signal = this.stop.signal;
    for (const button of this.siteButtons) {
      button.addEventListener("click", () => this.chooseSite(button.dataset["site"] ?? ""), { signal });
    }
    document.querySelector('[data-do="full"]')?.addEventListener("click", () => void toggleFullScreen(), { signal });
    this.addEventListener("keydown", (event) => this.walk(event), { signal });
    window.addEventListener("resize", () => this.fit(), { signal });
    hideWhenIdle(signal);
    this.chooseSite(new URLSearchParams(location.search).get(SITE_PARAMETER) ?? "");
  }

  disconnectedCallback(): void {
    this.stop.abort();
  }

  private get siteButtons(): HTMLElement[] {
    return [...document.querySelectorAll<HTMLElement>("button[data-site]")];
  }

  private get sections(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("section[data-site]")];
  }

  private chooseSite(slug: string): void {
    const known = slug === "" || this.sections.some((section) => section.dataset["site"] === slug);
    const site = known ? slug : "";
    for (const section of this.sections) section.hidden = site !== "" && section.dataset["site"] !== site;
    for (const button of this.siteButtons) button.setAttribute("aria-pressed", String(button.dataset["site"] === site));
    const address = new URL(location.href);
    if (site) address.searchParams.set(SITE_PARAMETER, site);
    else address.searchParams.delete(SITE_PARAMETER);
    history.replaceState(null, "", address);
    this.fit();
  }

  private fit(): void {
    if (innerWidth <= SCROLLS_BELOW_PX) {
      this.dataset["grouping"] = "sites";
      return;
    }
    const counts = this.sections.filter((section) => !section.hidden).map((section) => section.querySelectorAll("li").length);
    const headPx = document.querySelector<HTMLElement>(".wall-bar")?.offsetHeight ?? 0;
    const room = { width: innerWidth, height: innerHeight, headPx, headingPx: HEADING_PX };
    const layout = chooseLayout(room, counts);
    this.style.setProperty("--columns", String(layout.columns));
    this.style.setProperty("--head", `${layout.headPx}px`);
    this.style.setProperty("--tile", `${layout.tilePx}px`);
    this.dataset["grouping"] = layout.grouping;
  }

  private walk(event: KeyboardEvent): void {
    const links = [...this.querySelectorAll<HTMLElement>("a.tile-link")].filter((link) => link.offsetParent !== null);
    const here = links.findIndex((link) => link === document.activeElement);
    if (here < 0) return;
    const to = neighbourOf(links.map((link) => link.getBoundingClientRect()), here, event.key);
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    links[to]?.focus();
  }
}

customElements.define("hd-wall", HdWall);

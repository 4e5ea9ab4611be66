/** Everything a page's script is: the elements by name, and the styles. Players load where a page has them. */

import "./styles/index.css";
import "./hd-clock";
import "./hd-countdown";
import "./hd-password";
import "./hd-passkey";
import { sayDays } from "./day-words";
import { reloadOnce } from "./reload-once";

const later: [selector: string, load: () => Promise<unknown>][] = [
  ["hd-wall", () => Promise.all([import("./hd-live"), import("./hd-tile"), import("./hd-wall")])],
  ["hd-camera", () => import("./hd-camera")],
  ["hd-terminal", () => import("./hd-terminal")],
  ["hd-self-test", () => import("./hd-self-test")],
];

for (const [selector, load] of later) {
  if (document.querySelector(selector)) load().catch(reloadOnce);
}

sayDays(document);
for (const button of document.querySelectorAll<HTMLButtonElement>("[data-do=print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

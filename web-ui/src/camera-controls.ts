/**
 * Buttons, fields and keys of the camera page, turned into calls on the deck (hd-camera). Knows no player.
 */

import { DAY_MS, dateText, dayName, dayOf, dayStart } from "./local-time";
import { type Command, SPEEDS, commandOf, fasterThan } from "./camera-keys";
import { parseMoment } from "./time-parser";
import { serverNow } from "./server-clock";
import type { StreamName } from "./live-messages";
import { text } from "./texts";
import { toggleFullScreen } from "./idle-chrome";

export interface Deck extends HTMLElement {
  readonly atMs: number;
  readonly paused: boolean;
  playAt(atMs: number): void;
  goLive(): void;
  play(): void;
  pause(): void;
  step(frames: number): void;
  setSpeed(speed: number): void;
  choose(stream: "auto" | StreamName): void;
  showDay(atMs: number): void;
  zoomBy(factor: number): void;
  say(words: string): void;
}

const PRESSES: Record<string, (deck: Deck) => void> = {
  "full": () => void toggleFullScreen(),
  "live": (deck) => deck.goLive(),
  "play": (deck) => (deck.paused ? deck.play() : deck.pause()),
  "back": (deck) => deck.playAt(deck.atMs - 10_000),
  "on": (deck) => deck.playAt(Math.min(deck.atMs + 10_000, serverNow())),
  "closer": (deck) => deck.zoomBy(2),
  "wider": (deck) => deck.zoomBy(0.5),
  "day-before": (deck) => deck.showDay(dayShown(deck) - DAY_MS),
  "day-after": (deck) => deck.showDay(Math.min(dayShown(deck) + DAY_MS, dayStart(serverNow()))),
};

export function listenToControls(deck: Deck, signal: AbortSignal): void {
  document.addEventListener("keydown", (event) => press(deck, event), { signal });
  deck.addEventListener("click", (event) => click(deck, event.target as Element), { signal });
  deck.addEventListener("change", (event) => changed(deck, event.target as HTMLInputElement), { signal });
  deck.addEventListener("submit", (event) => {
    event.preventDefault();
    goto(deck);
  }, { signal });
}

const field = (deck: Deck, id: string): HTMLInputElement | null => deck.querySelector<HTMLInputElement>(`#${id}`);

const dayShown = (deck: Deck): number => dayOf(field(deck, "day")?.value ?? "") ?? dayStart(serverNow());

/** The day that the timeline shows now. */
export function nameDay(deck: Deck, atMs: number): void {
  const day = field(deck, "day");
  const shown = Math.min(atMs, serverNow());
  if (day && day !== document.activeElement) day.value = dayName(shown);
  const words = deck.querySelector('[data-part="day"]');
  if (words) words.textContent = dateText(shown);
}

function click(deck: Deck, target: Element): void {
  // The browser's calendar opens wherever the date is pressed, not only on its small picture.
  if (target.id === "day" && "showPicker" in target) (target as HTMLInputElement).showPicker();
  const button = target.closest<HTMLElement>("button[data-do], button[data-stream]");
  if (!button) return;
  PRESSES[button.dataset["do"] ?? ""]?.(deck);
  const stream = button.dataset["stream"] as "auto" | StreamName | undefined;
  if (!stream) return;
  for (const other of deck.querySelectorAll("button[data-stream]")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  deck.choose(stream);
}

function changed(deck: Deck, input: HTMLInputElement): void {
  if (input.id === "speed") deck.setSpeed(Number(input.value));
  if (input.id === "day" && dayOf(input.value) !== null) deck.showDay(dayShown(deck));
}

function goto(deck: Deck): void {
  const input = field(deck, "goto");
  if (!input) return;
  const moment = parseMoment(input.value, serverNow(), dayShown(deck));
  const wrong = "error" in moment;
  input.setAttribute("aria-invalid", String(wrong && moment.error !== "empty"));
  if (!wrong) {
    deck.say("");
    deck.playAt(moment.at);
    input.value = "";
    input.blur();
  } else if (moment.error !== "empty") {
    deck.say(text(moment.error === "future" ? "goto_future" : "goto_unreadable"));
  }
}

function press(deck: Deck, event: KeyboardEvent): void {
  const target = event.target as Element;
  const command = commandOf({ key: event.key, ctrlKey: event.ctrlKey, altKey: event.altKey, metaKey: event.metaKey,
    inField: target.matches("input, select, textarea"), onButton: target.matches("button, summary, a, [role=button]") });
  if (!command) return;
  event.preventDefault();
  obey(deck, command);
}

function obey(deck: Deck, command: Command): void {
  switch (command.do) {
    case "skip": return deck.playAt(Math.min(deck.atMs + command.seconds * 1000, serverNow()));
    case "step": return deck.step(command.frames);
    case "pause": return deck.pause();
    case "play": return PRESSES["play"]?.(deck);
    case "faster": return deck.paused ? deck.play() : setSpeed(deck, fasterThan(Number(field(deck, "speed")?.value ?? 1)));
    case "goto": return field(deck, "goto")?.focus();
    case "day-start": return deck.playAt(dayShown(deck));
    case "day-end": return dayEnd(deck);
    case "zoom": return deck.zoomBy(command.factor);
    case "full": return void toggleFullScreen();
    case "live": return deck.goLive();
  }
}

const dayEnd = (deck: Deck): void => {
  const end = dayShown(deck) + DAY_MS;
  return end > serverNow() ? deck.goLive() : deck.playAt(end - 60_000);
};

function setSpeed(deck: Deck, speed: number): void {
  const select = field(deck, "speed");
  if (select && SPEEDS.includes(speed as (typeof SPEEDS)[number])) select.value = String(speed);
  deck.setSpeed(speed);
}

/**
 * A date field shows its day as the browser's language writes it, which may be month first. Beside it stands the day as
 * every page writes it: 25/11/2026.
 */
export function sayDays(root: ParentNode): void {
  for (const input of root.querySelectorAll<HTMLInputElement>(".field > input:is([type=date], [type=datetime-local])")) {
    const said = document.createElement("output");
    said.className = "day-said";
    said.htmlFor.add(input.id);
    const say = (): void => {
      said.textContent = dayWords(input.value);
    };
    input.addEventListener("input", say);
    input.after(said);
    say();
  }
}

/** `2026-11-25` as `25/11/2026`, with its clock if it has one; nothing for what is no whole day yet. */
export function dayWords(value: string): string {
  const parts = /^(\d{4})-(\d\d)-(\d\d)(?:T(.+))?$/.exec(value);
  return parts ? [`${parts[3]}/${parts[2]}/${parts[1]}`, ...parts.slice(4).filter(Boolean)].join(" ") : "";
}

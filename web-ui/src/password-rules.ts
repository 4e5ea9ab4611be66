/**
 * The server's password rules that can be judged while typing (haidang.accounts.passwords), by their order on the page:
 * 1 strength, 2 not the own name. What needs the server (well-known passwords) is judged there alone: null.
 */

const MIN_LENGTH = 12;
const PHRASE_LENGTH = 24;
const PHRASE_WORDS = 4;

export function kept(rule: number, password: string, username: string): boolean | null {
  if (rule === 1) return strong(password);
  if (rule === 2) return password !== "" && !password.toLowerCase().includes(username.toLowerCase());
  return null;
}

function strong(password: string): boolean {
  const words = password.split(/\s+/).filter(Boolean).length;
  if (password.length >= PHRASE_LENGTH && words >= PHRASE_WORDS) return true;
  const classes = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{N}]/u];
  return password.length >= MIN_LENGTH && classes.every((kind) => kind.test(password));
}

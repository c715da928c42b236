/** Values of options as people type them. */
import { InvalidArgumentError } from 'commander';

export type Scalar = string | number | boolean;

/** `name=value`, collected over repeated options. Numbers and booleans stay text: whoever uses them knows the type. */
export function collectPair(text: string, collected: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(`"${text}" is not of the form name=value.`);
  return { ...collected, [text.slice(0, at)]: text.slice(at + 1) };
}

export function collectText(text: string, collected: readonly string[]): string[] {
  return [...collected, text];
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError(`"${text}" is not a port (0 to 65535).`);
  return port;
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count)) throw new InvalidArgumentError(`"${text}" is not a count.`);
  return count;
}

/** An instant as RFC 3339 text, answered in epoch milliseconds. */
export function parseInstant(text: string): number {
  const timeMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(timeMs)) throw new InvalidArgumentError(`"${text}" is not a time such as 2026-01-01T00:00:00Z.`);
  return timeMs;
}

/** The name of an API key: it stands in lists and logs. */
export function parseKeyName(text: string): string {
  if (!/^\S(.{0,98}\S)?$/u.test(text) || /\p{Cc}/u.test(text)) {
    throw new InvalidArgumentError(`"${text}" is not a name (1 to 100 characters of one line).`);
  }
  return text;
}

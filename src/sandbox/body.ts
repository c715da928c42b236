import { type Answer, Refusal } from './answer.ts';
import { isJsonObject, type JsonObject } from './json.ts';

/** The body of a request as text; empty when there was none. */
export function textBody(body: unknown): string {
  return typeof body === 'string' ? body : '';
}

/** Reads a JSON object from a request's body; anything else is refused with the vendor's answer. */
export function jsonBody(body: unknown, unreadable: (reason: string) => Answer): JsonObject {
  const value = parse(textBody(body), unreadable);
  if (!isJsonObject(value)) throw new Refusal(unreadable('the body is not a JSON object'));
  return value;
}

function parse(text: string, unreadable: (reason: string) => Answer): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(unreadable(error instanceof Error ? error.message : 'not JSON'));
  }
}

/** Reads a form body; the last value of a repeated name counts. */
export function formBody(body: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(textBody(body)));
}

/** Query parameters of a request's URL; the last value of a repeated name counts. */
export function queryOf(url: string): Readonly<Record<string, string>> {
  const mark = url.indexOf('?');
  return mark < 0 ? {} : Object.fromEntries(new URLSearchParams(url.slice(mark + 1)));
}

/** A list in query parameters: parted by commas, given more than once, or both. */
export function listOf(url: string, name: string): readonly string[] {
  const mark = url.indexOf('?');
  const values = mark < 0 ? [] : new URLSearchParams(url.slice(mark + 1)).getAll(name);
  return values.flatMap((value) => value.split(',')).flatMap((item) => item.trim() || []);
}

/** The token of an Authorization header of scheme Bearer, in any case. */
export function bearerToken(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^bearer +(\S+) *$/i.exec(header)?.[1];
}

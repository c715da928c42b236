/** Bodies of the type application/x-www-form-urlencoded. */
import { appendTo } from './append-to.ts';
import { Refused } from './request.ts';
import { readUtf8 } from './utf8.ts';

/** Names and values in their order. */
export function readForm(body: Buffer): readonly (readonly [name: string, value: string])[] | Refused {
  const text = readUtf8(body);
  return text === null ? new Refused('inbound-body-unreadable') : [...new URLSearchParams(text)];
}

/**
 * Every name and value in a row, sorted by name, the values of a repeated name sorted and each once: what Twilio and
 * Mandrill sign (https://www.twilio.com/docs/usage/security#validating-requests).
 */
export function sortedForm(pairs: readonly (readonly [name: string, value: string])[]): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of pairs) values.set(name, (values.get(name) ?? new Set()).add(value));
  return [...values.keys()]
    .sort()
    .map((name) =>
      [...(values.get(name) ?? [])]
        .sort()
        .map((value) => name + value)
        .join(''),
    )
    .join('');
}

/** As an object; a name that is repeated has a list. */
export function formObject(pairs: readonly (readonly [name: string, value: string])[]): Record<string, unknown> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) appendTo(values, name, value);
  return Object.fromEntries([...values].map(([name, list]) => [name, list.length === 1 ? list[0] : list]));
}

/** Where a value of a request stands: exactly one place, and one that can be. */
import type { Findings } from './findings.ts';
import type { ValueSource } from './inbound.ts';
import { linkPath } from './link-template.ts';

const places = ['header', 'headers', 'query', 'body', 'entry'] as const;

/** What a person may write of a place; which of them a rule takes, its schema says. */
export type PlaceWords = { readonly [place in (typeof places)[number]]?: string };

export type LinkedPlace =
  | ValueSource
  | { readonly from: 'headers'; readonly prefix: string }
  | { readonly from: 'entry'; readonly prefix: string };

/** The token of RFC 9110 §5.6.2. */
const headerName = /^[\w!#$%&'*+.^`|~-]+$/;

/** null when not exactly one place is given; then the findings say so. */
export function linkPlace(
  words: PlaceWords,
  allowed: readonly (typeof places)[number][],
  pointer: string,
  findings: Findings,
): LinkedPlace | null {
  const given = places.filter((place) => words[place] !== undefined);
  const [place] = given;
  const text = place === undefined ? undefined : words[place];
  if (place === undefined || text === undefined || given.length > 1) {
    findings.add({
      code: 'inbound-contradiction',
      message:
        given.length === 0 ? 'It is not said where this stands.' : `It stands in ${given.join(' and ')} at once.`,
      help: `Give one of ${allowed.join(', ')}.`,
      pointer,
    });
    return null;
  }
  if (place === 'query') return { from: 'query', name: text };
  if (place === 'entry') return { from: 'entry', prefix: text };
  if (place === 'body') return { from: 'body', path: linkPath(text, `${pointer}/body`, findings) };
  checkHeaderName(text, `${pointer}/${place}`, findings);
  return place === 'header'
    ? { from: 'header', name: text.toLowerCase() }
    : { from: 'headers', prefix: text.toLowerCase() };
}

export function checkHeaderName(name: string, pointer: string, findings: Findings): void {
  if (headerName.test(name)) return;
  findings.add({
    code: 'inbound-contradiction',
    message: `No header can be called "${name}".`,
    help: 'A header name has letters, digits and hyphens.',
    pointer,
  });
}

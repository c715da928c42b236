import { followUrl } from './next-url.ts';
import type { Pager } from './pager.ts';

/** The header Link names the next page by rel=next (RFC 8288). */
export function linkHeaderPages(): Pager {
  return {
    next({ answer, request }) {
      const url = readLink(answer.headers['link'] ?? '', 'next');
      return url === null ? null : followUrl(url, answer, request);
    },
  };
}

const LINK = /<([^<>]*)>((?:\s*;\s*[^\s=;,"]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)/g;
const REL = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]*))/i;

/** The target of the first link with a relation (RFC 8288 §3): relations are many in one value, in any case. */
export function readLink(header: string, relation: string): string | null {
  for (const [, target = '', parameters = ''] of header.matchAll(LINK)) {
    const [, quoted, bare] = REL.exec(parameters) ?? [];
    const relations = (quoted ?? bare ?? '').toLowerCase().split(/\s+/);
    if (relations.includes(relation)) return target.trim();
  }
  return null;
}

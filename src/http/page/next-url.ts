import type { NextUrlPages } from '../../definition/connector.ts';
import { Failure } from '../../diagnostic/failure.ts';
import { parsePath, readPath } from '../../template/path.ts';
import type { VendorAnswer, VendorRequest } from '../client.ts';
import type { Pager } from './pager.ts';

/** The answer holds the URL of the next page. */
export function nextUrlPages(definition: NextUrlPages): Pager {
  const path = parsePath(definition.read);
  return {
    next({ answer, request }) {
      const url = readPath(answer.body, path);
      if (url === undefined || url === null || url === '') return null;
      if (typeof url !== 'string') throw unreadable(`${definition.read} of the answer is no URL.`);
      return followUrl(url, answer, request);
    },
  };
}

/**
 * The request for a URL that an answer names, absolute or relative to the answer's own. The URL is complete: it is
 * asked for as it stands, with the same headers.
 * @throws Failure `request-refused` when the URL leads to another origin: credentials stay where they belong.
 */
export function followUrl(url: string, answer: VendorAnswer, request: VendorRequest): VendorRequest {
  if (!URL.canParse(url, answer.url)) throw unreadable('The URL of the next page cannot be read.');
  const next = new URL(url, answer.url);
  if (next.origin !== new URL(answer.url).origin) {
    const message = `The next page would be on another host, ${next.host}.`;
    throw new Failure('request-refused', message, { retryable: false });
  }
  return { method: 'GET', path: next.href, query: [], headers: request.headers };
}

function unreadable(message: string): Failure {
  return new Failure('vendor-answer-unreadable', message, { retryable: true });
}

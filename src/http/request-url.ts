/** The URL of a request. Pure. */
import { Failure } from '../diagnostic/failure.ts';
import type { VendorRequest } from './client.ts';

/**
 * Joins a request's path and query to the base URL. A path is appended to the base's own; a whole URL must be on the
 * base's origin. The base's query, as of a version that every request names, goes first.
 * @throws Failure `request-refused` when the base is no URL or the path leaves the origin.
 */
export function requestUrl(baseUrl: string, request: Pick<VendorRequest, 'path' | 'query'>): URL {
  if (!URL.canParse(baseUrl)) throw refused('The base URL that the settings give is no URL.');
  const base = new URL(baseUrl);
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(request.path);
  const url = whole ? wholeUrl(request.path) : belowBase(base, request.path);
  if (url.origin !== base.origin) throw refused(`The request would leave ${base.host} for ${url.host}.`);
  const inherited = whole ? '' : base.search.slice(1);
  const own = request.query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  url.search = [inherited, url.search.slice(1), ...own].filter((part) => part !== '').join('&');
  return url;
}

function wholeUrl(path: string): URL {
  if (!URL.canParse(path)) throw refused('The URL of the request cannot be read.');
  return new URL(path);
}

/** By text and not by resolving, so that a path that begins with // cannot name another host. */
function belowBase(base: URL, path: string): URL {
  const folder = base.pathname.replace(/\/+$/, '');
  if (path === '') return new URL(base.origin + base.pathname);
  return new URL(`${base.origin}${folder}${/^[/?]/.test(path) ? '' : '/'}${path}`);
}

function refused(message: string): Failure {
  return new Failure('request-refused', message, { retryable: false, help: 'Check the host in the settings.' });
}

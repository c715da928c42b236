import { isJsonObject, type JsonObject } from '../json.ts';
import { refuseQuery } from './answers.ts';

const form = /^<cookie pagenumber="(\d+)" pagingcookie="([^"]*)" istracking="(True|False)" \/>$/;

/** A $skiptoken: the number of the page and, opaque to callers, where it begins. */
export function renderCookie(page: number, state: JsonObject, isTracking: boolean): string {
  const inner = Buffer.from(JSON.stringify(state)).toString('base64url');
  return `<cookie pagenumber="${page}" pagingcookie="${inner}" istracking="${isTracking ? 'True' : 'False'}" />`;
}

/** Reads a $skiptoken back; refuses what no page carried. */
export function readCookie(text: string): { readonly page: number; readonly state: JsonObject } {
  const [, page, inner] = form.exec(text) ?? [];
  try {
    const state: unknown = JSON.parse(Buffer.from(inner ?? '', 'base64url').toString('utf8'));
    if (isJsonObject(state)) return { page: Number(page), state };
  } catch {
    // Not ours: refused below like any other.
  }
  return refuseQuery('Invalid value for $skiptoken: Malformed XML in the Paging Cookie.');
}

/** The URL of another page: what was asked, with one option in place of another. */
export function linkWith(origin: string, url: string, name: string, value: string): string {
  const [path = '', query = ''] = url.split('?');
  const kept = query.split('&').filter((part) => part !== '' && !/^(\$|%24)(skiptoken|deltatoken)=/i.test(part));
  return `${origin}${path}?${[...kept, `${name}=${encodeURIComponent(value)}`].join('&')}`;
}

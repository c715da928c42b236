import { createHash, createHmac } from 'node:crypto';

const decoded: Readonly<Record<string, string>> = {
  '%3A': ':', '%2F': '/', '%3F': '?', '%40': '@', '%21': '!', '%24': '$', '%27': "'", '%28': '(', '%29': ')', '%2A': '*',
  '%2C': ',', '%3B': ';',
}; // biome-ignore format: a list to read, not to scan

/** The URL as version 3 signs it: twelve escapes of its query are undone, by the vendor's page on validating requests. */
export function signedUrl(url: string): string {
  const mark = url.indexOf('?');
  if (mark < 0) return url;
  const query = url.slice(mark).replace(/%[0-9A-F]{2}/gi, (code) => decoded[code.toUpperCase()] ?? code);
  return url.slice(0, mark) + query;
}

export interface Signed {
  readonly secret: string;
  readonly method: string;
  /** The whole URL as called. */
  readonly url: string;
  readonly body: string;
}

/** Version 1: a plain hash of secret and body, in hex. */
export function signV1({ secret, body }: Signed): string {
  return createHash('sha256')
    .update(secret + body)
    .digest('hex');
}

/** Version 2: a plain hash that takes in method and URL, in hex. */
export function signV2({ secret, method, url, body }: Signed): string {
  return createHash('sha256')
    .update(secret + method + url + body)
    .digest('hex');
}

/** Version 3: an HMAC over method, URL, body and the timestamp in milliseconds, in base64. */
export function signV3({ secret, method, url, body }: Signed, timestampMs: number): string {
  return createHmac('sha256', secret)
    .update(method + signedUrl(url) + body + String(timestampMs))
    .digest('base64');
}

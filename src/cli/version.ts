/** The version of this software, from its own package.json: beside src/ in a checkout, beside dist/ when installed. */
import { readFileSync } from 'node:fs';

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '0';
}

export const version = readVersion();
export const userAgent = `anyhook/${version}`;

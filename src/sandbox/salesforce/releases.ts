import type { JsonObject } from '../json.ts';

/** Versions of the API that answer. Three come a year; 31 was Summer '14. */
export const oldestVersion = 31;
export const newestVersion = 67;

const seasons = ['Spring', 'Summer', 'Winter'];

function labelOf(version: number): string {
  const sinceSpring14 = version - 30;
  const season = seasons[sinceSpring14 % 3] ?? '';
  // The winter release of a year comes in the autumn before it.
  const year = 14 + Math.floor(sinceSpring14 / 3) + (season === 'Winter' ? 1 : 0);
  return `${season} '${year}`;
}

/** `GET /services/data` */
export function listReleases(): readonly JsonObject[] {
  return Array.from({ length: newestVersion - oldestVersion + 1 }, (_, index) => {
    const version = `${oldestVersion + index}.0`;
    return { label: labelOf(oldestVersion + index), url: `/services/data/v${version}`, version };
  });
}

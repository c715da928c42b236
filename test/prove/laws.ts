/** Every law there is, the language’s before the dialects’. */
import { dialectLaws } from '../dialect/laws.ts';
import { whereLaws } from '../where/laws.ts';
import { sqliteLaw } from '../where/sqlite.ts';
import type { Law } from './law.ts';

export const laws: readonly Law[] = [...whereLaws, sqliteLaw, ...dialectLaws];

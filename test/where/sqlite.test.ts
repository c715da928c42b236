import { it } from 'vitest';
import { hold } from '../prove/law.ts';
import { sqliteLaw } from './sqlite.ts';

it(sqliteLaw.name, () => hold(sqliteLaw, 1500));

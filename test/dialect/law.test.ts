import { describe, it } from 'vitest';
import { hold } from '../prove/law.ts';
import { dialectLaws } from './laws.ts';

describe('the dialect', () => {
  it.each(dialectLaws)('$name', (law) => hold(law, Number(process.env['LAW_RUNS'] ?? 300)));
});

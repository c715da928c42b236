import { describe, it } from 'vitest';
import { hold } from '../prove/law.ts';
import { whereLaws } from './laws.ts';

describe('the language', () => {
  it.each(whereLaws)('$name', (law) => hold(law, 3000));
});

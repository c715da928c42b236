/** Files that have their truth elsewhere are what the generators write. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { generateAll } from '../scripts/generate.ts';

const root = new URL('../', import.meta.url);

test('generated files are fresh: run `npm run generate` after a change to their source', async () => {
  const files = await generateAll();
  expect(files.size).toBeGreaterThan(0);
  for (const [file, text] of files) {
    expect(await readFile(fileURLToPath(new URL(file, root)), 'utf8'), file).toBe(text);
  }
});

/** Texts that a person reads over once and that must not change unseen afterwards. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Holds `text` against the file; with UPDATE_GOLDEN set it writes the file instead, to be read over in the diff. */
export function expectGolden(file: URL, text: string): void {
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(file, text);
  expect(existsSync(file), `${file.pathname} is missing; UPDATE_GOLDEN=1 writes it`).toBe(true);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

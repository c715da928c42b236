import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { diagnosticCodes } from '../../src/diagnostic/codes.ts';
import { failureCodes } from '../../src/diagnostic/failure.ts';
import { refusalCodes } from '../../src/diagnostic/refusal.ts';

const src = fileURLToPath(new URL('../../src', import.meta.url));
const code = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/diagnostic[\\/](codes|failure|refusal)\.ts$/.test(name))
  .map((name) => readFileSync(path.join(src, name), 'utf8'))
  .join('\n');
const schema = readFileSync(path.join(src, '../schemas/connector.schema.json'), 'utf8');

describe('codes', () => {
  it('are counted: a code is added here on purpose and never taken away', () => {
    expect(Object.keys(diagnosticCodes).length).toBe(62);
    expect(Object.keys(failureCodes).length).toBe(40);
    expect(Object.keys(refusalCodes).length).toBe(22);
  });

  it.each([...Object.keys(diagnosticCodes), ...Object.keys(failureCodes), ...Object.keys(refusalCodes)])(
    '%s is raised somewhere',
    (name) => {
      expect(code.includes(`'${name}'`) || schema.includes(`"${name}"`)).toBe(true);
    },
  );

  it('mean something in one sentence each', () => {
    const meanings = [diagnosticCodes, failureCodes, refusalCodes].flatMap((codes) => Object.values(codes));
    for (const meaning of meanings) {
      expect(meaning).toMatch(/^[A-Z:].*\.$/s);
    }
  });
});

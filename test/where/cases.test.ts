/** The conformance cases of grammar/cases, which know nothing of this implementation. */
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { Bindings, Field, FieldType, Where } from '../../src/where/ast.ts';
import { checkWhere } from '../../src/where/check.ts';
import { compileFilter } from '../../src/where/evaluate.ts';
import { parseWhere } from '../../src/where/parser.ts';
import { printWhere } from '../../src/where/print.ts';
import { truth } from '../../src/where/truth.ts';
import { field } from './arbitrary.ts';

type FieldText = FieldType | { readonly type: FieldType; readonly format?: Field['format']; readonly zone?: string };

interface Case {
  readonly name: string;
  readonly where: string;
  readonly parameters?: Readonly<Record<string, FieldType>>;
  readonly bindings?: Readonly<Record<string, string | number | boolean>>;
  readonly expect: {
    readonly print?: string;
    readonly matches?: readonly string[];
    readonly diagnostics?: readonly { readonly code: string; readonly span: readonly [number, number] }[];
  };
}

interface CaseFile {
  readonly description: string;
  readonly fields: Readonly<Record<string, FieldText>>;
  readonly records?: Readonly<Record<string, unknown>>;
  readonly cases: readonly Case[];
}

const folder = new URL('../../grammar/cases/', import.meta.url);
const schema = JSON.parse(readFileSync(new URL('../../schemas/where-case.schema.json', import.meta.url), 'utf8'));
const isCaseFile = new Ajv2020({ allowUnionTypes: true }).compile<CaseFile>(schema);

for (const name of readdirSync(folder).sort()) {
  const file: unknown = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  if (!isCaseFile(file)) throw new Error(`${name} does not follow its schema: ${JSON.stringify(isCaseFile.errors)}`);
  const fields = new Map(Object.entries(file.fields).map(([key, text]) => [key, fieldOf(key, text)]));

  describe(`${name}: ${file.description}`, () => {
    it('names each case once', () => {
      expect(new Set(file.cases.map((one) => one.name)).size).toBe(file.cases.length);
    });

    it.each(file.cases)('$name', (one) => {
      const parameters = new Map(Object.entries(one.parameters ?? {}));
      const windowParameters = parameters.has('since') || parameters.has('until');
      const { where, diagnostics } = checkWhere(one.where, fields, { parameters, windowParameters });
      const found = diagnostics.map(({ code, span }) => ({ code, span: [span?.start, span?.end] }));
      expect(found).toEqual(one.expect.diagnostics ?? []);
      const { expr } = parseWhere(one.where);
      if (one.expect.print !== undefined) expect(expr && printWhere(expr)).toBe(one.expect.print);
      if (one.expect.matches === undefined) return;
      expect(where).not.toBeNull();
      if (where === null) return;
      expect(passing(where, file.records ?? {}, one)).toEqual(one.expect.matches);
    });
  });
}

function fieldOf(name: string, text: FieldText): Field {
  return typeof text === 'string' ? field(name, text) : field(name, text.type, text);
}

/** Ids of the records that pass, where the compiled filter and the plain evaluator agree. */
function passing(where: Where, records: Readonly<Record<string, unknown>>, one: Case): string[] {
  const bindings = bindingsOf(one.bindings ?? {});
  const test = compileFilter(where.normal, where.fields)(bindings);
  const passes = (record: unknown): boolean => {
    const passed = test(record);
    expect(truth(where.expr, where.fields, bindings, record) === true).toBe(passed);
    return passed;
  };
  return Object.keys(records).filter((id) => passes(records[id]));
}

function bindingsOf({ now = 0, ...parameters }: Readonly<Record<string, string | number | boolean>>): Bindings {
  return { parameters, nowMs: typeof now === 'string' ? Date.parse(now) : Number(now) };
}

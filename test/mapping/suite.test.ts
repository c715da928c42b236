/** The cases of the official JSONata suite, through our compiler: nothing of the language is lost. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileExpression, ExpressionError, mappingLimits } from '../../src/mapping/expression.ts';

interface SuiteCase {
  readonly file: string;
  readonly expr: string;
  readonly data?: unknown;
  readonly dataset?: string | null;
  readonly bindings?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly undefinedResult?: boolean;
  readonly code?: string;
  readonly error?: { readonly code?: string };
  readonly timelimit?: number;
  readonly depth?: number;
}

const folder = new URL('./data/jsonata-suite/', import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const datasets = read('datasets.json') as Readonly<Record<string, unknown>>;
const groups = readdirSync(new URL('groups/', folder));

function expectedOf(suiteCase: SuiteCase): unknown {
  return suiteCase.undefinedResult === true ? undefined : suiteCase.result;
}

async function outcome(suiteCase: SuiteCase): Promise<unknown> {
  const limits = {
    timeoutMs: suiteCase.timelimit ?? 10_000,
    depth: suiteCase.depth ?? mappingLimits.depth,
    items: 10_000_000,
  };
  const compiled = compileExpression(suiteCase.expr, null, limits);
  if (compiled.expression === null) return { problems: compiled.problems };
  const input = typeof suiteCase.dataset === 'string' ? datasets[suiteCase.dataset] : suiteCase.data;
  try {
    return await compiled.expression.evaluate(structuredClone(input), suiteCase.bindings ?? {});
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { failed: error.code };
  }
}

describe.each(groups)('%s', (group) => {
  const cases = read(`groups/${group}`) as readonly SuiteCase[];
  test.each(cases.map((suiteCase) => [suiteCase.file, suiteCase.expr, suiteCase] as const))(
    '%s %s',
    async (_file, _expr, suiteCase) => {
      const got = await outcome(suiteCase);
      const code = suiteCase.code ?? suiteCase.error?.code;
      if (code === undefined) expect(got).toEqual(expectedOf(suiteCase));
      else if (code.startsWith('S')) expect(got).toMatchObject({ problems: [{}] });
      // U1001 is the suite's own time and depth guard; the evaluator's guards have codes of their own.
      else if (code === 'U1001') expect(['D1011', 'D1012']).toContain((got as { readonly failed?: unknown }).failed);
      else expect(got).toEqual({ failed: code });
    },
  );
});

/** A mapping definition becomes functions: every expression is compiled here, once. */
import type { MappingNode } from '../definition/connector.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { Failure } from '../diagnostic/failure.ts';
import { compileExpression, type Expression, ExpressionError } from './expression.ts';
import type { CompiledMapping, Mapping } from './mapping.ts';
import { setOwn } from './plain-json.ts';

type Compiled = Expression | ReadonlyMap<string, Compiled>;

/** The variables of a mapping, without the dollar sign. */
const variables = ['settings', 'object'] as const;

/** What it means that an expression yields nothing. */
export type Absent = 'unknown' | 'null';

/**
 * Compiles a mapping. An expression that is wrong is reported, and its property left out of the mapping.
 * Pointers are relative to the mapping, spans are offsets in the expression.
 */
export function compileMapping(
  definition: Readonly<Record<string, MappingNode>>,
  absent: Absent = 'unknown',
): CompiledMapping {
  const diagnostics: Diagnostic[] = [];
  const tree = compileNodes(definition, '', diagnostics);
  const mapping: Mapping = {
    apply: async (native, { settings, object, isDeleted = false }) => {
      const filler = absent === 'null' && !isDeleted ? null : undefined;
      return (await applyNodes(tree, native, { values: { settings, object }, filler }, '')) ?? {};
    },
  };
  return { mapping, diagnostics };
}

function compileNodes(
  nodes: Readonly<Record<string, MappingNode>>,
  pointer: string,
  diagnostics: Diagnostic[],
): ReadonlyMap<string, Compiled> {
  const compiled = new Map<string, Compiled>();
  for (const [name, node] of Object.entries(nodes)) {
    const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (typeof node !== 'string') {
      compiled.set(name, compileNodes(node, at, diagnostics));
      continue;
    }
    const { expression, problems } = compileExpression(node, variables);
    if (expression !== null) compiled.set(name, expression);
    for (const problem of problems) {
      diagnostics.push({ code: 'mapping-syntax', severity: 'error', pointer: at, ...problem });
    }
  }
  return compiled;
}

interface Application {
  /** The variables. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What stands for a value that there is not; undefined leaves the property out. */
  readonly filler: null | undefined;
}

/** The object of the nodes' values; undefined when not one of them yields a value. */
async function applyNodes(
  nodes: ReadonlyMap<string, Compiled>,
  native: unknown,
  application: Application,
  path: string,
): Promise<Record<string, unknown> | undefined> {
  const record: Record<string, unknown> = {};
  for (const [name, node] of nodes) {
    const at = path === '' ? name : `${path}.${name}`;
    const found = isNodes(node)
      ? await applyNodes(node, native, application, at)
      : await node.evaluate(native, application.values).catch((error: unknown) => {
          throw mappingFailed(at, error);
        });
    const value = found === undefined ? application.filler : emptyAsNull(found);
    if (value !== undefined) setOwn(record, name, value);
  }
  return Object.keys(record).length === 0 ? undefined : record;
}

/** Vendors write what is empty as null or as an empty text, some as both: in a common resource it is null. */
function emptyAsNull(value: unknown): unknown {
  if (value === '') return null;
  if (Array.isArray(value)) return value.map(emptyAsNull);
  if (value === null || typeof value !== 'object') return value;
  const plain: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) setOwn(plain, name, emptyAsNull(part));
  return plain;
}

function isNodes(node: Compiled): node is ReadonlyMap<string, Compiled> {
  return node instanceof Map;
}

function mappingFailed(property: string, error: unknown): unknown {
  if (!(error instanceof ExpressionError)) return error;
  return new Failure('mapping-failed', `The mapping of ${property} failed: ${error.message}`, {
    retryable: false,
    detail: { property, ...(error.code === null ? {} : { jsonata: error.code }) },
    cause: error,
  });
}

/** An instance's own where joined to a detection's. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { compileQuery } from '../dialect/compile.ts';
import type { Where } from '../where/ast.ts';
import { checkWhere } from '../where/check.ts';
import type { Connector, Detection } from './connector.ts';

export interface NarrowedDetection {
  /** null when the object has no such detection, or the where cannot be used: then the diagnostics say why. */
  readonly detection: Detection | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The detection of an object, narrowed by a where of the instance's own and compiled again. Without a where it is the
 * connector's own. Spans of diagnostics count in the instance's where.
 */
export function narrowDetection(
  connector: Connector,
  objectName: string,
  feed: 'changes' | 'deletes',
  text: string | null,
): NarrowedDetection {
  const object = connector.objects.get(objectName);
  const detection = object?.[feed] ?? null;
  if (object === undefined || detection === null || text === null || text.trim() === '')
    return { detection, diagnostics: [] };
  const { where, diagnostics } = checkWhere(text, object.fields);
  if (where === null) return { detection: null, diagnostics };
  const joined = joinByAnd(detection.query.where, where);
  return { detection: { ...detection, query: compileQuery(joined, connector.dialect) }, diagnostics };
}

/** Both wheres hold. The second's spans are moved to where it stands in the joined text. */
function joinByAnd(first: Where, second: Where): Where {
  const separator = ' AND ';
  const text = `(${first.text})${separator}(${second.text})`;
  const joined = checkWhere(text, first.fields, { windowParameters: true }).where;
  if (joined === null) throw new Error(`Two wheres that hold alone do not join: ${text}`);
  return joined;
}

/** An instance's own where joined to a detection's. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { compileQuery } from '../dialect/compile.ts';
import type { Where } from '../where/ast.ts';
import { type CheckedWhere, checkWhere } from '../where/check.ts';
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
  const { where, diagnostics } = joinWhere(detection.query.where, text);
  if (where === null) return { detection: null, diagnostics };
  return { detection: { ...detection, query: compileQuery(where, connector.dialect) }, diagnostics };
}

/**
 * A connector's where and an instance's, both of which must hold. A text that is just short or shallow enough alone may
 * be too long or too deep when joined: that is told of the whole, without a span.
 */
export function joinWhere(first: Where, text: string): CheckedWhere {
  const own = checkWhere(text, first.fields);
  if (own.where === null) return own;
  const joined = checkWhere(`(${first.text}) AND (${own.where.text})`, first.fields, { windowParameters: true });
  if (joined.where !== null) return { where: joined.where, diagnostics: own.diagnostics };
  const refusals = joined.diagnostics.map(({ code, severity, message, help }) => ({
    code,
    severity,
    message: `Joined to the connector’s own where: ${message}`,
    ...(help !== undefined && { help }),
  }));
  return { where: null, diagnostics: [...own.diagnostics, ...refusals] };
}

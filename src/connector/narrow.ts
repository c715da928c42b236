/** An instance's own where joined to a detection's. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { compileQuery } from '../dialect/compile.ts';
import type { CompiledQuery } from '../dialect/query.ts';
import type { Where } from '../where/ast.ts';
import { type CheckedWhere, checkWhere } from '../where/check.ts';
import type { Connector, Detection } from './connector.ts';

export interface NarrowedDetection {
  /** null when the object has no such detection, or the where cannot be used: then the diagnostics say why. */
  readonly detection: Detection | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** How an instance's own where takes part: see `ObjectSettings.scope`. */
export type Scope = 'match' | 'track';

/**
 * The detection of an object, narrowed by a where of the instance's own. The where is held against every record here;
 * with `match` it is also joined to the query, so that the vendor sends no others. Not to that of deletes: who was told
 * of a record is told of its end, whatever it had become by then. Without a where it is the connector's
 * own detection. Spans of diagnostics count in the instance's where.
 */
export function narrowDetection(
  connector: Connector,
  objectName: string,
  feed: 'changes' | 'deletes',
  text: string | null,
  scope: Scope = 'match',
): NarrowedDetection {
  const object = connector.objects.get(objectName);
  const detection = object?.[feed] ?? null;
  if (object === undefined || detection === null || text === null || text.trim() === '')
    return { detection, diagnostics: [] };
  const own = checkWhere(text, object.fields);
  if (own.where === null) return { detection: null, diagnostics: own.diagnostics };
  const further = detection.further.map((other) => ({ ...other, own: own.where }));
  const filtered = { ...detection, own: own.where, further };
  if (scope === 'track' || feed === 'deletes') return { detection: filtered, diagnostics: own.diagnostics };
  const joins = queriesOf(detection).map((query) => ({ query, joined: joinWhere(query.where, text) }));
  const refused = joins.find(({ joined }) => joined.where === null);
  if (refused !== undefined) return { detection: null, diagnostics: refused.joined.diagnostics };
  const narrowed = new Map(
    joins.map(({ query, joined }) => [query, joined.where && compileQuery(joined.where, connector.dialect)]),
  );
  return { detection: withQueries(filtered, (query) => narrowed.get(query) ?? query), diagnostics: own.diagnostics };
}

/** The query of a detection; null where its strategy asks for all that is new. */
export function queryOf(detection: Detection): CompiledQuery | null {
  return 'query' in detection ? detection.query : null;
}

/** The queries that a where of the instance's can be joined to: not those of logs and of records that hold too little. */
export function queriesOf(detection: Detection): readonly CompiledQuery[] {
  if (detection.thin || detection.entry !== null) return [];
  switch (detection.strategy) {
    case 'watermark':
      return detection.walk === null ? [detection.query] : [detection.query, detection.walk.query];
    case 'keyset':
      return [detection.query, detection.ties];
    case 'server-watermark':
      return detection.query === null ? [] : [detection.query];
    default:
      return [];
  }
}

function withQueries(detection: Detection, narrow: (query: CompiledQuery) => CompiledQuery): Detection {
  switch (detection.strategy) {
    case 'watermark': {
      const walk = detection.walk && { ...detection.walk, query: narrow(detection.walk.query) };
      return { ...detection, query: narrow(detection.query), walk };
    }
    case 'keyset':
      return { ...detection, query: narrow(detection.query), ties: narrow(detection.ties) };
    case 'server-watermark':
      return { ...detection, query: detection.query && narrow(detection.query) };
    default:
      return detection;
  }
}

/**
 * A connector's where and an instance's, both of which must hold. A text that is just short or shallow enough alone may
 * be too long or too deep when joined: that is told of the whole, without a span.
 */
export function joinWhere(first: Where, text: string): CheckedWhere {
  const own = checkWhere(text, first.fields);
  if (own.where === null) return own;
  const joined = checkWhere(`(${first.text}) AND (${own.where.text})`, first.fields, {
    windowParameters: true,
    parameters: first.parameters,
  });
  if (joined.where !== null) return { where: joined.where, diagnostics: own.diagnostics };
  const refusals = joined.diagnostics.map(({ code, severity, message, help }) => ({
    code,
    severity,
    message: `Joined to the connector’s own where: ${message}`,
    ...(help !== undefined && { help }),
  }));
  return { where: null, diagnostics: [...own.diagnostics, ...refusals] };
}

/** What to say of a connector or an object that does not exist. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import type { Connector } from './connector.ts';

export function unknownConnector(key: string, connectors: ReadonlyMap<string, Connector>): Diagnostic {
  const help = suggestion(key, [...connectors.keys()], 'connectors');
  return { code: 'connector-unknown', severity: 'error', message: `There is no connector "${key}".`, help };
}

/**
 * @param known the names that would do; those that the connector declares when it is left out.
 * @param beside what else would do, in words; null for nothing.
 */
export function unknownObject(
  name: string,
  connector: Connector,
  known: readonly string[] = [...connector.objects.keys()],
  beside = connector.anyObject?.help ?? null,
): Diagnostic {
  const named = suggestion(name, known, 'objects');
  const help = beside === null ? named : `${named} Beside them: ${beside}`;
  return { code: 'object-unknown', severity: 'error', message: `${connector.key} has no object "${name}".`, help };
}

function suggestion(name: string, known: readonly string[], kind: string): string {
  const all = `Known ${kind}: ${known.toSorted().join(', ')}.`;
  const meant = nearestName(name, known);
  return meant === null ? all : `Did you mean "${meant}"? ${all}`;
}

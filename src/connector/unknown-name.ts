/** What to say of a connector or an object that does not exist. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import type { Connector } from './connector.ts';

export function unknownConnector(key: string, connectors: ReadonlyMap<string, Connector>): Diagnostic {
  const help = suggestion(key, [...connectors.keys()], 'connectors');
  return { code: 'connector-unknown', severity: 'error', message: `There is no connector "${key}".`, help };
}

export function unknownObject(name: string, connector: Connector): Diagnostic {
  const known = suggestion(name, [...connector.objects.keys()], 'objects');
  const help = connector.anyObject === null ? known : `${known} Beside them: ${connector.anyObject.help}`;
  return { code: 'object-unknown', severity: 'error', message: `${connector.key} has no object "${name}".`, help };
}

function suggestion(name: string, known: readonly string[], kind: string): string {
  const all = `Known ${kind}: ${known.toSorted().join(', ')}.`;
  const meant = nearestName(name, known);
  return meant === null ? all : `Did you mean "${meant}"? ${all}`;
}

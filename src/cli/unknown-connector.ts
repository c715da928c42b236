import type { Connector } from '../connector/connector.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';

/** What to say of a connector key that nothing has. */
export function unknownConnector(key: string, connectors: ReadonlyMap<string, Connector>): Diagnostic {
  const meant = nearestName(key, connectors.keys());
  const known = [...connectors.keys()].sort().join(', ');
  return {
    code: 'connector-unknown',
    severity: 'error',
    message: `There is no connector "${key}".`,
    help: meant === null ? `Known connectors: ${known}.` : `Did you mean ${meant}? Known connectors: ${known}.`,
  };
}

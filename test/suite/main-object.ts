import type { Connector, ConnectorObject } from '../../src/connector/connector.ts';

/** The object that a vendor is tried by: its contacts, or at a vendor without any its first. */
export function mainObject(connector: Connector): ConnectorObject {
  const [first] = connector.objects.values();
  const object = connector.objects.get('contact') ?? first;
  if (object === undefined) throw new Error(`${connector.key} has no objects`);
  return object;
}

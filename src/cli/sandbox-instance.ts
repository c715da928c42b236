/** How an instance reaches the local sandbox of its vendor, by the connector's own words. */
import type { Connector } from '../connector/connector.ts';

export interface SandboxAccess {
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly credentials: Readonly<Record<string, string>>;
}

/** The connector's `sandbox` section with the sandbox's address put in. */
export function atSandbox(connector: Connector, origin: string): SandboxAccess {
  const { settings, credentials } = connector.definition.sandbox ?? { settings: {}, credentials: {} };
  const filled = Object.entries(settings).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.replaceAll('{origin}', origin) : value,
  ]);
  return { settings: Object.fromEntries(filled), credentials };
}

/** The name of the sandbox that stands for the connector's vendor. */
export function sandboxVendor({ key, definition }: Connector): string {
  return definition.sandbox?.vendor ?? key;
}

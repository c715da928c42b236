/** Objects by name at the sandbox of a connector's vendor: which there are, and what they are like there. */
import { mayBeNamed } from '../connector/any-object.ts';
import type { Connector } from '../connector/connector.ts';
import type { DescribedObject } from '../connector/described.ts';
import { readAccountObject } from '../engine/account-objects.ts';
import { findVendor } from '../sandbox/registry.ts';
import { enterSandbox, type SandboxPlace } from './enter-sandbox.ts';
import { manualClock } from './manual-clock.ts';

/** Those that the connector names for its sandbox: each is tried. */
export function namedObjects({ definition, objects }: Connector): readonly string[] {
  return Object.keys(definition.sandbox?.objects ?? {}).filter((name) => !objects.has(name));
}

/** All objects that can be tried: the declared ones, those by name, and what else the sandbox has by a name that is one. */
export function triableObjects(connector: Connector, { vendor }: Pick<SandboxPlace, 'vendor'>): readonly string[] {
  const stored = findVendor(vendor)?.objects ?? [];
  const others = stored.filter((name) => mayBeNamed(connector, name));
  return [...new Set([...connector.objects.keys(), ...namedObjects(connector), ...others])];
}

/** An object as the sandbox describes it. @throws Failure when it does not, or has none of this name. */
export async function describeAtSandbox(
  name: string,
  {
    connector,
    place,
    userAgent,
    signal,
  }: {
    readonly connector: Connector;
    readonly place: SandboxPlace;
    readonly userAgent: string;
    readonly signal: AbortSignal;
  },
): Promise<DescribedObject> {
  const clock = manualClock(Date.now(), () => 0.5);
  const entered = await enterSandbox({ connector, place, userAgent, clock, vendorNow: clock.now });
  const { sandbox, settings } = entered;
  const client = entered.open(entered.accessOf(0));
  try {
    return await readAccountObject(connector, name, { fields: null, where: null }, { client, settings, signal });
  } finally {
    await client.close();
    await sandbox.close();
  }
}

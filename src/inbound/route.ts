/** Which instances a change is for. */
import type { InboundWay } from '../connector/inbound.ts';
import type { Settings } from '../connector/instance.ts';
import type { InboundChange } from './split.ts';

/**
 * Whether an instance with these settings is the change's. That it holds the secret which signed is the caller's to
 * see to: else whoever knows one customer's secret could speak for another.
 */
export function isRoutedTo({ route }: InboundWay, { account }: InboundChange, settings: Settings): boolean {
  if (route === null) return true;
  const own = Object.hasOwn(settings, route) ? settings[route] : undefined;
  return account !== null && own !== undefined && String(own) === account;
}

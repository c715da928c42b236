/** The way from a connector to a vendor that runs here. */
import type { Connector } from '../../src/connector/connector.ts';
import { checkInstance, type Settings } from '../../src/connector/instance.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import type { VendorClient } from '../../src/http/client.ts';
import type { Clock } from '../../src/http/clock.ts';
import { createQuotas } from '../../src/http/quota.ts';
import { createVendorClient } from '../../src/http/vendor-client.ts';

export interface VendorAccess {
  readonly settings: Settings;
  /** A client as a process makes it when it begins. */
  open(): VendorClient;
}

export function accessVendor(
  connector: Connector,
  given: {
    readonly settings: Settings;
    readonly credentials: Readonly<Record<string, string>>;
  },
  clock: Clock,
): VendorAccess {
  const { credentials } = given;
  const { auth, settings } = checkInstance(connector, given);
  if (auth === null) throw new Error('no way to authenticate');
  return {
    settings,
    open: () =>
      createVendorClient({
        auth,
        http: connector.definition.http,
        settings,
        credentials,
        saveCredentials: async () => {},
        addressRules: compileAddressRules(['127.0.0.0/8']).rules,
        quotas: createQuotas(clock),
        clock,
        userAgent: 'anyhook/test',
      }),
  };
}

/** As the connector itself says that its sandbox is reached. */
export function accessSandbox(connector: Connector, origin: string, clock: Clock): VendorAccess {
  const access = connector.definition.sandbox;
  const settings = JSON.parse(JSON.stringify(access?.settings).replaceAll('{origin}', origin));
  return accessVendor(connector, { settings, credentials: access?.credentials ?? {} }, clock);
}

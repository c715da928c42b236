/** The line of a command without a store to one account of a vendor. */
import type { Connector } from '../connector/connector.ts';
import type { Settings } from '../connector/instance.ts';
import { Failure } from '../diagnostic/failure.ts';
import { withHostRemedy } from '../engine/host-remedy.ts';
import type { AddressRules } from '../http/address-rules.ts';
import { sendingBy, type VendorClient } from '../http/client.ts';
import { systemClock } from '../http/clock.ts';
import { createQuotas } from '../http/quota.ts';
import { createVendorClient, type VendorClientOptions } from '../http/vendor-client.ts';
import { saveRotated } from './instance-file.ts';
import { userAgent } from './version.ts';

export interface AccountOptions extends Pick<VendorClientOptions, 'auth' | 'credentials'> {
  readonly connector: Connector;
  /** Completed by defaults. */
  readonly settings: Settings;
  /** Where credentials that the vendor replaces are kept; undefined for nowhere. */
  readonly file: string | undefined;
  readonly addressRules: AddressRules;
}

/** What a failure owes to the host that a person gave, it says, as in the runtime. */
export function openAccountClient({ connector, settings, file, ...options }: AccountOptions): VendorClient {
  const { definition } = connector;
  const client = createVendorClient({
    ...options,
    http: definition.http,
    settings,
    saveCredentials: async (changed) => {
      if (file !== undefined) await saveRotated(file, changed);
    },
    quotas: createQuotas(systemClock),
    clock: systemClock,
    userAgent,
  });
  return sendingBy(client, async (request, signal) => {
    try {
      return await client.send(request, signal);
    } catch (error) {
      throw error instanceof Failure ? withHostRemedy(error, settings, definition) : error;
    }
  });
}

/** A sandbox of a connector's vendor, started for one run, and lines to it. */
import type { Connector } from '../connector/connector.ts';
import type { Settings } from '../connector/instance.ts';
import type { HttpDefinition } from '../definition/connector.ts';
import { compileAddressRules } from '../http/address-rules.ts';
import type { VendorClient } from '../http/client.ts';
import type { Clock } from '../http/clock.ts';
import { createQuotas } from '../http/quota.ts';
import { createVendorClient } from '../http/vendor-client.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type Access, openAccess, type SandboxAccess } from './access.ts';
import { consentOfPeople } from './people-consent.ts';

/** Where a connector's vendor is simulated. */
export interface SandboxPlace {
  /** Name of the sandbox. */
  readonly vendor: string;
  /** What an instance needs to reach the sandbox at an origin. */
  readonly access: (origin: string) => SandboxAccess;
}

export interface Entered {
  readonly sandbox: Sandbox;
  readonly settings: Settings;
  /** See `openAccess`. */
  accessOf(way: number | 'people'): Access;
  open(access: Access): VendorClient;
  /** A line for those who write: people are many, and no pace that we keep is theirs. */
  openForPeople(): Promise<VendorClient>;
}

export interface EnterOptions {
  readonly connector: Connector;
  readonly place: SandboxPlace;
  readonly userAgent: string;
  readonly clock: Clock;
  /** The vendor's clock. */
  readonly vendorNow: () => number;
}

export async function enterSandbox({ connector, place, userAgent, clock, vendorNow }: EnterOptions): Promise<Entered> {
  const sandbox = await startSandbox({ vendor: place.vendor, port: 0, clock: { now: vendorNow } });
  const { settings, accessOf } = openAccess(connector, place.access(sandbox.origin), sandbox.credentials);
  const { requestsPerSecond: _ours, ...unpaced } = connector.definition.http;
  const { rules: addressRules } = compileAddressRules(['127.0.0.0/8']);
  const context = { addressRules, now: clock.now, userAgent, http: connector.definition.http };
  const openBy = (http: HttpDefinition, { auth, keeper }: Access): VendorClient =>
    createVendorClient({
      auth,
      http,
      settings,
      credentials: keeper.credentials,
      saveCredentials: async (changed) => {
        keeper.credentials = { ...keeper.credentials, ...changed };
      },
      addressRules,
      quotas: createQuotas(clock),
      clock,
      userAgent,
    });
  return {
    sandbox,
    settings,
    accessOf,
    open: (access) => openBy(connector.definition.http, access),
    openForPeople: async () => openBy(unpaced, await consentOfPeople(accessOf('people'), settings, context)),
  };
}

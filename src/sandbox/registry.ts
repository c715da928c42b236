import { dynamics } from './dynamics.ts';
import { hubspot } from './hubspot.ts';
import { quickbooks } from './quickbooks.ts';
import { salesforce } from './salesforce.ts';
import { shopify } from './shopify.ts';
import type { SandboxVendor } from './vendor.ts';

const registered: readonly SandboxVendor[] = [dynamics, hubspot, quickbooks, salesforce, shopify];

/** Names of the vendors that can be simulated. */
export const vendors: readonly string[] = registered.map((vendor) => vendor.name);

/** The simulated vendor of this name. */
export function findVendor(name: string): SandboxVendor | undefined {
  return registered.find((vendor) => vendor.name === name);
}

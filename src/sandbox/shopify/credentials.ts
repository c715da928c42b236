import type { Answer } from '../answer.ts';
import { apiError } from './answers.ts';

/** What a client enters to connect; all invented, valid in every sandbox. */
export const credentials = {
  shop: 'sandbox-store.myshopify.com',
  accessToken: 'shpat_sandbox',
  clientId: 'sandbox-client',
  clientSecret: 'sandbox-secret',
  refreshToken: 'shprt_sandbox',
} as const;

/** What faults leave alone: getting tokens. */
export const tokenPaths = ['/admin/oauth/'] as const;

/** Every scope the app has: read_orders alone shows the orders of 60 days. */
export const allScopes: readonly string[] = [
  'read_all_orders',
  'read_customers',
  'read_orders',
  'read_products',
  'write_customers',
  'write_orders',
  'write_products',
];

/** Access tokens of shops in trouble, so that each of these answers can be had on purpose. */
export const troubledTokens: Readonly<Record<string, Answer>> = {
  shpat_sandbox_frozen: apiError(402, 'Unavailable Shop'),
  shpat_sandbox_locked: apiError(423, '[API] This shop is unavailable'),
  shpat_sandbox_rejected: apiError(430, 'Shopify Security Rejection'),
};

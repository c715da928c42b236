/** The reader of each shipped dialect. */
import { reader as callFilter } from './call-filter.ts';
import { reader as coql } from './coql.ts';
import { reader as domainPrefix } from './domain-prefix.ts';
import { reader as elasticsearch } from './elasticsearch.ts';
import { reader as encodedQuery } from './encoded-query.ts';
import { reader as formula } from './formula.ts';
import { reader as hubspotSearch } from './hubspot-search.ts';
import { reader as jql } from './jql.ts';
import { reader as lucene } from './lucene.ts';
import { reader as mongoJson } from './mongo-json.ts';
import { reader as odata4 } from './odata4.ts';
import { brackets, none, restSince, searchCriteria, shopifyRest } from './pairs.ts';
import { reader as quickbooksQuery } from './quickbooks-query.ts';
import type { Reader } from './reader.ts';
import { reader as rsql } from './rsql.ts';
import { reader as scimFilter } from './scim-filter.ts';
import { reader as shopifySearch } from './shopify-search.ts';
import { reader as soql } from './soql.ts';
import { reader as sql92 } from './sql92.ts';

export const readers: Readonly<Record<string, Reader>> = {
  'bracket-ops': brackets,
  'call-filter': callFilter,
  coql,
  'domain-prefix': domainPrefix,
  elasticsearch,
  'encoded-query': encodedQuery,
  formula,
  'hubspot-search': hubspotSearch,
  jql,
  lucene,
  'mongo-json': mongoJson,
  none,
  odata4,
  'quickbooks-query': quickbooksQuery,
  'rest-since': restSince,
  rsql,
  'scim-filter': scimFilter,
  'search-criteria': searchCriteria,
  'shopify-rest': shopifyRest,
  'shopify-search': shopifySearch,
  soql,
  sql92,
};

/** Who judges each dialect: our own reader first, then every public parser or engine there is for it. */
import { stores } from '../law.ts';
import { readers } from '../readers/all.ts';
import { judge as jql } from './jql.ts';
import type { Judge } from './judge.ts';
import { judge as lucene } from './lucene.ts';
import { mingo, sift } from './mongo-json.ts';
import { judge as odata4 } from './odata4.ts';
import { judge as rsql } from './rsql.ts';
import { judge as shopifySearch } from './shopify-search.ts';
import { judge as soql } from './soql.ts';
import { judge as sql92 } from './sql92.ts';

const others: Readonly<Record<string, readonly Judge[]>> = {
  jql: [jql],
  lucene: [lucene],
  'mongo-json': [mingo, sift],
  odata4: [odata4],
  rsql: [rsql],
  'shopify-search': [shopifySearch],
  soql: [soql],
  sql92: [sql92],
};

/** @throws Error for a dialect without a reader. */
export function judgesOf(dialect: string): readonly Judge[] {
  const reader = readers[dialect];
  if (reader === undefined) throw new Error(`${dialect} has no reader`);
  return [{ by: 'our reader', reader, store: stores[dialect] ?? {} }, ...(others[dialect] ?? [])];
}

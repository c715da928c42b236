/** The configuration of the runtime: a file, with flags over it and defaults below. */
import { readSource } from '../connector/source.ts';
import { checkSchema } from '../connector/validate.ts';
import type { Config } from '../definition/config.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';

export type CompleteConfig = Required<Omit<Config, '$schema'>>;

export const defaultConfig: CompleteConfig = {
  data: './anyhook-data',
  host: '127.0.0.1',
  port: 8080,
  connectors: [],
  allowAddresses: [],
  pollConcurrency: 16,
  deliveryConcurrency: 32,
  logLevel: 'info',
};

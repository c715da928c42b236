/** All properties of a run are tried with the seed that vitest.config.ts prints. */
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['LAW_SEED']) });

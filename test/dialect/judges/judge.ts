/** A judge reads what is emitted with a public parser or engine; readers/ holds ours, which read every dialect. */
import type { Dialect } from '../../../src/definition/dialect.ts';
import type { Store } from '../law.ts';
import type { Reader } from '../readers/reader.ts';

export interface Judge {
  /** The package that parses or evaluates. */
  readonly by: string;
  readonly reader: Reader;
  /** The dialect in the spelling of the engine, where it differs. */
  readonly spell?: (dialect: Dialect) => Dialect;
  /** How the engine keeps records, where the vendor's own way is not it. */
  readonly store?: Store;
}

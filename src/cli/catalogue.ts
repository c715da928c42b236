/** The connectors that a command works with: those that come with anyhook, and those of the person over them. */
import type { Connector } from '../connector/connector.ts';
import { loadConnectors, packagedConnectors } from '../connector/load.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';

export interface Catalogue {
  readonly connectors: ReadonlyMap<string, Connector>;
  /** The file of each, by key. */
  readonly files: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** A person's connector of the same key takes the place of the packaged one. Broken ones are left out and reported. */
export async function loadCatalogue(own: readonly string[]): Promise<Catalogue> {
  const packaged = await loadConnectors([packagedConnectors]);
  if (own.length === 0) return packaged;
  const theirs = await loadConnectors(own);
  return {
    connectors: new Map([...packaged.connectors, ...theirs.connectors]),
    files: new Map([...packaged.files, ...theirs.files]),
    diagnostics: [...packaged.diagnostics, ...theirs.diagnostics],
  };
}

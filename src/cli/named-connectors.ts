/** Connectors as a person names them on the command line: by key, or by the path of one's own. */
import { existsSync } from 'node:fs';
import type { Connector } from '../connector/connector.ts';
import { loadConnectors } from '../connector/load.ts';
import { unknownConnector } from '../connector/unknown-name.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { type Catalogue, loadCatalogue } from './catalogue.ts';

interface NamedConnectors extends Catalogue {
  /** The connectors that the names stand for, in their order. Names that stand for none are in the diagnostics. */
  readonly named: readonly Connector[];
}

/**
 * What is no key is taken for a path, and stands for all connectors found there.
 * @param own paths that are loaded beside, as by `--connectors`.
 */
export async function loadNamed(names: readonly string[], own: readonly string[]): Promise<NamedConnectors> {
  const { connectors: known, files, diagnostics } = await loadCatalogue(own);
  const all = { connectors: new Map(known), files: new Map(files), diagnostics: [...diagnostics] };
  const named: Connector[] = [];
  for (const name of names) {
    const connector = known.get(name);
    if (connector !== undefined) named.push(connector);
    else if (existsSync(name)) {
      const found = await loadConnectors([name]);
      for (const [key, theirs] of found.connectors) all.connectors.set(key, theirs);
      for (const [key, file] of found.files) all.files.set(key, file);
      all.diagnostics.push(...found.diagnostics);
      named.push(...found.connectors.values());
    } else all.diagnostics.push(unknownName(name, known));
  }
  return { ...all, named };
}

/** The only connector that a name stands for; null when there is none or a path holds several, which is said. */
export async function loadOne(
  name: string,
  own: readonly string[],
): Promise<Catalogue & { readonly connector: Connector | null }> {
  const { named, diagnostics, ...catalogue } = await loadNamed([name], own);
  const [connector = null, ...others] = named;
  if (others.length === 0) return { ...catalogue, connector, diagnostics };
  const message = `${name} holds ${named.length} connectors, and one is wanted.`;
  const help = `Name one, after --connectors ${name}: ${named.map(({ key }) => key).join(', ')}.`;
  const several: Diagnostic = { code: 'connector-unknown', severity: 'error', message, help };
  return { ...catalogue, connector: null, diagnostics: [...diagnostics, several] };
}

function unknownName(name: string, known: ReadonlyMap<string, Connector>): Diagnostic {
  const unknown = unknownConnector(name, known);
  return { ...unknown, help: `${unknown.help ?? ''} One of your own is named by its path, as ./connectors/acme.` };
}

/** How a sandbox is entered: by each way to authenticate that the connector has and the sandbox takes. Pure. */
import type { Connector } from '../connector/connector.ts';
import { checkInstance, type InstanceParts, type Settings } from '../connector/instance.ts';
import type { AuthMethod } from '../definition/connector.ts';

export type SandboxAccess = Required<Pick<InstanceParts, 'settings' | 'credentials'>>;
type Credentials = SandboxAccess['credentials'];

export interface Access {
  readonly auth: AuthMethod;
  /** Outlives a process: what the vendor replaced is there for the next one. */
  readonly keeper: { credentials: Credentials };
}

/**
 * @param given by the connector's own sandbox section.
 * @param taken what the sandbox says that it takes, by the same names.
 */
export function openAccess(
  connector: Connector,
  given: SandboxAccess,
  taken: Credentials,
): { readonly settings: Settings; accessOf(way: number | 'people'): Access } {
  const { settings, auth: usual } = checkInstance(connector, given);
  if (usual === null) throw new Error(`the sandbox section of ${connector.key} fits no way to authenticate`);
  const { auth: all, credentials: declared } = connector.definition;
  const known = Object.entries(taken).filter(([name]) => Object.hasOwn(declared, name));
  const credentials = { ...Object.fromEntries(known), ...given.credentials };
  const ways = all.filter(({ requires }) => requires.every((name) => Object.hasOwn(credentials, name)));
  const others = ways.filter((auth) => auth !== usual);
  return {
    settings,
    accessOf(way) {
      // Whoever renews a token that is replaced by each use would throw out the process under test.
      const own = [usual, ...others].find((auth) => auth.kind === 'token' && auth.token.rotates === undefined);
      const auth = way === 'people' ? (own ?? usual) : ([usual, ...others][way % ways.length] ?? usual);
      return { auth, keeper: { credentials } };
    },
  };
}

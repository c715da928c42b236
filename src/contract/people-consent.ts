/** The consent of those who write at a sandbox, where the vendor replaces what it gives out for one. */
import type { Settings } from '../connector/instance.ts';
import { authorizeUrl, type ExchangeContext, exchangeCode } from '../http/auth/authorize.ts';
import type { Access } from './access.ts';

const asking = { redirectUri: 'http://127.0.0.1/', state: 'people', codeVerifier: 'people'.repeat(8) } as const;

/**
 * A way in that nobody else renews: two who renew the tokens of one consent throw each other out.
 * @throws Failure of the token endpoint.
 */
export async function consentOfPeople(access: Access, settings: Settings, context: ExchangeContext): Promise<Access> {
  const { auth, keeper } = access;
  if (auth.kind !== 'token' || auth.token.rotates === undefined || auth.authorize === undefined) return access;
  const account = { settings, credentials: keeper.credentials };
  const body = new URLSearchParams({ decision: 'approve' });
  const page = authorizeUrl(auth.authorize, account, asking);
  const granted = await fetch(page, { method: 'POST', body, redirect: 'manual' });
  const code = new URL(granted.headers.get('location') ?? page).searchParams.get('code');
  if (code === null) throw new Error(`the sandbox gave no code: ${granted.status}`);
  const { credentials } = await exchangeCode(auth.authorize, account, { ...asking, code }, context);
  return { auth, keeper: { credentials: { ...keeper.credentials, ...credentials } } };
}

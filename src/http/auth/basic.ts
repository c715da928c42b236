import type { BasicAuth } from '../../definition/connector.ts';
import { compileTemplate } from '../../template/compile.ts';
import type { AuthContext, Authenticator } from './authenticator.ts';

/** HTTP Basic (RFC 7617): user and password in every request. */
export function basicAuthenticator(method: BasicAuth, context: AuthContext): Authenticator {
  const { settings, credentials } = context;
  const username = compileTemplate(method.username).template.renderText({ settings, credentials });
  const password = compileTemplate(method.password).template.renderText({ settings, credentials });
  const encoded = encodeBasic(username, password);
  return {
    async authenticate() {
      return { headers: { authorization: `Basic ${encoded}` }, captured: {}, isShared: false };
    },
    refused: () => false,
    recheck: () => undefined,
    secrets: () => [...Object.values(credentials), encoded],
    settle: async () => undefined,
  };
}

/** RFC 7617 §2, in UTF-8. Trimmed, for credentials are pasted. */
export function encodeBasic(username: string, password: string): string {
  return Buffer.from(`${username.trim()}:${password.trim()}`, 'utf8').toString('base64');
}

import type { HeaderAuth } from '../../definition/connector.ts';
import { compileTexts, renderTexts, requireHeaders } from '../headers.ts';
import type { AuthContext, Authenticator } from './authenticator.ts';

/** Static headers: the credentials themselves, for as long as the vendor takes them. */
export function headerAuthenticator(method: HeaderAuth, context: AuthContext): Authenticator {
  const { settings, credentials } = context;
  const templates = compileTexts(method.headers);
  return {
    async authenticate() {
      const headers = renderTexts(templates, { settings, credentials });
      return { headers: requireHeaders(headers, 'credentials-refused'), captured: {}, isShared: false };
    },
    refused: () => false,
    recheck: () => undefined,
    secrets: () => Object.values(credentials),
    settle: async () => undefined,
  };
}

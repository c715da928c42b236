import type { QueryAuth } from '../../definition/connector.ts';
import { compileTexts, renderTexts } from '../headers.ts';
import type { AuthContext, Authenticator } from './authenticator.ts';

/** Static query parameters: the credentials themselves, for vendors that take no header. */
export function queryAuthenticator(method: QueryAuth, context: AuthContext): Authenticator {
  const { settings, credentials } = context;
  const templates = compileTexts(method.query);
  return {
    async authenticate() {
      const query = Object.entries(renderTexts(templates, { settings, credentials }));
      return { headers: {}, query, captured: {}, isShared: false };
    },
    refused: () => false,
    recheck: () => undefined,
    secrets: () => Object.values(credentials),
    settle: async () => undefined,
  };
}

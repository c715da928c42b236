/** The authenticator of each kind of authentication. */
import type { AuthMethod } from '../../definition/connector.ts';
import type { AuthContext, Authenticator } from './authenticator.ts';
import { basicAuthenticator } from './basic.ts';
import { headerAuthenticator } from './header.ts';
import { queryAuthenticator } from './query.ts';
import { tokenAuthenticator } from './token.ts';

export function createAuthenticator(method: AuthMethod, context: AuthContext): Authenticator {
  switch (method.kind) {
    case 'header':
      return headerAuthenticator(method, context);
    case 'query':
      return queryAuthenticator(method, context);
    case 'basic':
      return basicAuthenticator(method, context);
    case 'token':
      return tokenAuthenticator(method, context);
  }
}

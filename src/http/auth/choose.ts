import type { AuthMethod } from '../../definition/connector.ts';
import type { Credentials } from './vault.ts';

/** The first way to authenticate whose required credentials are all there and not empty; null when none is. */
export function chooseAuth(methods: readonly AuthMethod[], credentials: Credentials): AuthMethod | null {
  const holds = (name: string): boolean => Object.hasOwn(credentials, name) && credentials[name] !== '';
  return methods.find((method) => method.requires.every(holds)) ?? null;
}

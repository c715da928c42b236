/**
 * The public URL in the spellings that vendors sign. The text itself is cut, never parsed and written anew: that would
 * change what was signed.
 */

const parts = /^(https?:\/\/(?:\[[^\]]*\]|[^/?#:]*))(:\d+)?(.*)$/s;

/** With the port of its scheme where it names none. */
export function urlWithPort(url: string): string {
  return url.replace(parts, (_whole, host: string, port: string | undefined, rest: string) => {
    return host + (port ?? (host.startsWith('https:') ? ':443' : ':80')) + rest;
  });
}

export function urlWithoutPort(url: string): string {
  return url.replace(parts, (_whole, host: string, _port: string | undefined, rest: string) => host + rest);
}

/** With the percent-encoding of some characters undone. @param characters ASCII ones. */
export function urlDecoded(url: string, characters: string): string {
  return url.replace(/%([0-7][0-9a-f])/gi, (encoded, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return characters.includes(character) ? character : encoded;
  });
}

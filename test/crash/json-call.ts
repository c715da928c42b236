/** One JSON request, of the API or of a sandbox's control paths. */
export async function jsonCall<T>(
  url: string,
  { method = 'GET', apiKey = null, body }: { method?: string; apiKey?: string | null; body?: unknown } = {},
): Promise<T> {
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
  };
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

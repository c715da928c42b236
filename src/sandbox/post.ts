import type { Post, PostAnswer } from './vendor-webhooks.ts';

/** What is read of an answer; receivers say little. */
const maxAnswerBytes = 65_536;

/** A failed post says why, beside the answer. */
export interface PostResult extends PostAnswer {
  readonly error: string | null;
}

/**
 * Whether a URL leads to this machine. A sandbox must not reach anything else, whoever registers what with it. The URL parser has
 * already turned every numeric spelling of an IPv4 address into its plain form.
 */
export function isLoopback(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if ((protocol !== 'http:' && protocol !== 'https:') || username !== '' || password !== '') return false;
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Sends a post to this machine and reads the answer. Never throws and never follows a redirect. */
export async function sendPost(post: Post, timeoutMs: number, closing: AbortSignal): Promise<PostResult> {
  const nothing = { status: null, body: '', retryAfterMs: null };
  if (!isLoopback(post.url)) return { ...nothing, error: 'a sandbox sends to this machine alone' };
  const ended = new AbortController();
  const end = (): void => ended.abort();
  const timer = setTimeout(() => ended.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  if (closing.aborted) end();
  closing.addEventListener('abort', end, { once: true });
  try {
    const answer = await fetch(post.url, {
      method: 'POST',
      headers: post.headers,
      body: post.body,
      redirect: 'manual',
      signal: ended.signal,
    });
    const wait = answer.headers.get('retry-after') ?? '';
    const retryAfterMs = /^\d{1,6}$/.test(wait) ? Number(wait) * 1000 : null;
    return { status: answer.status, body: await readText(answer), retryAfterMs, error: null };
  } catch (error) {
    return { ...nothing, error: sentenceOf(error) };
  } finally {
    clearTimeout(timer);
    closing.removeEventListener('abort', end);
  }
}

async function readText(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxAnswerBytes).toString('utf8');
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/**
 * Regular expressions that cannot hang the runtime. A backtracking match can take exponential time and runs inside
 * one JavaScript call, where JSONata's own time limit does not reach; V8 interrupts it when it runs under node:vm
 * with a timeout (https://nodejs.org/docs/latest-v20.x/api/vm.html#scriptrunincontextcontextifiedobject-options).
 */
import { type Context, createContext, Script } from 'node:vm';

/** The time is for all matches of one regular expression in one evaluation together. */
export const regexLimits = { totalMs: 200, textLength: 1_000_000 } as const;

const context: Context = createContext(Object.create(null) as object);
const callMatch = new Script('match()');

/** A RegExp whose `exec` ends: it throws a RangeError when its matches take longer than the limit. */
export class BoundedRegex extends RegExp {
  #leftMs: number = regexLimits.totalMs;

  override exec(text: string): RegExpExecArray | null {
    if (text.length > regexLimits.textLength) throw new RangeError('The text is too long for a regular expression.');
    if (this.#leftMs < 1) throw tooSlow();
    const startMs = performance.now();
    context['match'] = () => super.exec(text);
    try {
      return callMatch.runInContext(context, { timeout: Math.ceil(this.#leftMs) }) as RegExpExecArray | null;
    } catch (error) {
      // Made in the other context, so it is no instance of this context's Error.
      if ((error as { readonly code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw tooSlow();
      throw error;
    } finally {
      this.#leftMs -= performance.now() - startMs;
      context['match'] = undefined;
    }
  }
}

function tooSlow(): RangeError {
  return new RangeError(`The regular expression took longer than ${regexLimits.totalMs} ms.`);
}

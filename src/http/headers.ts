/** Headers from templates. */
import { validateHeaderValue } from 'node:http';
import type { TextTemplates } from '../definition/connector.ts';
import { Failure, type FailureCode } from '../diagnostic/failure.ts';
import { compileTemplate } from '../template/compile.ts';
import type { Template, TemplateValues } from '../template/template.ts';

export type Headers = Readonly<Record<string, string>>;
export type NamedTemplates = readonly (readonly [name: string, template: Template])[];

/** Compiles a map of text templates; what is wrong with them was said when the connector was loaded. */
export function compileTexts(texts: TextTemplates | undefined): NamedTemplates {
  return Object.entries(texts ?? {}).map(([name, text]) => [name, compileTemplate(text).template] as const);
}

/** Fills templates to texts; one that renders to nothing is left out. */
export function renderTexts(templates: NamedTemplates, values: TemplateValues): Readonly<Record<string, string>> {
  const filled = templates.map(([name, template]) => [name, template.renderText(values)] as const);
  return Object.fromEntries(filled.filter(([, text]) => text !== ''));
}

/** Joins headers, later ones first in rank; names come out in lower case, values trimmed. */
export function mergeHeaders(...layers: readonly Headers[]): Headers {
  return Object.fromEntries(
    layers.flatMap((layer) => Object.entries(layer).map(([name, value]) => [name.toLowerCase(), value.trim()])),
  );
}

/** @throws Failure with the given code when a value holds what HTTP does not allow; the value is not named. */
export function requireHeaders(headers: Headers, code: FailureCode): Headers {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderValue(name, value);
    } catch {
      throw new Failure(code, `The header ${name} would hold a character that HTTP does not allow.`, {
        retryable: false,
        help: 'Check the settings and credentials for line breaks and invisible characters.',
      });
    }
  }
  return headers;
}

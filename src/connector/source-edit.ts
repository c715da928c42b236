/** Changes values in a JSON or YAML text and leaves the rest as the person wrote it. */
import { parseDocument } from 'yaml';

/** A text with the values at these paths set. YAML keeps its comments and order; JSON is written with two spaces. */
export function editSource(
  file: string,
  text: string,
  values: readonly (readonly [path: readonly string[], value: string])[],
): string {
  const document = parseDocument(text, { version: '1.2' });
  for (const [path, value] of values) document.setIn(path, value);
  return file.endsWith('.json') ? `${JSON.stringify(document.toJS(), null, 2)}\n` : document.toString();
}

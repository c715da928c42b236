/** The regular expressions of dialects, each compiled once: a dialect asks the same of every name and value. */
const compiled = new Map<string, RegExp>();

/** @throws SyntaxError for a source that `checkDialect` reports. */
export function regExp(source: string): RegExp {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const made = new RegExp(source, 'u');
  compiled.set(source, made);
  return made;
}

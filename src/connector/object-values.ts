/** {object.name} and {object.value} in a definition: what stands for one object of many. */
import { nearestName } from '../diagnostic/nearest-name.ts';
import { type Findings, pointerTo } from './findings.ts';

/** By name, without `object`. */
export type ObjectValues = Readonly<Record<string, string>>;

const placeholder = /\{object\.([A-Za-z_]\w*)\}/g;

/** Nothing that ends a name, a text or a path, in any query language: values stand in all of them, unquoted. */
const safeValue = /^(?!\.+$)[\w.-]{1,255}$/;

export function isSafeValue(value: string): boolean {
  return safeValue.test(value);
}

/** A part of a definition with values put in, also into names of properties. The values are safe ones. */
export function instantiate<Part>(part: Part, values: ObjectValues): Part {
  return filled(part, values) as Part;
}

function filled(node: unknown, values: ObjectValues): unknown {
  if (typeof node === 'string') return fillText(node, values);
  if (Array.isArray(node)) return node.map((item) => filled(item, values));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => [fillText(name, values), filled(value, values)]),
  );
}

function fillText(text: string, values: ObjectValues): string {
  return text.replace(placeholder, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}

/** Whether a part of a definition names a value. */
export function namesValue(part: unknown, name: string): boolean {
  return JSON.stringify(part).includes(`{object.${name}}`);
}

/** Reports every placeholder of an object that is none of the known. */
export function checkPlaceholders(node: unknown, known: readonly string[], pointer: string, findings: Findings): void {
  if (typeof node === 'string') checkText(node, known, pointer, findings);
  if (typeof node !== 'object' || node === null) return;
  for (const [name, child] of Object.entries(node)) {
    checkText(name, known, pointerTo(pointer, name), findings, false);
    checkPlaceholders(child, known, pointerTo(pointer, name), findings);
  }
}

function checkText(text: string, known: readonly string[], pointer: string, findings: Findings, isValue = true): void {
  for (const { 0: whole, 1: name = '', index } of text.matchAll(placeholder)) {
    if (known.includes(name)) continue;
    const close = nearestName(name, known);
    const possible = known.map((one) => `{object.${one}}`).join(', ');
    findings.add({
      code: 'connector-template',
      message: `Nothing fills the placeholder ${whole} here.`,
      help: close === null ? `Possible are ${possible}.` : `Did you mean {object.${close}}?`,
      pointer,
      ...(isValue && { span: { start: index, end: index + whole.length } }),
    });
  }
}

/** Compiles a JSON value whose texts hold placeholders. Pure; done once, at load. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { parseText, type Segment } from './placeholder.ts';
import type { CompiledTemplate, Template, TemplateValues } from './template.ts';

/** Deeper than any request body, shallow enough for the call stack. */
const MAX_DEPTH = 200;

type Encode = (value: string) => string;
type Render = (values: TemplateValues) => unknown;

interface Compilation {
  readonly names: Set<string>;
  readonly diagnostics: Diagnostic[];
}

/**
 * Compiles a text, or an object or array with texts at its leaves; other values are rendered as they are.
 * Properties and items that render to undefined are left out. Property names are no templates.
 * `renderText` of an object or array is its JSON.
 */
export function compileTemplate(source: unknown): CompiledTemplate {
  const compilation: Compilation = { names: new Set(), diagnostics: [] };
  const template = typeof source === 'string' ? textTemplate(source, compilation) : treeTemplate(source, compilation);
  return { template: { names: [...compilation.names], ...template }, diagnostics: compilation.diagnostics };
}

type Renderers = Pick<Template, 'render' | 'renderText'>;

function textTemplate(source: string, compilation: Compilation): Renderers {
  const segments = compileSegments(source, '', compilation);
  return {
    render: renderOf(segments),
    renderText: (values, encode = asIs) => joinSegments(segments, values, encode),
  };
}

function treeTemplate(source: unknown, compilation: Compilation): Renderers {
  const render = compileNode(source, '', 0, compilation);
  return { render, renderText: (values) => textOf(render(values), asIs) };
}

function compileNode(source: unknown, pointer: string, depth: number, compilation: Compilation): Render {
  if (typeof source === 'string') return renderOf(compileSegments(source, pointer, compilation));
  if (typeof source !== 'object' || source === null) return () => source;
  if (depth === MAX_DEPTH) {
    const message = `The value nests deeper than ${MAX_DEPTH} levels.`;
    compilation.diagnostics.push({ code: 'connector-template', severity: 'error', message, pointer });
    return () => undefined;
  }
  if (Array.isArray(source)) {
    const items = source.map((item, index) => compileNode(item, `${pointer}/${index}`, depth + 1, compilation));
    return (values) => items.map((item) => item(values)).filter((item) => item !== undefined);
  }
  const properties = Object.entries(source).map(([name, value]): readonly [string, Render] => [
    name,
    compileNode(value, `${pointer}/${escapePointer(name)}`, depth + 1, compilation),
  ]);
  return (values) =>
    Object.fromEntries(
      properties.map(([name, render]) => [name, render(values)]).filter(([, value]) => value !== undefined),
    );
}

function compileSegments(text: string, pointer: string, compilation: Compilation): readonly Segment[] {
  const { segments, diagnostics } = parseText(text, pointer);
  compilation.diagnostics.push(...diagnostics);
  for (const segment of segments) if (typeof segment !== 'string') compilation.names.add(segment.name);
  return segments;
}

function renderOf(segments: readonly Segment[]): Render {
  const [first] = segments;
  if (segments.length === 1 && first !== undefined && typeof first !== 'string') {
    return (values) => lookUp(values, first.steps);
  }
  return (values) => joinSegments(segments, values, asIs);
}

function joinSegments(segments: readonly Segment[], values: TemplateValues, encode: Encode): string {
  return segments.map((segment) => segmentText(segment, values, encode)).join('');
}

function segmentText(segment: Segment, values: TemplateValues, encode: Encode): string {
  if (typeof segment === 'string') return segment;
  const value = lookUp(values, segment.steps);
  return isList(value) ? encode(value.join(',')) : textOf(value, encode);
}

/** Own properties only, so that a name like `constructor` has no value. */
function lookUp(values: TemplateValues, steps: readonly string[]): unknown {
  let current: unknown = values;
  for (const step of steps) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = Reflect.get(current, step);
  }
  return current;
}

function textOf(value: unknown, encode: Encode): string {
  if (value === undefined || value === null) return '';
  return encode(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

/** Texts and numbers in a row, such as the fields to ask for: vendors take them joined by commas. */
function isList(value: unknown): value is readonly (string | number)[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' || typeof item === 'number');
}

function asIs(value: string): string {
  return value;
}

/** RFC 6901 §3. */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

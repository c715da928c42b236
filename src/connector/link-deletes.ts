/** The ways in which deleted records of one object are found: the first, and those that are asked after it. */
import type { Detection as DetectionDefinition } from '../definition/connector.ts';
import type { Detection } from './connector.ts';
import { type Findings, pointerTo } from './findings.ts';
import { type DetectionContext, linkDetection } from './link-detection.ts';

/** null when there is none, or a part of the first is missing; then the findings say which. */
export function linkDeletes(
  definitions: readonly DetectionDefinition[],
  context: DetectionContext,
  pointer: string,
  findings: Findings,
): Detection | null {
  checkTogether(definitions, pointer, findings);
  const [first, ...others] = definitions.map((definition, index) =>
    index > 0 && !isUsed(definition) ? null : linkDetection(definition, context, pointerTo(pointer, index), findings),
  );
  if (first === undefined || first === null) return null;
  return { ...first, further: others.filter((other) => other !== null) };
}

/** A value that the vendor has not told yet, or that an account stored before it was asked for, is none. */
function isUsed({ when }: DetectionDefinition): boolean {
  return when === undefined || when.value === when.equals;
}

/** At load: of a declared object nothing is known that could stand in place of {object.…}. */
export function checkWhens(definitions: readonly DetectionDefinition[], pointer: string, findings: Findings): void {
  definitions.forEach(({ when }, index) => {
    if (when === undefined || !when.value.includes('{object.')) return;
    findings.add({
      code: 'connector-template',
      message: `Nothing fills the placeholder in "${when.value}" here.`,
      help: 'Only in anyObject do values of describe stand: use this way always here, or take it out.',
      pointer: pointerTo(pointer, index, 'when', 'value'),
    });
  });
}

/** How they could get into each other's way. */
function checkTogether(definitions: readonly DetectionDefinition[], pointer: string, findings: Findings): void {
  const misfit = (message: string, help: string, ...at: readonly (string | number)[]) =>
    findings.add({ code: 'connector-detection-misfit', message, help, pointer: pointerTo(pointer, ...at) });
  const seen = new Map<string, number>();
  definitions.forEach((definition, index) => {
    const { name, when, parents, strategy } = definition;
    if (index === 0) {
      if (when !== undefined) misfit('The first way is always used.', 'Take "when" out, or put it last.', 0, 'when');
    } else if (name === undefined) {
      misfit('How far it was read has no name to be kept by.', 'Give it a "name" that stays as it is.', index);
    } else if (definitions.findIndex((other) => other.name === name) < index) {
      misfit(`Two ways are called "${name}".`, 'Give each a name of its own.', index, 'name');
    }
    if (index > 0 && (parents !== undefined || strategy === 'snapshot')) {
      const what = parents === undefined ? 'A comparison with all records' : 'A feed that fans out';
      misfit(`${what} stands alone, or first.`, 'Put it first, or make it the only one.', index);
    }
    const asked = askedOf(definition);
    const same = seen.get(asked);
    if (same === undefined) seen.set(asked, index);
    else misfit(`It asks for the same as number ${same + 1}.`, 'Take one of them out.', index);
  });
}

/** What stands in the way's requests, and how their answers are read. */
function askedOf({ name: _name, when: _when, everySeconds: _every, ...asked }: DetectionDefinition): string {
  return JSON.stringify(asked);
}

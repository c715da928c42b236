/** Operators whose templates and answers do not go together. */
import type { Dialect, Emit, Operator, Operators } from '../definition/dialect.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { contradiction, pointerTo } from './contradiction.ts';
import { placeholders } from './fill.ts';
import { type OperatorName, positiveOf } from './operator-name.ts';
import { operatorTables } from './operator-tables.ts';

export function checkOperators(dialect: Dialect): Diagnostic[] {
  const shared = dialect.onlyFields === true ? {} : dialect.operators;
  const wrong = operatorTables(dialect).flatMap(([pointer, operators]) =>
    (Object.keys(operators) as OperatorName[]).flatMap((name) => {
      const operator = operators[name];
      if (operator === undefined) return [];
      const at = pointerTo(pointer, name);
      return [
        ...checkEmit(name, operator.emit, pointerTo(at, 'emit'), dialect),
        ...Object.entries(operator.emitFor ?? {}).flatMap(([type, emit]) =>
          checkEmit(name, emit, pointerTo(at, 'emitFor', type), dialect),
        ),
        ...checkAnswers(name, operator, { ...shared, ...operators }, at),
        ...checkTypes(operator, at, dialect),
        ...checkPattern(name, operator, at, dialect),
      ];
    }),
  );
  if (dialect.onlyFields !== true || Object.keys(dialect.fields ?? {}).length > 0) return wrong;
  return [
    ...wrong,
    contradiction(
      '/onlyFields',
      'Only listed fields can be filtered, and none is listed.',
      'List them under "fields".',
    ),
  ];
}

/** The values of an operator, by their names in templates. */
export function slotsOf(name: OperatorName): readonly string[] {
  if (name === 'is null' || name === 'is not null') return [];
  if (name === 'in' || name === 'not in') return ['values'];
  return name === 'between' || name === 'not between' ? ['low', 'high'] : ['value'];
}

function checkEmit(name: OperatorName, emit: Emit, at: string, dialect: Dialect): Diagnostic[] {
  const kind = checkKind(emit, at, dialect);
  if (kind !== null) return [kind];
  const { keys, values } = placeholders(emit);
  const places = dialect.builder === 'params' && dialect.boolean.shape === 'cnf' ? ['group', 'index'] : [];
  const slots = slotsOf(name);
  const wrong = [
    ...keys.filter((key) => !['field', ...places].includes(key)),
    ...values.filter((key) => !['field', ...slots, ...places].includes(key)),
  ].map((key) =>
    contradiction(
      at,
      `{${key}} stands for nothing here.`,
      `${name.toUpperCase()} has ${['field', ...slots].map((slot) => `{${slot}}`).join(', ')} to fill in.`,
    ),
  );
  for (const slot of slots) {
    if (values.includes(slot)) continue;
    wrong.push(
      contradiction(
        at,
        `${name.toUpperCase()} does not say its {${slot}}.`,
        `Put {${slot}} where the vendor reads it.`,
      ),
    );
  }
  if (places.length > 0 && !places.every((place) => keys.includes(place))) {
    wrong.push(
      contradiction(at, 'Groups of parameters need {group} and {index} in every name.', 'Add both to the names.'),
    );
  }
  if (
    dialect.builder === 'text' &&
    typeof emit === 'string' &&
    /['"]\{(?:values?|low|high)\}|\{(?:values?|low|high)\}['"]/.test(emit)
  ) {
    wrong.push(
      contradiction(
        at,
        'The template puts quotes around a value that the literal writes with its own.',
        'Put quotes into "literals", where escapes are known.',
      ),
    );
  }
  if (slots.includes('values') && dialect.builder !== 'tree' && dialect.literals.list === undefined) {
    wrong.push(contradiction(at, '{values} has no form: the dialect declares no list literal.', 'Add literals.list.'));
  }
  return wrong;
}

/** A template must be what its builder builds. */
export function checkKind(emit: Emit, pointer: string, { builder }: Dialect): Diagnostic | null {
  if (builder === 'text')
    return typeof emit === 'string'
      ? null
      : contradiction(pointer, 'A text dialect builds text, and this is none.', 'Write the template as one text.');
  if (builder === 'tree') return null;
  const isPairs =
    typeof emit === 'object' && !Array.isArray(emit) && Object.values(emit).every((value) => typeof value === 'string');
  return isPairs
    ? null
    : contradiction(
        pointer,
        'Parameters are built of names with texts, and this is none.',
        'Write an object of names and text values.',
      );
}

function checkAnswers(
  name: OperatorName,
  { answers, nulls }: Operator,
  operators: Operators,
  pointer: string,
): Diagnostic[] {
  const positive = positiveOf(name);
  const wrong: Diagnostic[] = [];
  for (const [type, answer] of Object.entries(answers) as [keyof typeof answers, string][]) {
    if (answer === 'no') continue;
    const counterpart = positive === null ? undefined : operators[positive]?.answers[type];
    if (counterpart === 'superset') {
      wrong.push(
        contradiction(
          pointerTo(pointer, 'answers', type),
          `${positive?.toUpperCase()} returns more than it says, so ${name.toUpperCase()} leaves records out.`,
          'Answer "no" here.',
        ),
      );
    }
    const isPart = name === 'like' || name === 'contains' || name === 'starts with' || name === 'ends with';
    if (isPart && answer === 'exact' && operators['=']?.answers[type] === 'superset') {
      wrong.push(
        contradiction(
          pointerTo(pointer, 'answers', type),
          `${name.toUpperCase()} cannot be exact where = compares wider.`,
          'Answer "superset" here.',
        ),
      );
    }
  }
  if (nulls !== undefined && slotsOf(name).length === 0) {
    wrong.push(
      contradiction(`${pointer}/nulls`, `${name.toUpperCase()} asks for missing values itself.`, 'Leave "nulls" out.'),
    );
  }
  return wrong;
}

/** A type that is answered needs a literal, when it has no natural one. */
function checkTypes({ answers, emit }: Operator, pointer: string, dialect: Dialect): Diagnostic[] {
  const needsValue = placeholders(emit).values.some((name) => name !== 'field');
  return (['boolean', 'timestamp', 'date'] as const)
    .filter((type) => needsValue && (answers[type] ?? 'no') !== 'no' && dialect.literals[type] === undefined)
    .map((type) =>
      contradiction(
        pointerTo(pointer, 'answers', type),
        `A ${type} is answered, and the dialect has no literal for it.`,
        `Add literals.${type}.`,
      ),
    );
}

function checkPattern(
  name: OperatorName,
  { answers, literals }: Operator,
  pointer: string,
  dialect: Dialect,
): Diagnostic[] {
  if (!name.endsWith('like')) return [];
  return (['text', 'enum', 'id'] as const).flatMap((type) => {
    const answer = answers[type] ?? 'no';
    if (answer === 'no') return [];
    const wildcards = { ...dialect.literals.text, ...dialect.literals[type], ...literals?.[type] }.wildcards;
    const at = pointerTo(pointer, 'literals', type);
    if (wildcards === undefined)
      return [contradiction(at, `${name.toUpperCase()} does not say how wildcards are written.`, 'Add "wildcards".')];
    const isWider = wildcards.one === undefined && (answer === 'exact' || name.startsWith('not'));
    return isWider
      ? [
          contradiction(
            at,
            'Without a wildcard for one code point the pattern matches more than it says.',
            'Answer "superset", and "no" for the negation.',
          ),
        ]
      : [];
  });
}

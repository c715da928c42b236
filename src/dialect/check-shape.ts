/** Boolean shapes without what they need, and the templates around a query. */
import type { Dialect, Join } from '../definition/dialect.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { checkKind } from './check-operators.ts';
import { contradiction } from './contradiction.ts';
import { placeholders } from './fill.ts';

export function checkShape(dialect: Dialect): Diagnostic[] {
  return [...checkJoins(dialect), ...checkAround(dialect)];
}

function checkJoins(dialect: Dialect): Diagnostic[] {
  const { builder, boolean } = dialect;
  const { shape, and, or, limits = {} } = boolean;
  const wrong: Diagnostic[] = [];
  if ((shape === 'dnf' || shape === 'cnf') && limits.groups === undefined && limits.total === undefined) {
    wrong.push(
      contradiction(
        '/boolean/limits',
        `A ${shape} grows by multiplication, and nothing limits it.`,
        'Set limits.groups or limits.total.',
      ),
    );
  }
  if (shape === 'and' && or !== undefined)
    wrong.push(
      contradiction('/boolean/or', 'OR is never joined in the shape "and".', 'Leave it out, or name another shape.'),
    );
  if (builder === 'params') {
    if (shape === 'free' || shape === 'dnf')
      wrong.push(
        contradiction(
          '/boolean/shape',
          `Parameters cannot hold the shape "${shape}".`,
          'Use "and", or "cnf" with {group} and {index}.',
        ),
      );
    if (and !== undefined || or !== undefined)
      wrong.push(contradiction('/boolean', 'Parameters are not joined by templates.', 'Leave "and" and "or" out.'));
    return wrong;
  }
  const needed = shape === 'and' ? (['and'] as const) : (['and', 'or'] as const);
  for (const kind of needed) {
    const join = boolean[kind];
    if (join === undefined)
      wrong.push(
        contradiction(
          '/boolean',
          `The shape "${shape}" needs a form for ${kind.toUpperCase()}.`,
          `Add boolean.${kind}.`,
        ),
      );
    else wrong.push(...checkJoin(join, `/boolean/${kind}`, dialect));
  }
  const hasPrefix = [and, or].filter((join) => join !== undefined && 'prefix' in join).length;
  if (hasPrefix > 0 && (shape !== 'free' || hasPrefix < 2)) {
    wrong.push(
      contradiction('/boolean', 'Polish notation writes both AND and OR, in the shape "free".', 'Give both a prefix.'),
    );
  }
  return wrong;
}

function checkJoin(join: Join, pointer: string, { builder, boolean }: Dialect): Diagnostic[] {
  if ('separator' in join !== (builder === 'text')) {
    return [
      contradiction(
        pointer,
        `This join does not fit the builder "${builder}".`,
        builder === 'text' ? 'Use separator and nested.' : 'Use emit, merge or prefix.',
      ),
    ];
  }
  if ('merge' in join) {
    return boolean.shape === 'and'
      ? []
      : [contradiction(pointer, 'Merged objects can only be ANDed.', 'Use the shape "and".')];
  }
  const templates = 'separator' in join ? [join.nested, join.top ?? '{args}'] : 'emit' in join ? [join.emit] : [];
  return templates.flatMap((template) => checkOnly(template, 'args', pointer));
}

function checkAround(dialect: Dialect): Diagnostic[] {
  const { builder, whole, empty, negation, field } = dialect;
  const kind = checkKind(empty, '/empty', dialect);
  const wrong = kind === null ? [] : [kind];
  const { keys, values } = placeholders(empty);
  if (keys.length + values.length > 0)
    wrong.push(
      contradiction('/empty', 'What asks for every record has nothing to fill in.', 'Leave placeholders out.'),
    );
  if (builder === 'params' && whole !== undefined)
    wrong.push(contradiction('/whole', 'Parameters have nothing around them.', 'Leave it out.'));
  if (builder !== 'params' && whole !== undefined) wrong.push(...checkOnly(whole, 'query', '/whole'));
  if (builder === 'params' && negation !== undefined)
    wrong.push(
      contradiction('/negation', 'Parameters cannot be negated by a template.', 'Declare operators such as "!=".'),
    );
  if (builder !== 'params' && negation !== undefined) wrong.push(...checkOnly(negation.emit, 'arg', '/negation/emit'));
  if (field?.emit !== undefined) wrong.push(...checkOnly(field.emit, 'name', '/field/emit'));
  return wrong;
}

/** A template with exactly this placeholder, once. */
function checkOnly(template: unknown, name: string, pointer: string): Diagnostic[] {
  const { keys, values } = placeholders(template);
  const isRight = keys.length === 0 && values.length === 1 && values[0] === name;
  return isRight
    ? []
    : [
        contradiction(
          pointer,
          `The template must hold {${name}} once, and nothing else to fill in.`,
          `Write {${name}} where it belongs.`,
        ),
      ];
}

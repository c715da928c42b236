import {
  type ASTNode,
  type ASTVisitor,
  type DocumentNode,
  FieldsOnCorrectTypeRule,
  GraphQLError,
  Kind,
  KnownArgumentNamesRule,
  KnownFragmentNamesRule,
  KnownTypeNamesRule,
  Lexer,
  NoUndefinedVariablesRule,
  NoUnusedVariablesRule,
  ProvidedRequiredArgumentsRule,
  parse,
  ScalarLeafsRule,
  Source,
  specifiedRules,
  TokenKind,
  type ValidationContext,
  type ValidationRule,
  ValuesOfCorrectTypeRule,
  VariablesInAllowedPositionRule,
  validate,
} from 'graphql';
import { schema } from './sdl.ts';

const maxTokens = 5000;
/** Deeper documents are refused before parsing them could exhaust the stack. */
const maxDepth = 100;

/** Parses a document; throws the GraphQLError of its first syntax error. */
export function parseDocument(text: string): DocumentNode {
  checkDepth(text);
  return parse(text, { maxTokens });
}

function checkDepth(text: string): void {
  const lexer = new Lexer(new Source(text));
  let depth = 0;
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    if (token.kind === TokenKind.BRACE_L || token.kind === TokenKind.BRACKET_L) depth += 1;
    if (token.kind === TokenKind.BRACE_R || token.kind === TokenKind.BRACKET_R) depth -= 1;
    if (depth > maxDepth) throw new GraphQLError(`Query has depth of ${depth}, which exceeds max depth of ${maxDepth}`);
  }
}

type Ancestors = readonly (ASTNode | readonly ASTNode[])[];

/** Where a node stands, as the vendor writes it: the operation, then the fields. */
function pathOf(ancestors: Ancestors, last: string): readonly string[] {
  const steps = ancestors.flatMap((one): string[] => {
    if (!('kind' in one)) return [];
    if (one.kind === Kind.OPERATION_DEFINITION) return [[one.operation, one.name?.value].filter(Boolean).join(' ')];
    if (one.kind === Kind.FRAGMENT_DEFINITION) return [`fragment ${one.name.value}`];
    return one.kind === Kind.FIELD ? [one.alias?.value ?? one.name.value] : [];
  });
  return [...steps, last];
}

function undefinedFields(context: ValidationContext): ASTVisitor {
  return {
    Field: (node, _key, _parent, _path, ancestors) => {
      const type = context.getParentType();
      if (type === undefined || type === null || context.getFieldDef()) return;
      const fieldName = node.name.value;
      context.reportError(
        new GraphQLError(`Field '${fieldName}' doesn't exist on type '${type.name}'`, {
          nodes: node,
          path: pathOf(ancestors, node.alias?.value ?? fieldName),
          extensions: { code: 'undefinedField', typeName: type.name, fieldName },
        }),
      );
    },
  };
}

function unknownArguments(context: ValidationContext): ASTVisitor {
  return {
    Argument: (node, _key, _parent, _path, ancestors) => {
      const field = context.getFieldDef();
      if (!field || context.getArgument() || context.getDirective()) return;
      const argumentName = node.name.value;
      context.reportError(
        new GraphQLError(`Field '${field.name}' doesn't accept argument '${argumentName}'`, {
          nodes: node,
          path: pathOf(ancestors, argumentName),
          extensions: { code: 'argumentNotAccepted', name: field.name, typeName: 'Field', argumentName },
        }),
      );
    },
  };
}

/** The vendor's names of what the rules find. */
const codes = new Map<ValidationRule, string>([
  [undefinedFields, 'undefinedField'],
  [unknownArguments, 'argumentNotAccepted'],
  [KnownTypeNamesRule, 'undefinedType'],
  [KnownFragmentNamesRule, 'useAndDefineFragment'],
  [NoUndefinedVariablesRule, 'variableNotDefined'],
  [NoUnusedVariablesRule, 'variableNotUsed'],
  [ProvidedRequiredArgumentsRule, 'missingRequiredArguments'],
  [ScalarLeafsRule, 'selectionMismatch'],
  [ValuesOfCorrectTypeRule, 'argumentLiteralsIncompatible'],
  [VariablesInAllowedPositionRule, 'variableMismatch'],
]);

const rules: readonly ValidationRule[] = [
  ...specifiedRules.filter((rule) => rule !== FieldsOnCorrectTypeRule && rule !== KnownArgumentNamesRule),
  undefinedFields,
  unknownArguments,
];

/** What is wrong with a document, each error with the vendor's code where it has one. */
export function checkDocument(document: DocumentNode): readonly GraphQLError[] {
  return rules.flatMap((rule) =>
    validate(schema, document, [rule]).map((error) => {
      const code = codes.get(rule);
      return error.extensions.code !== undefined || code === undefined
        ? error
        : new GraphQLError(error.message, { nodes: error.nodes ?? null, extensions: { code } });
    }),
  );
}

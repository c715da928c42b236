// Generated from schemas/where-case.schema.json by `npm run generate`. Do not edit.

/**
 * A type alone, or a type with how the value is written.
 */
export type Field =
  | Type
  | {
      type: Type;
      /**
       * How a record writes a timestamp; `iso` unless said.
       */
      format?: 'iso' | 'epoch-s' | 'epoch-ms';
      /**
       * IANA zone of a timestamp without offset, and of a date; `UTC` unless said.
       */
      zone?: string;
    };
/**
 * The type of a field or parameter.
 */
export type Type = 'text' | 'enum' | 'id' | 'number' | 'boolean' | 'timestamp' | 'date';

/**
 * A file of grammar/cases: where texts, what they are read as, which records they pass and what is wrong with them. Tool-neutral: any implementation of the language can run it.
 */
export interface ConformanceCasesOfTheWhereLanguage {
  /**
   * Path of this schema, for editors.
   */
  $schema?: string;
  /**
   * What the cases have in common.
   */
  description: string;
  /**
   * The fields of the object, by name.
   */
  fields: {
    [k: string]: Field;
  };
  /**
   * Native records, by the id that `matches` lists.
   */
  records?: {
    [k: string]: {};
  };
  /**
   * The cases; each stands alone.
   *
   * @minItems 1
   */
  cases: [Case, ...Case[]];
}
/**
 * One where text and what comes of it.
 */
export interface Case {
  /**
   * What the case shows; unique in its file.
   */
  name: string;
  /**
   * The text.
   */
  where: string;
  /**
   * Parameters that may be used, with their types; `since` and `until` are the bounds of the window.
   */
  parameters?: {
    [k: string]: Type;
  };
  /**
   * Values of the parameters, and of `now`: ISO 8601 text or epoch milliseconds for instants.
   */
  bindings?: {
    [k: string]: string | number | boolean;
  };
  /**
   * What comes of it. What is not mentioned is not held, but for diagnostics: none are expected unless listed.
   */
  expect: {
    /**
     * The canonical text of what was read.
     */
    print?: string;
    /**
     * Ids of exactly the records that pass, in the order of the file.
     */
    matches?: string[];
    /**
     * All diagnostics, in the order of the text.
     */
    diagnostics?: {
      /**
       * The code of the diagnostic.
       */
      code: string;
      /**
       * The marked piece of the text: UTF-16 offsets of its start and of what follows its end.
       *
       * @minItems 2
       * @maxItems 2
       */
      span: [unknown, unknown];
    }[];
  };
}

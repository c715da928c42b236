import type { JsonObject } from './json.ts';

/**
 * How a vendor's native records are made and changed. Pure; times are milliseconds since 1970. `change` counts the changes of
 * all objects together, for vendors that number them; without one the record's own number goes on.
 */
export interface RecordShape {
  /** The id of the n-th record of an object, in the vendor's form. */
  id(object: string, serial: number): string;
  /** Whether a text has the form of this object's ids. */
  isId(object: string, text: string): boolean;
  /** A whole native record from what is given: id, stamps, computed fields. Stamps that are given are kept. */
  build(object: string, id: string, given: JsonObject, atMs: number, change?: number): JsonObject;
  /** The record with changes laid over it, before any stamp moves. */
  merge(before: JsonObject, changes: JsonObject): JsonObject;
  /** The changed record with its modified stamp moved to `atMs`, unless the change itself set another stamp. */
  stamp(object: string, before: JsonObject, after: JsonObject, atMs: number, change?: number): JsonObject;
  /** The record as the vendor keeps it after a delete. */
  remove(object: string, before: JsonObject, atMs: number, change?: number): JsonObject;
  /** The stamp by which a client tells this version of the record from another. */
  version(object: string, record: JsonObject): string;
  /** The number of the change that a record carries, where the vendor numbers them. */
  changeOf?(record: JsonObject): number | undefined;
  /** When the record last changed by its own stamp, in milliseconds. */
  modifiedAtMs(object: string, record: JsonObject): number;
}

/** `anyhook poll`: one poll of one object, its events as NDJSON on stdout, its cursor in the workspace file. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';

import { z } from 'zod';

/** What of a JSON Schema the tables show. */
export interface JsonSchema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  maxItems?: number;
}

export const inputSchema = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input', override: withDefault }) as JsonSchema;

/** Zod leaves a default out where the value is transformed on reading. */
function withDefault({ zodSchema, jsonSchema }: DefaultContext): void {
  const { def } = zodSchema._zod;
  if (def.type === 'default') jsonSchema.default ??= def.defaultValue as z.core.util.JSONType;
}
type DefaultContext = Parameters<NonNullable<z.core.ToJSONSchemaParams['override']>>[0];

/** A Markdown table; a cell's line breaks and pipes would end it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/**
 * A row a key: what it may be, its default, what it means; then those of the keys that it holds. A `kind`, which the
 * heading or the values name, is left out.
 */
export const keyTable = (schema: JsonSchema): string =>
  table(['key', 'values', 'default', 'meaning'], keyRows(schema, ''));

function keyRows({ properties = {}, required = [] }: JsonSchema, path: string): string[][] {
  const keys = Object.entries(properties).filter(
    ([key, { const: only }]) => key !== 'kind' && only === undefined,
  );
  return keys.flatMap(([key, schema]) => [
    [
      code(`${path}${key}`),
      values(schema),
      defaultOf(schema, required.includes(key)),
      schema.description ?? '',
    ],
    ...objectsOf(schema).flatMap((object) => keyRows(object, `${path}${key}${schema.items ? '[]' : ''}.`)),
  ]);
}

/** Objects among what a value may be. */
const objectsOf = ({ anyOf, oneOf, items, ...schema }: JsonSchema): JsonSchema[] =>
  (anyOf ?? oneOf ?? [items ?? schema]).filter(({ properties }) => properties !== undefined);

/** The same without defaults, for parameters that every profile states. */
export const parameterTable = (parameters: [key: string, schema: JsonSchema][]): string =>
  table(
    ['parameter', 'values', 'meaning'],
    parameters.map(([key, schema]) => [code(key), values(schema), schema.description ?? '']),
  );

export const code = (text: string): string => `\`${text}\``;

function defaultOf({ default: value }: JsonSchema, isRequired: boolean): string {
  if (isRequired) return 'required';
  if (value === undefined) return 'see meaning';
  if (Array.isArray(value) && value.length === 0) return 'none';
  if (typeof value !== 'object' || value === null) return code(String(value));
  return code(JSON.stringify(value).replaceAll('"', '').replaceAll(',', ', ').replaceAll(':', ': '));
}

/** What a value may be, in words. */
export function values(schema: JsonSchema): string {
  const { const: only, enum: options, anyOf, oneOf, items, properties, type } = schema;
  if (only !== undefined) return code(String(only));
  if (options) return options.map((option) => code(String(option))).join(', ');
  const alternatives = anyOf ?? oneOf;
  if (alternatives) return [...new Set(alternatives.map(values))].join(' or ');
  if (items) return listOf(schema, items);
  if (properties) return `{${Object.entries(properties).map(entry).join(', ')}}`;
  if (Array.isArray(type)) return 'number or fraction, as `"8/255"`';
  if (type === 'integer' || type === 'number') return `${type}${range(schema)}`;
  if (type === 'boolean') return '`true`, `false`';
  return type === 'null' ? '`null`' : 'text';
}

const entry = ([key, schema]: [string, JsonSchema]): string =>
  schema.const === undefined ? code(key) : code(`${key}: ${String(schema.const)}`);

function listOf({ minItems = 0, maxItems }: JsonSchema, items: JsonSchema): string {
  const count = maxItems === undefined ? '' : ` of ${minItems} to ${maxItems}`;
  return `list${count}${items.properties || items.enum ? `: ${values(items)}` : ''}`;
}

/** `, 1 to 16`, `, above 0`; the bounds of safe integers are none. */
function range({ type, minimum, exclusiveMinimum, maximum = Number.MAX_SAFE_INTEGER }: JsonSchema): string {
  const least = type === 'integer' && exclusiveMinimum !== undefined ? exclusiveMinimum + 1 : minimum;
  const bounded = maximum < Number.MAX_SAFE_INTEGER;
  if (least !== undefined && least > Number.MIN_SAFE_INTEGER)
    return bounded ? `, ${least} to ${maximum}` : `, at least ${least}`;
  if (exclusiveMinimum === undefined) return bounded ? `, at most ${maximum}` : '';
  return bounded ? `, above ${exclusiveMinimum}, at most ${maximum}` : `, above ${exclusiveMinimum}`;
}

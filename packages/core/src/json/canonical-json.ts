export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * Canonical JSON (RFC 8785): equal values have equal bytes. Keys whose value is undefined are left out. Lone surrogates
 * are escaped where the RFC refuses them: figures group whatever text is stored.
 *
 * @throws TypeError for NaN, infinities and values that are not JSON.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    const object = value as Record<string, unknown>;
    let members = '';
    // By code units, as `sort` compares. One string, not a list: a plan makes 100,000 of these.
    for (const key of Object.keys(object).sort()) {
      if (object[key] === undefined) continue;
      members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(object[key])}`;
    }
    return `{${members}}`;
  }
  throw new TypeError(`${typeof value} has no JSON form`);
}

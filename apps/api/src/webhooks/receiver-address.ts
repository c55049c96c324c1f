import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Hosts that may be reached over http and at private addresses: the operator vouches for them. As `URL.host` has them: with
 * a port, and without one only that of the scheme.
 */
export type TrustedHosts = readonly string[];

/** What is wrong with a receiver's URL as far as can be known without resolving its name; null if nothing. */
export function urlProblem(text: string, trusted: TrustedHosts): string | null {
  if (!URL.canParse(text)) return 'is not a URL';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'must not hold a password';
  if (isTrusted(url, trusted))
    return /^https?:$/.test(url.protocol) ? null : 'must start with https:// or http://';
  if (url.protocol !== 'https:') return 'must start with https://';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(host) && !isPublic(host)) return `names a private address (${host})`;
  return null;
}

export function isTrusted(url: URL, trusted: TrustedHosts): boolean {
  return trusted.includes(url.host);
}

/** Only these are given out on the public internet: ::/96 and others beside it lead to IPv4 addresses or nowhere. */
const globalUnicast = ipaddr.parseCIDR('2000::/3');

/** Whether an address is on the public internet: not loopback, private, link-local, shared, reserved, mapped to such. */
export function isPublic(address: string): boolean {
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(globalUnicast));
}

/**
 * A resolver for sockets: they connect to the very addresses that were checked here, so a name that resolves to
 * something else a moment later gains nothing. One private address among several refuses the name.
 */
export function checkedLookup(resolve: typeof lookup = lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, []);
      const refused = addresses.find(({ address }) => !isPublic(address));
      if (refused) {
        return callback(new Error(`${hostname} is at a private address (${refused.address})`), []);
      }
      const [first] = addresses;
      if (first === undefined) return callback(new Error(`${hostname} has no address`), []);
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Hosts that may be reached over http and at private addresses: the operator vouches for them. */
export type TrustedHosts = readonly string[];

/** What is wrong with a receiver's URL as far as can be told without resolving its name; null if nothing. */
export function urlProblem(text: string, trusted: TrustedHosts): string | null {
  if (!URL.canParse(text)) return 'is not a URL';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'must not hold a password';
  const host = hostOf(url);
  if (trusted.includes(host))
    return /^https?:$/.test(url.protocol) ? null : 'must start with https:// or http://';
  if (url.protocol !== 'https:') return 'must start with https://';
  if (ipaddr.isValid(host) && !isPublic(host)) return `names a private address (${host})`;
  return null;
}

/** As in TrustedHosts: lower case, and IPv6 without brackets. `URL` has normalised what stands for an IPv4 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

/** Whether an address is on the public internet: not loopback, private, link-local, shared, reserved, mapped to such. */
export function isPublic(address: string): boolean {
  return ipaddr.process(address).range() === 'unicast';
}

/**
 * A resolver for sockets: they connect to the very addresses that were checked here, so a name that resolves to
 * something else a moment later gains nothing. One private address among several refuses the name.
 */
export function checkedLookup(trusted: TrustedHosts, resolve: typeof lookup = lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, []);
      const refused = addresses.find(({ address }) => !isPublic(address));
      if (refused && !trusted.includes(hostname.toLowerCase())) {
        return callback(new Error(`${hostname} is at a private address (${refused.address})`), []);
      }
      const [first] = addresses;
      if (first === undefined) return callback(new Error(`${hostname} has no address`), []);
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

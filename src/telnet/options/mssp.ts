import type { Listing } from '../../core/index.ts';
import { utf8 } from '../utf8.ts';

const VAR = 1;
const VAL = 2;

const VARIABLE_LIMIT = 128;
const VALUE_LIMIT = 32;
const LENGTH_LIMIT = 1024;

/**
 * The payload of MSSP (option 70), as described at https://tintin.mudhalla.net/protocols/mssp/. NUL, the marks and 0xFF, which
 * MSSP cannot carry, are left out.
 */
export function encodeMssp(listing: Listing): Uint8Array {
  const bytes = [...listing].flatMap(([name, values]) => [
    VAR,
    ...textBytes(name),
    ...values.flatMap((value) => [VAL, ...textBytes(value)]),
  ]);
  return Uint8Array.from(bytes);
}

/**
 * Reads an MSSP payload. Of a variable given twice the last counts. Of the variables the first 128 count, of each the first
 * 32 values; names and values over 1024 characters are left out, never cut. What stands before the first variable is
 * skipped: nothing that a game sends makes it throw.
 */
export function decodeMssp(payload: Uint8Array): Listing {
  const listing = new Map<string, readonly string[]>();
  for (const variable of split(payload, VAR).slice(1, VARIABLE_LIMIT + 1)) {
    const [name = '', ...values] = split(variable, VAL)
      .slice(0, VALUE_LIMIT + 1)
      .map((text) => utf8.decode(text));
    if (name === '' || name.length > LENGTH_LIMIT) continue;
    listing.set(
      name,
      values.filter((value) => value.length <= LENGTH_LIMIT),
    );
  }
  return listing;
}

function textBytes(text: string): number[] {
  return [...utf8.encode(text)].filter((byte) => byte > VAL);
}

/** The pieces between the marks, the one before the first mark included. */
function split(bytes: Uint8Array, mark: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, from)) {
    pieces.push(bytes.subarray(from, at));
    from = at + 1;
  }
  return [...pieces, bytes.subarray(from)];
}

const ESCAPE = '\u001b';
const SEQUENCES = [
  `(?:${ESCAPE}\\[|\u009b)[ -?]*[@-~]`,
  `${ESCAPE}[PX\\]^_][^${ESCAPE}\u0007\u009c]*(?:\u0007|\u009c|${ESCAPE}\\\\)`,
  `${ESCAPE}(?:[ -/]+[0-~]|[0-OQ-WYZ\\\\\`-~])`,
];

/** Control sequences and strings (ECMA-48): what a terminal does not show, but obeys. */
export const SEQUENCE: RegExp = new RegExp(SEQUENCES.join('|'), 'g');

/** One that is cut off at the end; a longer one is none. */
const CUT = new RegExp(
  `(?:${ESCAPE}\\[|\u009b)[ -?]{0,64}$|${ESCAPE}[PX\\]^_][^${ESCAPE}\u0007\u009c]{0,256}$|${ESCAPE}[ -/]{0,8}$`,
);

/** Takes all control sequences out of a text that comes in pieces. */
export class SequenceFilter {
  #cut = '';

  filter(text: string): string {
    const shown = (this.#cut + text).replace(SEQUENCE, '');
    this.#cut = CUT.exec(shown)?.[0] ?? '';
    return this.#cut === '' ? shown : shown.slice(0, -this.#cut.length);
  }
}

import { describe, expect, it } from 'vitest';
import { answerEnviron, terminalNames } from './client-report.ts';

const PLAIN = { client: { transport: 'websocket' }, encoding: 'utf-8' } as const;

describe('terminalNames', () => {
  it('names ourselves where the client has no name', () => {
    // ANSI 1, UTF-8 4, 256 colours 8, proxy 128, MNES 512.
    expect(terminalNames(PLAIN)).toEqual(['HOLDFAST', 'XTERM-256COLOR', 'MTTS 653']);
  });

  it('says what the client is', () => {
    const client = { transport: 'telnet', name: 'TinTin++', terminal: 'xterm', screenReader: true };
    expect(terminalNames({ client, encoding: 'latin1' })).toEqual(['TINTIN++', 'XTERM', 'MTTS 713']);
    expect(terminalNames({ client: { ...client, encoding: 'ISO-8859-1' }, encoding: 'utf-8' })[2]).toBe(
      'MTTS 713',
    );
    expect(terminalNames({ client: { transport: 'telnet', terminal: 'DUMB' }, encoding: 'utf-8' })[2]).toBe(
      'MTTS 644',
    );
  });

  it.each([
    // VT100 2, truecolor 256.
    [1 | 2 | 8 | 256, 'MTTS 911'],
    [1, 'MTTS 645'],
    [0, 'MTTS 644'],
  ])('says of the terminal what the client has said of it: %i', (mtts, said) => {
    const client = { transport: 'telnet', terminal: 'DUMB', mtts };
    expect(terminalNames({ client, encoding: 'utf-8' })[2]).toBe(said);
  });

  it('says that the player came over TLS, where that is known', () => {
    const client = { ...PLAIN.client, secure: true } as const;
    expect(terminalNames({ ...PLAIN, client })[2]).toBe('MTTS 2701');
  });

  it('hands on short printable names only', () => {
    const client = { transport: 'telnet', name: `\r\n\u00ff${'x'.repeat(100)}`, terminal: '\u0000' };
    expect(terminalNames({ ...PLAIN, client }).slice(0, 2)).toEqual(['X'.repeat(40), 'XTERM-256COLOR']);
  });
});

describe('answerEnviron', () => {
  const report = { ...PLAIN, client: { ...PLAIN.client, address: '203.0.113.9', version: '1.2' } };

  it('tells everything when asked for everything, the real address above all', () => {
    const everything = [
      { type: 'var', name: 'CLIENT_NAME', value: 'Holdfast' },
      { type: 'var', name: 'CLIENT_VERSION', value: '1.2' },
      { type: 'var', name: 'CHARSET', value: 'UTF-8' },
      { type: 'var', name: 'MTTS', value: '653' },
      { type: 'var', name: 'TERMINAL_TYPE', value: 'XTERM-256COLOR' },
      { type: 'var', name: 'IPADDRESS', value: '203.0.113.9' },
    ];
    expect(answerEnviron(report, [])).toEqual(everything);
    expect(answerEnviron(report, [{ type: 'var' }, { type: 'var' }])).toEqual(everything);
    expect(answerEnviron(report, [{ type: 'uservar' }])).toEqual([]);
  });

  it('answers what it does not have as undefined', () => {
    const asked = [
      { type: 'var', name: 'IPADDRESS' },
      { type: 'var', name: 'USER' },
      { type: 'uservar', name: 'IPADDRESS' },
    ] as const;
    expect(answerEnviron(report, asked)).toEqual([{ ...asked[0], value: '203.0.113.9' }, asked[1], asked[2]]);
    expect(answerEnviron(PLAIN, [asked[0]])).toEqual([asked[0]]);
  });
});

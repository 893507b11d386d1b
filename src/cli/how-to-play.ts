import type { ListenAddress } from '../protocol/index.ts';

interface Entrance {
  /** The transport's name. */
  readonly name: string;
  readonly address: ListenAddress | undefined;
}

/** Where the operator's page is, and where its credential is. */
type OperatorEntrance = { readonly address: ListenAddress } & (
  { readonly file: string } | { readonly variable: string }
);

/** What a newcomer needs to know, with the ports that were really taken. */
export function howToPlay(entrances: readonly Entrance[], operator?: OperatorEntrance): string {
  const lines = entrances.flatMap(({ name, address }) => {
    if (address === undefined) return [];
    const { host, bracketed, port } = shownOf(address);
    const s = name.endsWith('s') ? 's' : '';
    return name.startsWith('telnet')
      ? [s ? `  TLS:      ${host} ${port}` : `  Telnet:   telnet ${host} ${port}`]
      : [`  Browser:  http${s}://${bracketed}:${port}/`, `  SDK:      ws${s}://${bracketed}:${port}/play`];
  });
  if (operator !== undefined) {
    const { bracketed, port } = shownOf(operator.address);
    const place = 'file' in operator ? operator.file : operator.variable;
    lines.push('', `  Operator: http://${bracketed}:${port}/ (credential: ${place})`);
  }
  return ['Holdfast is running. To play:', '', ...lines, '', 'Stop with Ctrl-C: sessions are kept.'].join(
    '\n',
  );
}

function shownOf({ host, port }: ListenAddress): { host: string; bracketed: string; port: number } {
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return { host: shown, bracketed: shown.includes(':') ? `[${shown}]` : shown, port };
}

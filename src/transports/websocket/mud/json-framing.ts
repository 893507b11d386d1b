import { encodeSubnegotiation } from '../../../telnet/index.ts';
import type { Frame } from './framing.ts';
import { GmcpFraming } from './gmcp-framing.ts';

const NOTHING = new Uint8Array();

/**
 * `json.mudstandards.org`: as `gmcp`, but text frames are JSON: `{"proto", "id"?, "data"}`, all strings. `gmcp` has the
 * package in `id` and its JSON in `data`; `telnet_31` has a window size, `telnet_N` any other option's payload, in
 * base64; `text` is a line. Others mean nothing here.
 */
export class JsonFraming extends GmcpFraming {
  override toPlayer(frame: Frame): Uint8Array {
    if (typeof frame !== 'string') return super.toPlayer(frame);
    const { proto, id = '', data = '' } = envelopeOf(frame);
    if (proto === 'gmcp') return super.toPlayer(`${id} ${data}`);
    if (proto === 'text') return super.toPlayer(Buffer.from(data));
    const option = /^telnet_(\d{1,2})$/.exec(proto ?? '')?.[1];
    return option === undefined ? NOTHING : encodeSubnegotiation(Number(option), Buffer.from(data, 'base64'));
  }

  protected override subnegotiation(option: number, payload: Uint8Array): Frame | undefined {
    const message = super.subnegotiation(option, payload);
    if (typeof message !== 'string') return undefined;
    const [id = '', ...data] = message.split(' ');
    return JSON.stringify({ proto: 'gmcp', id, data: data.join(' ') });
  }
}

function envelopeOf(frame: string): {
  readonly proto?: string;
  readonly id?: string;
  readonly data?: string;
} {
  try {
    const envelope: unknown = JSON.parse(frame);
    if (typeof envelope !== 'object' || envelope === null) return {};
    return Object.fromEntries(Object.entries(envelope).filter(([, value]) => typeof value === 'string'));
  } catch {
    return {};
  }
}

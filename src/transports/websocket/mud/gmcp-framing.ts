import { encodeSubnegotiation, OPTION, type Negotiation } from '../../../telnet/index.ts';
import type { Frame } from './framing.ts';
import { TerminalFraming } from './terminal-framing.ts';

/** `gmcp.mudstandards.org`: as `terminal`, and GMCP messages (`Package.Name json`) in text frames. */
export class GmcpFraming extends TerminalFraming {
  override toPlayer(frame: Frame): Uint8Array {
    return typeof frame === 'string'
      ? encodeSubnegotiation(OPTION.GMCP, Buffer.from(frame))
      : super.toPlayer(frame);
  }

  protected override negotiate({ verb, option }: Negotiation): Negotiation | undefined {
    return verb === 'will' && option === OPTION.GMCP ? { verb: 'do', option } : undefined;
  }

  protected override subnegotiation(option: number, payload: Uint8Array): Frame | undefined {
    return option === OPTION.GMCP ? Buffer.from(payload).toString() : undefined;
  }
}

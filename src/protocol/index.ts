export * from './codec.ts';
export * from './command-intake.ts';
export * from './errors.ts';
export * from './frames/index.ts';
export * from './output-flow.ts';
export * from './player-end.ts';
export * from './session-frames.ts';
export * from './transport.ts';

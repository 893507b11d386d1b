import { integer, object, oneOf, type Field } from '../validate.ts';

/** The player's terminal has this size now, in characters, each 1 to 65,535. */
export interface WindowFrame {
  readonly type: 'window';
  readonly columns: number;
  readonly rows: number;
}

/** A terminal's width or height, as NAWS can say it. */
export const terminalCells: Field<number> = integer(1, 65_535);

export const windowFrame: Field<WindowFrame> = object<WindowFrame>({
  type: oneOf('window'),
  columns: terminalCells,
  rows: terminalCells,
});

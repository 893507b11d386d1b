import uPlot from 'uplot';
import { make, write } from './dom.ts';

export interface Line {
  readonly name: string;
  /** The class of its colour. */
  readonly ink: string;
  readonly kind: 'bars' | 'line' | 'area';
}

export interface ChartAbout {
  readonly title: string;
  /** What the numbers are, for who cannot see the picture. */
  readonly about: string;
  readonly lines: readonly Line[];
  /** Bars stand on each other, the first at the bottom. */
  readonly isStacked?: boolean;
  /** The legend shows all of it together where the pointer is elsewhere, and not the last value. */
  readonly isSummed?: boolean;
  readonly format: (value: number) => string;
}

type Values = readonly (number | null)[];

const HEIGHT = 180;

/** A chart over time, with a legend that shows the values under the pointer, or the last ones. */
export class Chart {
  readonly figure: HTMLElement;
  readonly #about: ChartAbout;
  readonly #place = make('div', { class: 'plot', role: 'img' });
  readonly #values: readonly HTMLElement[];
  readonly #swatches: readonly HTMLElement[];
  #plot: uPlot | undefined;
  #times: readonly number[] = [];
  #data: readonly Values[] = [];

  constructor(about: ChartAbout) {
    this.#about = about;
    this.#place.setAttribute('aria-label', about.about);
    this.#swatches = about.lines.map(({ ink }) => make('span', { class: `swatch ${ink}` }));
    this.#values = about.lines.map(() => make('span', { class: 'value' }));
    const legend = about.lines.map(({ name }, at) =>
      make('li', {}, this.#swatches[at], name, this.#values[at]),
    );
    this.figure = make(
      'figure',
      {},
      make('figcaption', {}, make('h3', {}, about.title), make('ul', { class: 'legend' }, ...legend)),
      this.#place,
    );
    new ResizeObserver(() => this.#resize()).observe(this.#place);
  }

  /** Times in seconds since 1970. */
  show(times: readonly number[], data: readonly Values[]): void {
    this.#times = times;
    this.#data = data;
    if (this.#plot === undefined) this.#build();
    else this.#plot.setData(this.#aligned());
    this.#tell(undefined);
    const { lines, isSummed } = this.#about;
    const told = lines.map(({ name }, at) => `${name} ${this.#format(this.#resting(at))}`).join(', ');
    this.#place.setAttribute('aria-label', `${this.#about.about} ${isSummed ? 'In all' : 'Last'}: ${told}.`);
  }

  /** In the colours of now. */
  recolour(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
    if (this.#times.length > 0) this.#build();
  }

  #build(): void {
    const width = this.#place.clientWidth;
    if (width === 0) return;
    const ink = getComputedStyle(this.#place);
    const grid = { stroke: ink.borderTopColor, width: 1 };
    const axis = { stroke: ink.color, font: `11px ${ink.fontFamily}`, ticks: { show: false }, grid };
    const { lines, isStacked = false, format } = this.#about;
    const order = lines.map((line, at) => ({ line, at }));
    const options: uPlot.Options = {
      width,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: { y: { range: (_plot, _least, most) => [0, niceMost(most)] } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          values: (_plot, splits) => splits.map(timeOfDay),
          space: 70,
          size: 28,
        },
        { ...axis, values: (_plot, splits) => splits.map((value) => format(value)), size: 58, space: 34 },
      ],
      series: [
        {},
        // Of a stack the highest is drawn first, and the others over it.
        ...(isStacked ? order.toReversed() : order).map(({ line, at }) => this.#series(line, at)),
      ],
      hooks: { setCursor: [(plot) => this.#tell(plot.cursor.idx ?? undefined)] },
    };
    this.#plot = new uPlot(options, this.#aligned(), this.#place);
  }

  #series({ kind }: Line, at: number): uPlot.Series {
    const swatch = this.#swatches[at];
    const colour = swatch ? getComputedStyle(swatch).backgroundColor : 'gray';
    if (kind === 'bars') {
      const paths = uPlot.paths.bars?.({ size: [0.8, 24] });
      return { fill: colour, width: 0, points: { show: false }, ...(paths && { paths }) };
    }
    const line = { stroke: colour, width: 1.5, points: { show: false }, spanGaps: true };
    return kind === 'area' ? { ...line, fill: faint(colour) } : line;
  }

  #aligned(): uPlot.AlignedData {
    const { isStacked = false } = this.#about;
    const data = isStacked ? stacked(this.#data).toReversed() : this.#data;
    return [[...this.#times], ...data.map((values) => [...values])];
  }

  #resize(): void {
    const width = this.#place.clientWidth;
    if (width === 0) return;
    if (this.#plot === undefined) this.recolour();
    else if (this.#plot.width !== width) this.#plot.setSize({ width, height: HEIGHT });
  }

  /** Says the values at this place. */
  #tell(index: number | undefined): void {
    for (const [at, node] of this.#values.entries()) {
      const value = index === undefined ? this.#resting(at) : (this.#data[at]?.[index] ?? null);
      write(node, this.#format(value));
    }
  }

  /** What the legend shows while the pointer is elsewhere. */
  #resting(at: number): number | null {
    const values = this.#data[at] ?? [];
    if (this.#about.isSummed) return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
    return values.findLast((value) => value !== null) ?? null;
  }

  #format(value: number | null): string {
    return value === null ? '–' : this.#about.format(value);
  }
}

function stacked(data: readonly Values[]): readonly Values[] {
  const sums: number[] = [];
  return data.map((values) => values.map((value, at) => (sums[at] = (sums[at] ?? 0) + (value ?? 0))));
}

/** Room above the highest, and never an empty scale. */
function niceMost(most: number): number {
  return most > 0 ? most * 1.1 : 1;
}

function timeOfDay(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  });
}

function faint(colour: string): string {
  return `color-mix(in srgb, ${colour} 16%, transparent)`;
}

import { element } from './element.ts';
import { fullness, readVitals, type Vital } from './vitals.ts';

interface Gauge {
  readonly root: HTMLElement;
  readonly numbers: HTMLElement;
}

/** The game's gauges above the command line. A game that sends none has none. */
export class VitalsView {
  readonly #section = element('vitals', HTMLElement);
  readonly #gauges = new Map<string, Gauge>();

  /** `data` of a `Char.Vitals` message. */
  show(data: unknown): void {
    const vitals = readVitals(data);
    if (vitals.length === 0) return;
    for (const vital of vitals) this.#draw(vital);
    this.#section.hidden = false;
  }

  clear(): void {
    this.#section.replaceChildren();
    this.#section.hidden = true;
    this.#gauges.clear();
  }

  #draw(vital: Vital): void {
    const gauge = this.#gauges.get(vital.name) ?? this.#add(vital);
    const full = fullness(vital);
    gauge.root.dataset['level'] = full > 0.5 ? 'high' : full > 0.25 ? 'middle' : 'low';
    gauge.root.style.setProperty('--full', String(full));
    gauge.root.ariaValueNow = String(vital.value);
    gauge.root.ariaValueMax = String(vital.most);
    gauge.root.ariaValueText = `${vital.value} of ${vital.most}`;
    gauge.numbers.textContent = `${vital.value}/${vital.most}`;
  }

  #add({ name, label }: Vital): Gauge {
    const root = document.createElement('div');
    root.className = 'gauge';
    root.dataset['name'] = name;
    root.role = 'meter';
    root.ariaLabel = label;
    root.ariaValueMin = '0';
    const [title, bar, numbers] = ['title', 'bar', 'numbers'].map((className) => {
      const part = document.createElement('span');
      part.className = className;
      return part;
    });
    if (!title || !bar || !numbers) throw new TypeError('three parts');
    title.textContent = label;
    root.append(title, bar, numbers);
    this.#section.append(root);
    const gauge = { root, numbers };
    this.#gauges.set(name, gauge);
    return gauge;
  }
}

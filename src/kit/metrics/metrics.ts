/**
 * Counters, gauges and histograms kept in plain numbers and rendered at scrape time.
 *
 * A series is looked up once and then bumped; there are no label objects on a request path.
 * @see spec 08 §10.1 for the exposition rules
 */

/** ms; for all latencies of a sidecar unless configured. */
export const defaultLatencyBounds: readonly number[] = [
  1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 300, 400,
  500, 650, 800, 1000, 2000, 5000, 10000, 20000, 50000, 100000,
];

/** Bytes. */
export const sizeBounds: readonly number[] = [
  1024, 2048, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864, 268435456,
  1073741824, 4294967296,
];

export class ValueSeries {
  value = 0;
  /** Only series that were recorded are shown. */
  touched = false;

  add(amount = 1): void {
    this.value += amount;
    this.touched = true;
  }

  set(value: number): void {
    this.value = value;
    this.touched = true;
  }
}

export class HistogramSeries {
  readonly #bounds: readonly number[];
  readonly counts: Float64Array;
  sum = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let low = 0;
    let high = bounds.length;
    // A value equal to a bound belongs to the next bucket.
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value < (bounds[middle] as number)) high = middle;
      else low = middle + 1;
    }
    this.counts[low] = (this.counts[low] as number) + 1;
    this.sum += value;
    this.count++;
  }
}

/** Series of one name; label values come in the order in which the labels were declared. */
export class Family<Series extends ValueSeries | HistogramSeries> {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  readonly bounds: readonly number[];
  readonly #create: () => Series;
  readonly #order: readonly number[];
  readonly #relabel: Relabel | undefined;
  readonly #series = new Map<string, { readonly text: string; readonly series: Series }>();
  readonly #dropped: Series;

  constructor(init: {
    name: string;
    type: "counter" | "gauge" | "histogram";
    help: string;
    labels: readonly string[];
    bounds: readonly number[];
    create: () => Series;
    relabel: Relabel | undefined;
  }) {
    this.name = init.name;
    this.type = init.type;
    this.help = init.help;
    this.labels = init.labels;
    this.bounds = init.bounds;
    this.#create = init.create;
    this.#relabel = init.relabel;
    this.#dropped = init.create();
    this.#order = init.labels
      .map((_, i) => i)
      .sort((a, b) => ((init.labels[a] as string) < (init.labels[b] as string) ? -1 : 1));
  }

  /** The series with these label values. Values that cannot be shown (spec 08 §10.1) yield one that is never shown. */
  with(...values: readonly string[]): Series {
    const key = values.join("\u0000");
    const known = this.#series.get(key);
    if (known) return known.series;
    const shown = values.map((value, i) =>
      this.#relabel ? this.#relabel(this.name, this.labels[i] as string, value) : value,
    );
    if (!shown.every(isShowable)) return this.#dropped;
    const text = this.#order
      .map((i) => `${this.labels[i]}="${escapeLabel(shown[i] ?? "")}"`)
      .join(",");
    for (const other of this.#series.values()) {
      // Relabelling may fold several values into one series.
      if (other.text === text) {
        this.#series.set(key, other);
        return other.series;
      }
      if (!this.#relabel) break;
    }
    const series = this.#create();
    this.#series.set(key, { text, series });
    return series;
  }

  render(): string {
    const lines: string[] = [];
    const seen = new Set<Series>();
    for (const { text, series } of this.#series.values()) {
      if (seen.has(series)) continue;
      seen.add(series);
      if (series instanceof HistogramSeries) {
        if (series.count > 0) this.#renderHistogram(lines, text, series);
      } else if (series.touched) {
        lines.push(`${this.name}${text && `{${text}}`} ${formatNumber(series.value)}`);
      }
    }
    if (lines.length === 0) return "";
    return `# HELP ${this.name} ${this.help}\n# TYPE ${this.name} ${this.type}\n${lines.join("\n")}\n`;
  }

  #renderHistogram(lines: string[], text: string, series: HistogramSeries): void {
    let total = 0;
    const prefix = text === "" ? "" : `${text},`;
    for (let i = 0; i < this.bounds.length; i++) {
      total += series.counts[i] as number;
      const bound = formatNumber(this.bounds[i] as number);
      lines.push(`${this.name}_bucket{${prefix}le="${bound}"} ${formatNumber(total)}`);
    }
    const labels = text && `{${text}}`;
    lines.push(`${this.name}_bucket{${prefix}le="+Inf"} ${formatNumber(series.count)}`);
    lines.push(`${this.name}_sum${labels} ${formatNumber(series.sum)}`);
    lines.push(`${this.name}_count${labels} ${formatNumber(series.count)}`);
  }
}

/** Rewrites a label value (`spec.metrics.rules`). */
export type Relabel = (metric: string, label: string, value: string) => string;

/** The metrics of one program or one embedded sidecar. */
export class Metrics {
  readonly #families = new Map<string, Family<ValueSeries | HistogramSeries>>();
  readonly #collectors: (() => string)[] = [];
  readonly #relabel: Relabel | undefined;

  constructor(options: { relabel?: Relabel | undefined } = {}) {
    this.#relabel = options.relabel;
  }

  counter(name: string, help: string, labels: readonly string[] = []): Family<ValueSeries> {
    return this.#add({
      name,
      type: "counter",
      help,
      labels,
      bounds: [],
      create: () => new ValueSeries(),
    });
  }

  gauge(name: string, help: string, labels: readonly string[] = []): Family<ValueSeries> {
    return this.#add({
      name,
      type: "gauge",
      help,
      labels,
      bounds: [],
      create: () => new ValueSeries(),
    });
  }

  histogram(
    name: string,
    help: string,
    labels: readonly string[],
    bounds: readonly number[],
  ): Family<HistogramSeries> {
    return this.#add({
      name,
      type: "histogram",
      help,
      labels,
      bounds,
      create: () => new HistogramSeries(bounds),
    });
  }

  /** Text in exposition format that is asked for at each scrape. */
  collect(collector: () => string): void {
    this.#collectors.push(collector);
  }

  render(): string {
    let text = "";
    for (const name of [...this.#families.keys()].sort())
      text += this.#families.get(name)?.render();
    for (const collector of this.#collectors) text += collector();
    return text;
  }

  #add<Series extends ValueSeries | HistogramSeries>(init: {
    name: string;
    type: "counter" | "gauge" | "histogram";
    help: string;
    labels: readonly string[];
    bounds: readonly number[];
    create: () => Series;
  }): Family<Series> {
    const known = this.#families.get(init.name);
    // Two parts may declare the same family (client metrics of app and peers); they then share it.
    if (known) return known as unknown as Family<Series>;
    const family = new Family<Series>({ ...init, relabel: this.#relabel });
    this.#families.set(init.name, family as unknown as Family<ValueSeries | HistogramSeries>);
    return family;
  }
}

const printable = /^[ -~]*$/;
const isShowable = (value: string): boolean => value.length <= 255 && printable.test(value);
const escapeLabel = (value: string): string =>
  value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");

/** Go's %g: shortest form, exponent from 1e+06 (large counts) and below 1e-04. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude >= 1e6 || magnitude < 1e-4)) {
    const [mantissa, exponent] = value.toExponential().split("e") as [string, string];
    const digits = exponent.slice(1).padStart(2, "0");
    return `${mantissa}e${exponent[0] === "-" ? "-" : "+"}${digits}`;
  }
  return String(value);
}

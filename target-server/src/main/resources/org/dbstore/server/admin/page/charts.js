// Charts of the last two minutes, one value a second.

import {el, setAttribute, setText, svg} from './dom.js';

const SAMPLES = 120;
const HEIGHT = 100;

/** A chart of two series. */
export class Chart {
  /**
   * @param title what is measured
   * @param names of the series
   * @param format makes a text of a value
   * @param binary true if round numbers are powers of two
   */
  constructor(title, names, format, binary) {
    this.title = title;
    this.names = names;
    this.format = format;
    this.binary = binary;
    this.samples = [];
    this.pointed = null;
    this.values = names.map(() => el('strong', {}, '–'));
    this.top = el('span', {class: 'scale'});
    this.moment = el('span', {class: 'moment'});
    this.areas = names.map((name, i) => svg('path', {class: `area s${i}`}));
    this.lines = names.map((name, i) => svg('path', {class: `line s${i}`}));
    this.cursor = svg('line', {class: 'cursor', y1: 0, y2: HEIGHT, visibility: 'hidden'});
    this.picture = svg(
      'svg',
      {viewBox: `0 0 ${SAMPLES - 1} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img'},
      svg('path', {class: 'grid', d: `M0 50H${SAMPLES}M0 .5H${SAMPLES}M0 99.5H${SAMPLES}`}),
      ...this.areas, ...this.lines, this.cursor);
    this.node = el('figure', {class: 'chart', 'data-chart': title},
      el('figcaption', {},
        el('h3', {}, title),
        ...names.map((name, i) => el('span', {class: `value s${i}`}, el('i', {'aria-hidden': 'true'}), `${name} `, this.values[i]))),
      el('div', {class: 'plot'}, this.picture, this.top, this.moment));
    this.picture.addEventListener('pointermove', event => this.point(event));
    this.picture.addEventListener('pointerleave', () => this.point(null));
  }

  clear() {
    this.samples = [];
    this.draw();
  }

  add(values) {
    this.samples.push(values);
    if (this.samples.length > SAMPLES) {
      this.samples.shift();
    }
    this.draw();
  }

  point(event) {
    const box = this.picture.getBoundingClientRect();
    this.pointed = event === null ? null : Math.round((event.clientX - box.left) / box.width * (SAMPLES - 1));
    this.draw();
  }

  draw() {
    const top = ceiling(Math.max(0, ...this.samples.flat()), this.binary);
    const first = SAMPLES - this.samples.length;
    this.names.forEach((name, series) => {
      const points = this.samples.map((values, i) =>
        `${first + i} ${(HEIGHT - 1 - values[series] / top * (HEIGHT - 4)).toFixed(1)}`);
      const line = points.length ? `M${points.join('L')}` : '';
      setAttribute(this.lines[series], 'd', line);
      setAttribute(this.areas[series], 'd', line && `${line}V${HEIGHT}H${first}Z`);
    });
    const index = this.pointed === null ? this.samples.length - 1 : this.pointed - first;
    const values = this.samples[index];
    this.values.forEach((node, series) => setText(node, values ? this.format(values[series]) : '–'));
    setText(this.top, this.samples.length ? this.format(top) : '');
    const ago = this.samples.length - 1 - index;
    setText(this.moment, this.pointed !== null && values ? (ago ? `${ago} s ago` : 'now') : '');
    setAttribute(this.cursor, 'visibility', this.pointed !== null && values ? 'visible' : 'hidden');
    setAttribute(this.cursor, 'x1', this.pointed ?? 0);
    setAttribute(this.cursor, 'x2', this.pointed ?? 0);
    const last = this.samples.at(-1);
    setAttribute(this.picture, 'aria-label', last
      ? `${this.title}: ${this.names.map((name, series) => `${name} ${this.format(last[series])}`).join(', ')}`
      : `${this.title}: nothing measured yet`);
  }
}

/** The round number at or above a value. */
function ceiling(value, binary) {
  let unit = 1;
  while (binary && value / unit >= 1024) {
    unit *= 1024;
  }
  const power = 10 ** Math.floor(Math.log10(Math.max(value / unit, 1)));
  return [1, 2, 5, 10].map(factor => factor * power * unit).find(round => round >= value) ?? value;
}

/** Adds up the load of LUNs: [read, write] bytes and commands, [mean, p99] latency. */
export function total(luns) {
  const sum = field => luns.reduce((all, lun) => all + lun.load[field], 0);
  const commands = sum('reads') + sum('writes');
  const spent = luns.reduce((all, {load}) => all + load.meanMicros * (load.reads + load.writes), 0);
  return {
    bytes: [sum('readBytes'), sum('writeBytes')],
    commands: [sum('reads'), sum('writes')],
    micros: [commands ? spent / commands : 0, Math.max(0, ...luns.map(lun => lun.load.p99Micros))],
  };
}

// What people read: amounts, times, names.

import {el, setAttribute, setText} from './dom.js';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/gu;
const WHOLE = new Intl.NumberFormat(undefined, {maximumFractionDigits: 0});
const DATE = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeStyle: 'medium'});
const HOURS = new Intl.DateTimeFormat(undefined, {timeStyle: 'medium'});

/** Three digits that count, and a unit. */
export function bytes(amount) {
  let value = amount;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${digits(value, unit === 0)}\u00a0${UNITS[unit]}`;
}

function digits(value, whole) {
  const places = whole || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const text = value.toFixed(places);
  return places ? text.replace(/\.?0+$/, '') : text;
}

export const rate = amount => `${bytes(amount)}/s`;

export function count(value) {
  return value >= 100 || value === 0 ? WHOLE.format(value) : digits(value, false);
}

export function micros(value) {
  if (value >= 1e6) {
    return `${digits(value / 1e6)}\u00a0s`;
  }
  return value >= 1e3 ? `${digits(value / 1e3)}\u00a0ms` : `${digits(value, value >= 10)}\u00a0µs`;
}

const LENGTHS = [[604800, 'week'], [86400, 'day'], [3600, 'hour'], [60, 'minute'], [1, 'second']];

/** About how long, in the largest unit that fits. */
export function duration(seconds) {
  const [length, unit] = LENGTHS.find(([unitSeconds]) => seconds >= unitSeconds) ?? LENGTHS[4];
  return plural(Math.floor(seconds / length), unit);
}

/** Exactly how long. */
export function interval(seconds) {
  const [length, unit] = LENGTHS.find(([unitSeconds]) => seconds % unitSeconds === 0);
  return plural(seconds / length, unit);
}

export const plural = (number, word) => `${WHOLE.format(number)} ${word}${number === 1 ? '' : 's'}`;

/** A name as it can be read and typed: what would be unseen or turn the text round is written out. */
export function shown(name) {
  return name.replace(HIDDEN, hidden => `\\u{${hidden.codePointAt(0).toString(16)}}`);
}

/** An element with a name, kept apart from the direction of the text around. */
export const nameOf = name => el('bdi', {class: 'name'}, shown(name));

/** An element with a time: local, of today without the date; in UTC on hover. */
export function timeOf(iso) {
  const node = el('time');
  setTime(node, iso);
  return node;
}

export function setTime(node, iso) {
  const date = new Date(iso);
  const today = date.toDateString() === new Date().toDateString();
  setText(node, today ? HOURS.format(date) : DATE.format(date));
  setAttribute(node, 'datetime', iso);
  setAttribute(node, 'title', `${date.toISOString().replace('T', ' ').replace(/\..*/, '')} UTC`);
}

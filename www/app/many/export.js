/** The stack as a file. */

import { create } from '../dom.js';
import { errorText } from '../i18n.js';

/** @typedef {import('./entry.js').Entry} Entry */

/**
 * One row for each cover: its best genre, and the probability of every genre. What was not readable has its reason.
 * @param {Entry[]} entries
 * @returns {string}
 */
export function toCsv(entries) {
  const genres = [...new Set(entries.flatMap(({ answer }) => answer?.predictions.map(({ genre }) => genre) ?? []))].sort();
  const rows = entries.map(({ picture, answer, trouble, genre, probability }) => {
    const chances = new Map(answer?.predictions.map(({ genre, probability }) => [genre, probability]));
    const columns = genres.map((genre) => decimal(chances.get(genre)));
    return [picture.name, genre, answer ? decimal(probability) : '', ...columns, trouble?.code ?? ''];
  });
  const table = [['file', 'genre', 'probability', ...genres, 'error'], ...rows];
  return table.map((row) => row.map(quote).join(',')).join('\r\n') + '\r\n';
}

/**
 * @param {Entry[]} entries
 * @returns {string}
 */
export function toJson(entries) {
  const rows = entries.map(({ picture, answer, trouble }) => {
    if (answer) {
      const { predictions, sets, backend, modelVersion, milliseconds } = answer;
      return { file: picture.name, predictions, sets, backend, modelVersion, milliseconds };
    }
    return { file: picture.name, error: trouble && { code: trouble.code, message: errorText(trouble) } };
  });
  return `${JSON.stringify(rows, null, 2)}\n`;
}

/**
 * @param {string} name of the file
 * @param {string} content
 * @param {string} type
 */
export function save(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  create('a', { href: address, download: name }).click();
  // The download has taken it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** @param {number | undefined} probability */
function decimal(probability) {
  return probability === undefined ? '' : probability.toFixed(4);
}

/** @param {string} cell */
function quote(cell) {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

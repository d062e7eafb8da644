/** The genres as a track list, with a bar and a per cent each. */

import { create, element } from '../dom.js';
import { genreName, percent } from '../i18n.js';

/** @typedef {import('../../lib/answer.js').GenreProbability} GenreProbability */

export class Tracks {
  #body = element('tracks', HTMLTableSectionElement);

  /** @param {(genre: string) => void} onPick told when a row is pointed at and pressed */
  constructor(onPick) {
    this.#body.addEventListener('click', ({ target }) => {
      const row = target instanceof Element ? target.closest('tr') : null;
      if (row?.dataset.genre) onPick(row.dataset.genre);
    });
  }

  /**
   * @param {GenreProbability[]} predictions best first
   */
  show(predictions) {
    this.#keepRows(predictions.length);
    predictions.forEach(({ genre, probability }, index) => {
      this.#fill(index, genre, percent(probability), probability);
    });
  }

  /** @param {string[]} genres that could be answered */
  showEmpty(genres) {
    this.#keepRows(genres.length);
    genres.forEach((genre, index) => this.#fill(index, genre, '–', 0));
  }

  /**
   * Rows stay where they are, so that their bars move from one answer to the next.
   * @param {number} count
   */
  #keepRows(count) {
    while (this.#body.rows.length > count) this.#body.deleteRow(-1);
    while (this.#body.rows.length < count) this.#body.append(createRow());
  }

  /**
   * @param {number} index
   * @param {string} genre
   * @param {string} chance
   * @param {number} length of the bar, from 0 to 1
   */
  #fill(index, genre, chance, length) {
    const row = this.#body.rows[index];
    const half = Math.ceil(this.#body.rows.length / 2);
    const [side, name, bar, percentage] = row.cells;
    side.textContent = index < half ? `A${index + 1}` : `B${index - half + 1}`;
    name.textContent = genreName(genre);
    percentage.textContent = chance;
    row.dataset.genre = genre;
    /** @type {HTMLElement} */ (bar.firstElementChild?.firstElementChild).style.transform = `scaleX(${length})`;
  }
}

function createRow() {
  const bar = create('div', { class: 'bar' }, [create('span')]);
  return create('tr', {}, [
    create('td', { class: 'side', 'aria-hidden': 'true' }),
    create('th', { scope: 'row' }),
    create('td', { 'aria-hidden': 'true' }, [bar]),
    create('td', { class: 'chance' }),
  ]);
}

/** The liner notes: the verdict in words, the genre sets as tabs, the track list. */

import { element } from '../dom.js';
import { currentWording, text } from '../i18n.js';
import { Evidence } from './evidence.js';
import { Tabs } from './tabs.js';
import { Tracks } from './tracks.js';
import { verdict } from '../../texts/verdict.js';

/** @typedef {import('../../lib/answer.js').Answer} Answer */
/** @typedef {import('./tabs.js').GenreSet} GenreSet */

/** Those of the shipped model, shown until it has arrived. @type {GenreSet[]} */
const GENRE_SETS = [
  {
    id: 'ten',
    genres: ['ambient', 'classical', 'country', 'electronic', 'folk', 'hiphop', 'jazz', 'metal', 'pop', 'rock'],
  },
  { id: 'rock-hiphop-classical', genres: ['rock', 'hiphop', 'classical'] },
  { id: 'pop-hiphop-electronic', genres: ['pop', 'hiphop', 'electronic'] },
];

export class AnswerView {
  #verdict = element('verdict', HTMLElement);
  #note = element('note', HTMLElement);
  #tabs = new Tabs(() => this.#render());
  #evidence = new Evidence();
  #tracks = new Tracks((genre) => this.#evidence.choose(genre));
  #sets = GENRE_SETS;
  /** @type {Answer | null} */
  #answer = null;

  constructor() {
    this.refresh();
  }

  /** @param {GenreSet[]} sets of the model */
  set genreSets(sets) {
    if (JSON.stringify(sets) === JSON.stringify(this.#sets)) return;
    this.#sets = sets;
    this.refresh();
  }

  /** @param {Answer | null} answer */
  show(answer) {
    this.#answer = answer;
    this.#render();
  }

  /** Brings the verdict into sight, unless it is. */
  reveal() {
    const { top, bottom } = this.#verdict.getBoundingClientRect();
    if (top >= 0 && bottom <= innerHeight) return;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#verdict.scrollIntoView({ block: 'start', behavior: calm ? 'instant' : 'smooth' });
  }

  /** Again, in the language of now. */
  refresh() {
    this.#tabs.show(this.#sets.map(({ id, genres }) => ({ id, genres })));
    this.#render();
  }

  /** The verdict in one sentence, of the genre set that is shown. */
  get sentence() {
    return this.#predictions ? verdict(this.#predictions, currentWording()).sentence : '';
  }

  get #predictions() {
    return this.#answer?.sets.find(({ id }) => id === this.#tabs.selected.id)?.predictions;
  }

  #render() {
    const predictions = this.#predictions;
    // The whole page takes the colour of the best genre.
    document.documentElement.dataset.genre = predictions?.[0].genre ?? '';
    if (!predictions) {
      this.#verdict.textContent = text('question');
      this.#verdict.dataset.kind = '';
      this.#note.textContent = '';
      this.#evidence.show(null, []);
      return this.#tracks.showEmpty(this.#tabs.selected.genres);
    }
    const { kind, sentence, note } = verdict(predictions, currentWording());
    this.#verdict.dataset.kind = kind;
    this.#verdict.textContent = sentence;
    this.#note.textContent = note;
    this.#tracks.show(predictions);
    this.#evidence.show(this.#answer, predictions.map(({ genre }) => genre));
  }
}

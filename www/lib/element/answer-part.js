/** The answer within an element: the verdict in words, the genres as bars, the heat map. */

import { verdict } from '../../texts/verdict.js';
import { where } from '../../texts/where.js';
import { channels, drawHeat } from '../heat.js';
import { ANSWER_STYLE } from './answer-style.js';
import { make, styleSheet } from './facade.js';

/** @typedef {import('../answer.js').Answer} Answer */
/** @typedef {import('../../texts/wording.js').Wording} Wording */

/** How much of the map is seen at first, in per cent. */
const STRENGTH = 60;
/** Of the map's canvas, in pixels. */
const SIDE = 256;

export class AnswerPart {
  #facade;
  #again;
  /** @type {{answer: Answer, topK: number} | null} */
  #shown = null;

  /**
   * @param {import('./facade.js').Facade} facade
   * @param {() => void} again called when another cover is wanted
   */
  constructor(facade, again) {
    this.#facade = facade;
    this.#again = again;
    facade.root.adoptedStyleSheets.push(styleSheet(ANSWER_STYLE));
  }

  /**
   * @param {Answer} answer with all its predictions
   * @param {number} topK how many are shown
   * @param {Wording} wording
   */
  show(answer, topK, wording) {
    const { ask, hint, answer: part, status, root } = this.#facade;
    const focused = root.activeElement === ask;
    this.#shown = { answer, topK };
    ask.hidden = hint.hidden = true;
    status.part = 'status verdict';
    status.textContent = verdict(answer.predictions, wording).sentence;
    const again = make('button', { part: 'again', type: 'button' }, [wording.text('another')]);
    again.addEventListener('click', this.#again);
    const rows = answer.predictions.slice(0, topK);
    const evidence = answer.saliency ? [this.#createEvidence(answer, wording)] : [];
    part.replaceChildren(createList(rows, wording), ...evidence, again);
    part.hidden = false;
    // The button that was pressed is gone.
    if (focused) again.focus({ preventScroll: true });
  }

  /** Over the cover, and over what shows it. */
  get #heat() {
    const { cover } = this.#facade;
    const found = cover.querySelector('canvas[part=heat]');
    if (found instanceof HTMLCanvasElement) return found;
    const size = String(SIDE);
    const made = make('canvas', { part: 'heat', width: size, height: size, 'aria-hidden': 'true' });
    cover.append(made);
    return /** @type {HTMLCanvasElement} */ (made);
  }

  /** @param {Wording} wording */
  translate(wording) {
    if (this.#shown) this.show(this.#shown.answer, this.#shown.topK, wording);
  }

  /** Takes the answer off, and what was laid over the cover: the facade is what it was at first. */
  forget() {
    const { cover, answer, status, ask, hint } = this.#facade;
    this.#shown = null;
    for (const canvas of cover.querySelectorAll('canvas')) canvas.remove();
    answer.replaceChildren();
    answer.hidden = true;
    status.textContent = '';
    ask.hidden = hint.hidden = false;
  }

  /**
   * @param {Answer} answer
   * @param {Wording} wording
   */
  #createEvidence(answer, wording) {
    const options = answer.predictions.map(({ genre }) => make('option', { value: genre }, [wording.genreName(genre)]));
    const select = /** @type {HTMLSelectElement} */ (make('select', {}, options));
    const label = make('label', {}, [`${wording.text('showWhere')} `, select]);
    const attributes = { type: 'range', min: '0', max: '100', value: String(STRENGTH), 'aria-label': wording.text('strength') };
    const slider = /** @type {HTMLInputElement} */ (make('input', attributes));
    const words = make('span', { part: 'where' });
    const draw = () => (words.textContent = this.#draw(answer, select.value, wording));
    const fade = () => (this.#heat.style.opacity = String(Number(slider.value) / 100));
    select.addEventListener('change', draw);
    slider.addEventListener('input', fade);
    draw();
    fade();
    return make('div', { part: 'evidence' }, [label, slider, words]);
  }

  /**
   * @param {Answer} answer
   * @param {string} genre
   * @param {Wording} wording
   * @returns {string} the same in words
   */
  #draw({ saliency }, genre, wording) {
    const map = saliency?.maps.find((map) => map.genre === genre);
    if (!saliency || !map) return '';
    const { frame } = this.#facade;
    const heat = this.#heat;
    const accent = getComputedStyle(frame).getPropertyValue('--_accent');
    drawHeat(heat, saliency, map.evidence, channels(accent));
    return where(saliency, map.evidence, wording);
  }
}

/**
 * @param {import('../answer.js').GenreProbability[]} rows
 * @param {Wording} wording
 */
function createList(rows, wording) {
  const body = rows.map(({ genre, probability }) => {
    const filled = make('span');
    filled.style.inlineSize = `${100 * probability}%`;
    return make('tr', { part: 'row', 'data-genre': genre }, [
      make('th', { part: 'genre', scope: 'row' }, [wording.genreName(genre)]),
      make('td', { 'aria-hidden': 'true' }, [make('span', { part: 'bar' }, [filled])]),
      make('td', { part: 'chance' }, [wording.percent(probability)]),
    ]);
  });
  return make('table', { part: 'list', 'aria-label': wording.text('tracks') }, [make('tbody', {}, body)]);
}

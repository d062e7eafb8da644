/** Who answered, how fast, and why not the other. */

import { element } from '../dom.js';
import { number, text } from '../i18n.js';

/** @typedef {import('../../lib/answer.js').Answer} Answer */
/** @typedef {import('../../lib/selection.js').Report} Report */

export class Credits {
  #backend = element('backend', HTMLElement);
  #time = element('time', HTMLElement);
  #model = element('model', HTMLElement);
  #why = element('why', HTMLElement);

  /** @type {Answer | null} */
  #answer = null;
  /** @type {Report | null} */
  #report = null;

  /** @param {Answer} answer */
  showAnswer(answer) {
    this.#answer = answer;
    const { backend, adapter, milliseconds, modelVersion } = answer;
    this.#backend.textContent = text(backend);
    this.#backend.dataset.backend = backend;
    this.#backend.title = adapter;
    this.#time.textContent = text('milliseconds', { total: number(milliseconds.total) });
    this.#model.textContent = modelVersion;
  }

  /** @param {Report} report */
  showReport(report) {
    this.#report = report;
    this.#why.textContent = explain(report);
    this.#why.dataset.webgpu = report.webgpu.state;
  }

  /** Again, in the language of now. */
  refresh() {
    if (this.#answer) this.showAnswer(this.#answer);
    if (this.#report) this.showReport(this.#report);
  }
}

/** @param {Report} report */
function explain({ cpu, webgpu }) {
  const times = { gpu: number(webgpu.milliseconds ?? 0), cpu: number(cpu.milliseconds ?? 0) };
  switch (webgpu.state) {
    case 'starting':
    case 'ready':
      return text('whyTrying');
    case 'active':
      return webgpu.milliseconds ? text('whyFaster', times) : '';
    case 'slower':
      return text('whySlower', times);
    case 'lost':
      return text('whyLost');
    case 'unavailable':
      if (webgpu.code === 'no-webgpu') return text('whyNoWebgpu');
      return text('whyFailed', { message: webgpu.message ?? webgpu.code ?? '' });
    default:
      return '';
  }
}

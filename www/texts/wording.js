/** One language: its texts, and how it writes numbers. */

import { en } from './en.js';

/** @typedef {import('./en.js').Texts} Texts */
/** @typedef {{[Key in keyof Texts]: Texts[Key] extends string ? Key : never}[keyof Texts]} TextKey */

/** Each in its own name. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', es: 'Español', fr: 'Français', ja: '日本語' };

/** @typedef {keyof typeof LANGUAGES} Language */

/** @type {Record<Language, () => Promise<Texts>>} */
const LOADERS = {
  en: async () => en,
  de: async () => (await import('./de.js')).de,
  es: async () => (await import('./es.js')).es,
  fr: async () => (await import('./fr.js')).fr,
  ja: async () => (await import('./ja.js')).ja,
};

/** Codes that a visitor is told the same of. @type {Record<string, string>} */
const FAMILIES = { panic: 'crashed', 'device-lost': 'device-failed' };

/** @param {string} tag @returns {tag is Language} */
const isLanguage = (tag) => Object.hasOwn(LANGUAGES, tag);

/**
 * The first of some languages that there are texts for.
 * @param {readonly string[]} tags such as `de` or `fr-CA`
 * @returns {Language}
 */
export function chooseLanguage(tags) {
  return tags.map((tag) => tag.split('-')[0].toLowerCase()).find(isLanguage) ?? 'en';
}

export class Wording {
  /** English, which is always there. */
  static english = new Wording('en', en);

  /**
   * @param {string} tag of a language; English where there are no texts for it
   * @returns {Promise<Wording>}
   */
  static async load(tag) {
    const language = chooseLanguage([tag]);
    return new Wording(language, await LOADERS[language]());
  }

  /**
   * Use `Wording.load`.
   * @param {Language} language
   * @param {Texts} texts
   */
  constructor(language, texts) {
    /** @readonly */
    this.language = language;
    /** @readonly */
    this.texts = texts;
  }

  /**
   * @param {TextKey} key
   * @param {Record<string, string | number>} [values]
   */
  text(key, values = {}) {
    return fill(this.texts[key], values);
  }

  /** @param {string} genre */
  genreName(genre) {
    const { genres } = this.texts;
    return genre in genres ? genres[/** @type {keyof Texts['genres']} */ (genre)] : genre;
  }

  /** @param {{code?: string, message?: string, detail?: string}} error */
  errorText({ code = 'other', message = '', detail = '' }) {
    const { errors } = this.texts;
    const family = code.startsWith('bundle-') ? 'model-damaged' : (FAMILIES[code] ?? code);
    const key = Object.hasOwn(errors, family) ? family : 'other';
    return fill(errors[/** @type {keyof Texts['errors']} */ (key)], { message, detail });
  }

  /** @param {number} probability from 0 to 1 */
  percent(probability) {
    return new Intl.NumberFormat(this.language, { style: 'percent' }).format(probability);
  }

  /**
   * @param {number} value
   * @param {number} [digits] after the point
   */
  number(value, digits = 0) {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat(this.language, options).format(value);
  }
}

/**
 * @param {string} template
 * @param {Record<string, string | number>} values
 */
function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
